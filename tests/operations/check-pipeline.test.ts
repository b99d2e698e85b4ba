/** Queues, lake, functions, topics and alarms. */
import { describe, expect, test } from 'vitest';
import { checkFunctions, type FunctionLooks, type FunctionState } from '../../shared/operations/check-functions.ts';
import { checkLake, type LakeLook } from '../../shared/operations/check-lake.ts';
import { checkFailedCalls, checkQueues, type QueueLook } from '../../shared/operations/check-queues.ts';
import { checkAlarms, checkTopics, type TopicSubscription } from '../../shared/operations/check-telling.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/operations/deployed-functions.ts';
import { QUEUES, type QueueName } from '../../shared/operations/deployed-queues.ts';
import { ago, briefly, denied, FLOW_LOG, NOW, only, seen } from './support.ts';

describe('queues', () => {
  const empty: QueueLook = { queue: seen({ waiting: 0, inFlight: 0, oldestSeconds: undefined }), dead: seen(0) };
  const check = (changes: Partial<Record<QueueName, Partial<QueueLook>>>) => {
    const looks = Object.fromEntries(QUEUES.map((name) => [name, { ...empty, ...changes[name] }]));
    return checkQueues('sekisho-prod', looks as Record<QueueName, QueueLook>);
  };
  const waiting = (count: number, oldestSeconds: number | undefined) => ({
    queue: seen({ waiting: count, inFlight: 2, oldestSeconds }),
  });

  test('nothing waits, nothing was given up', () => {
    expect(new Set(check({}).map(({ result }) => result))).toEqual(new Set(['ok']));
  });

  test.for([
    ['Batches', 900, 'ok'],
    ['Batches', 901, 'problem'],
    ['Objects', 3_600, 'ok'],
    ['Objects', 3_601, 'problem'],
    ['Backfill', 10 * 86_400, 'ok'],
    ['Backfill', 10 * 86_400 + 1, 'problem'],
    ['Alerts', 300, 'ok'],
    ['Alerts', 301, 'problem'],
  ] as const)('%s that wait for %i s', ([name, seconds, result]) => {
    expect(only(check({ [name]: waiting(5, seconds) }), name).result).toBe(result);
  });

  test('what has waited but waits no more is no news, nor is what waits for an unknown time', () => {
    expect(only(check({ Batches: waiting(0, 5_000) }), 'Batches').result).toBe('ok');
    expect(only(check({ Batches: waiting(12_345, undefined) }), 'Batches')).toMatchObject({
      result: 'ok',
      seen: '12,345 messages waiting, 2 being worked on',
    });
  });

  test('dead letters come with the command that replays them', () => {
    expect(only(check({ Objects: { dead: seen(1) } }), 'ObjectsDead')).toEqual({
      area: 'queues',
      check: 'ObjectsDead',
      result: 'problem',
      seen: '1 message that `collect` gave up on; SQS deletes them after 14 days',
      mend: 'mend what the log of `sekisho-prod-collect` says, then: `npx sekisho redrive --queue objects`',
    });
    expect(only(check({ Alerts: { dead: denied('sqs:GetQueueAttributes') } }), 'AlertsDead').result).toBe('hidden');
  });

  test('failed calls, of our functions and of strangers', () => {
    const calls = [{ function: 'sekisho-prod-detect', count: 3, oldest: ago(7_200) }];
    expect(checkFailedCalls('sekisho-prod', seen(calls), NOW)[0]).toMatchObject({
      result: 'problem',
      seen: '3 calls of `sekisho-prod-detect` failed 3 times, the oldest 2 h ago; S3 deletes them after 90 days',
      mend: expect.stringContaining('npx sekisho redrive --queue detect'),
    });
    expect(briefly(checkFailedCalls('sekisho-prod', seen([]), NOW))).toEqual(['ok failed calls']);
    const rules = { function: 'sekisho-prod-rules', count: 1, oldest: ago(7_200) };
    expect(checkFailedCalls('sekisho-prod', seen([rules]), NOW)[0]!.seen).toContain('`sekisho-prod-rules` failed, the');
    const harmless = ['sekisho-prod-windows', 'somebody-else'].map((name) => ({ ...rules, function: name }));
    expect(briefly(checkFailedCalls('sekisho-prod', seen(harmless), NOW))).toEqual(['ok failed calls']);
  });
});

describe('the lake', () => {
  const well: LakeLook = {
    newestRecords: seen(ago(60)),
    readable: seen({ key: 'k' }),
    windows: seen({ written: ago(40), waiting: 1, oldest: ago(20) }),
    newestRun: seen(ago(3_000)),
    quarantined: seen(0),
  };
  const check = (changes: Partial<LakeLook>, streams = true) =>
    checkLake('sekisho-prod', { ...well, ...changes }, NOW, { streams });

  test('all is well', () => {
    expect(briefly(check({}))).toEqual(['ok records', 'ok reading', 'ok windows', 'ok compaction', 'ok quarantine']);
  });

  test('records are late only where something streams', () => {
    expect(only(check({ newestRecords: seen(ago(1_801)) }), 'records').result).toBe('problem');
    expect(only(check({ newestRecords: seen(ago(90_000)) }, false), 'records').result).toBe('ok');
    expect(only(check({ newestRecords: seen(undefined), readable: seen(undefined) }), 'records').result).toBe(
      'warning',
    );
  });

  test('what is encrypted with a key that is out of reach', () => {
    const reason = 'KMS.DisabledException: the key is disabled';
    const broken = check({ readable: { kind: 'hidden', permission: undefined, reason } });
    expect(only(broken, 'reading')).toMatchObject({ result: 'hidden', seen: reason });
    expect(only(check({ readable: denied('s3:GetObject` and `kms:Decrypt') }), 'reading').mend).toBe(
      'allow `s3:GetObject` and `kms:Decrypt` to whoever runs this',
    );
  });

  test('windows that are not folded, and windows that have nothing to fold', () => {
    const stuck = check({ windows: seen({ written: undefined, waiting: 30, oldest: ago(1_000) }) });
    expect(only(stuck, 'windows')).toMatchObject({
      result: 'problem',
      seen: '30 deltas waiting for 17 min, no state yet: no rule with a window alerts',
    });
    const idle = check({ windows: seen({ written: ago(500_000), waiting: 0, oldest: undefined }) });
    expect(only(idle, 'windows')).toMatchObject({
      result: 'ok',
      seen: 'state last written 6 days ago, 0 deltas waiting',
    });
  });

  test('compaction that has not begun, goes on, or stands still', () => {
    expect(only(check({ newestRun: seen(undefined) }), 'compaction')).toMatchObject({
      result: 'ok',
      seen: 'not compacted yet',
    });
    expect(only(check({ newestRun: seen(ago(6 * 3_600 + 1)) }), 'compaction').result).toBe('warning');
  });

  test('lines that could not be read', () => {
    expect(only(check({ quarantined: seen(1) }), 'quarantine').seen).toBe(
      '1 object with unreadable lines since yesterday',
    );
  });
});

describe('functions', () => {
  const state: FunctionState = {
    state: 'Active',
    stateReason: undefined,
    lastUpdate: 'Successful',
    reservedConcurrency: undefined,
    vpc: undefined,
    subnets: [],
  };
  const counts = { invocations: 60, errors: 0, throttles: 0 };
  const all = <T>(value: T) => Object.fromEntries(FUNCTIONS.map((name) => [name, value])) as Record<FunctionName, T>;
  const surroundings = { stack: 'sekisho-prod', deployedSeconds: 86_400, feeding: [FLOW_LOG] };
  const well: FunctionLooks = {
    states: all(seen(state)),
    counts: seen(all(counts)),
    account: seen({ limit: 1_000, unreserved: 998 }),
  };
  const check = (changes: Partial<FunctionLooks>, around = {}) =>
    checkFunctions({ ...well, ...changes }, { ...surroundings, ...around });
  const withState = (name: FunctionName, changes: Partial<FunctionState>, around = {}) =>
    check({ states: { ...all(seen(state)), [name]: seen({ ...state, ...changes }) } }, around);
  const withCounts = (name: FunctionName, changes: Partial<typeof counts>, around = {}) =>
    only(check({ counts: seen({ ...all(counts), [name]: { ...counts, ...changes } }) }, around), name);

  test('all is well', () => {
    expect(new Set(check({}).map(({ result }) => result))).toEqual(new Set(['ok']));
  });

  test.for<[string, Partial<FunctionState>, RegExp]>([
    ['failed', { state: 'Failed', stateReason: 'no role' }, /it is Failed: no role/],
    ['a failed update', { lastUpdate: 'Failed' }, /last update failed/],
    ['switched off', { reservedConcurrency: 0 }, /concurrency is 0/],
  ])('a function that can not run: %s', ([, changes, said]) => {
    expect(only(withState('detect', changes), 'detect')).toMatchObject({
      result: 'problem',
      seen: expect.stringMatching(said),
    });
  });

  test('a function that is switched off is switched on as it was', () => {
    const mendOf = (name: FunctionName) => only(withState(name, { reservedConcurrency: 0 }), name).mend;
    expect(mendOf('detect')).toContain('delete-function-concurrency --function-name sekisho-prod-detect');
    expect(mendOf('windows')).toContain('--function-name sekisho-prod-windows --reserved-concurrent-executions 1');
  });

  test('a function that is not there', () => {
    const findings = check({ states: { ...all(seen(state)), notify: seen(undefined) } });
    expect(only(findings, 'notify').seen).toBe('there is no function `sekisho-prod-notify`');
  });

  test('a function in a VPC whose flow log it reads calls itself', () => {
    expect(only(withState('detect', { vpc: 'vpc-1' }), 'loop').result).toBe('problem');
    const subnet = { ...FLOW_LOG, resource: 'subnet-9' };
    expect(
      only(withState('archive', { vpc: 'vpc-2', subnets: ['subnet-9'] }, { feeding: [subnet] }), 'loop').seen,
    ).toContain('fl-1');
    expect(briefly(withState('detect', { vpc: 'vpc-2' }))).not.toContain('problem loop');
  });

  test.for<[string, FunctionName, object, string]>([
    ['errors', 'archive', { errors: 1 }, 'warning'],
    ['a few throttles', 'detect', { throttles: 5 }, 'ok'],
    ['many throttles', 'detect', { throttles: 6 }, 'warning'],
    ['many throttles among very many calls', 'detect', { throttles: 6, invocations: 100_000 }, 'ok'],
    ['throttles of what runs one at a time', 'windows', { throttles: 60 }, 'ok'],
    ['no call', 'collect', { invocations: 0 }, 'ok'],
    ['windows without a call', 'windows', { invocations: 0 }, 'problem'],
  ])('%s', ([, name, changes, result]) => {
    expect(withCounts(name, changes).result).toBe(result);
  });

  test('what was just deployed has not run yet', () => {
    expect(withCounts('windows', { invocations: 0 }, { deployedSeconds: 60 }).result).toBe('ok');
  });

  test('without figures the rest is judged, and their want is told once', () => {
    const findings = check({ counts: denied('cloudwatch:GetMetricData') });
    expect(briefly(findings)).toEqual(['hidden metrics', 'ok concurrency']);
    expect(
      briefly(check({ states: { ...all(seen(state)), rules: denied('lambda:GetFunctionConfiguration') } })),
    ).toContain('hidden rules');
  });

  test('an account that allows too few calls at once', () => {
    expect(only(check({ account: seen({ limit: 10, unreserved: 10 }) }), 'concurrency')).toMatchObject({
      result: 'warning',
      seen: "only 10 of the account's 10 concurrent calls are not reserved: bursts of deliveries are throttled",
    });
  });
});

describe('telling', () => {
  const confirmed: TopicSubscription = { protocol: 'email', endpoint: 'a@example.com', pending: false };
  const topic = (...subscriptions: readonly TopicSubscription[]) =>
    checkTopics([{ name: 'alerts', arn: 'arn:aws:sns:us-east-1:1:t', subscriptions: seen(subscriptions) }]);

  test('whoever has not confirmed is told nothing', () => {
    expect(briefly(topic(confirmed))).toEqual(['ok alerts']);
    const pending = { ...confirmed, endpoint: "o'neill@example.com", pending: true };
    const findings = topic(confirmed, pending);
    expect(briefly(findings)).toEqual(['warning alerts', 'ok alerts']);
    expect(findings[0]!.mend).toContain(String.raw`--notification-endpoint 'o'\''neill@example.com'`);
    expect(briefly(topic(pending))).toEqual(['warning alerts']);
    expect(topic()[0]).toMatchObject({ result: 'warning', seen: 'nobody listens to it' });
  });

  test('alarms that ring say what to do', () => {
    const alarm = { name: 'sekisho-prod-a', state: 'OK', description: 'do this', reason: 'because' };
    expect(briefly(checkAlarms(seen([alarm, { ...alarm, state: 'INSUFFICIENT_DATA' }])))).toEqual(['ok alarms']);
    expect(checkAlarms(seen([alarm, { ...alarm, name: 'b', state: 'ALARM' }]))).toMatchObject([
      { result: 'problem', seen: '`b` rings: because', mend: 'do this' },
    ]);
    expect(briefly(checkAlarms(seen([])))).toEqual(['warning alarms']);
  });
});
