import { expect, test } from 'vitest';
import { checkLogGroup, type LogGroupLook, type SubscriptionFilter } from '../../shared/operations/check-log-group.ts';
import { briefly, denied, DETECT, GROUP, only, seen, STACK } from './support.ts';

const group = { class: 'STANDARD', retentionDays: 14, storedBytes: 2.5e9 };
const filter: SubscriptionFilter = { name: 'f', destination: DETECT, pattern: '' };
const other: SubscriptionFilter = { name: 'o', destination: 'arn:aws:kinesis:us-east-1:1:stream/x', pattern: '' };
const well: LogGroupLook = { group: seen(group), filters: seen([filter]) };
const check = (changes: Partial<LogGroupLook>, source = GROUP) => checkLogGroup(source, { ...well, ...changes }, STACK);
const withFilters = (...filters: readonly SubscriptionFilter[]) =>
  only(check({ filters: seen(filters) }), 'subscription');

test('a group that is as it should be', () => {
  expect(checkLogGroup(GROUP, well, STACK)).toEqual([
    { area: 'log group /vpc/flow', check: 'class', result: 'ok', seen: 'standard', mend: null },
    { area: 'log group /vpc/flow', check: 'retention', result: 'ok', seen: '14 days, 2.5 GB now', mend: null },
    {
      area: 'log group /vpc/flow',
      check: 'subscription',
      result: 'ok',
      seen: '`f` sends every line to `sekisho-prod-detect`',
      mend: null,
    },
  ]);
});

test('a group that is not there is all that is said of it', () => {
  const missing = { group: seen(undefined), filters: denied('logs:DescribeSubscriptionFilters') };
  expect(briefly(check(missing))).toEqual(['problem group']);
  const create = { resource: 'vpc-1', traffic: 'all', aggregation: 60, retentionDays: 14 } as const;
  expect(check(missing)[0]!.mend).toContain('`create:`');
  expect(check(missing, { ...GROUP, create })[0]!.mend).toBe('the deployment makes it: `npx osls deploy`');
});

test.for(['INFREQUENT_ACCESS', 'DELIVERY'])('the class %s can not be subscribed to', (name) => {
  const finding = only(check({ group: seen({ ...group, class: name }) }), 'class');
  expect(finding).toMatchObject({ result: 'problem', seen: expect.stringContaining(name) });
});

test('a group that never forgets is told with what that costs, and the command that ends it', () => {
  const forever = { ...group, retentionDays: undefined };
  expect(only(check({ group: seen(forever) }), 'retention')).toMatchObject({
    result: 'warning',
    seen: 'it keeps lines for ever, 2.5 GB now, up to $0.08 a month and growing',
    mend: 'the lake keeps every record, so that two weeks suffice: `aws logs put-retention-policy --log-group-name /vpc/flow --retention-in-days 14 --region us-east-1`',
  });
  const unknown = { ...forever, storedBytes: undefined };
  expect(only(check({ group: seen(unknown) }), 'retention').seen).toBe('it keeps lines for ever');
});

test('a name with anything in it stays one word of a command', () => {
  const source = { ...GROUP, logGroup: "a'; rm -rf ~; '$(x)" };
  const look = { group: seen({ ...group, retentionDays: undefined }) };
  expect(only(check(look, source), 'retention').mend).toContain(
    String.raw`--log-group-name 'a'\''; rm -rf ~; '\''$(x)' --`,
  );
});

test('without a subscription to detect nothing arrives', () => {
  expect(withFilters()).toMatchObject({ result: 'problem', seen: 'there is no subscription filter: nothing arrives' });
  // the stack's own, whose name it knows: nothing else brings one back that somebody deleted
  expect(withFilters().mend).toContain(
    `\`aws logs put-subscription-filter --log-group-name /vpc/flow --filter-name sekisho-prod --filter-pattern '' --destination-arn ${DETECT} --region us-east-1\``,
  );
  expect(withFilters(other)).toMatchObject({
    result: 'problem',
    seen: expect.stringContaining('only `o` to `arn:aws:kinesis'),
  });
  // the function of another stage is another function
  const stage = { ...filter, destination: DETECT.replace('prod', 'test') };
  expect(withFilters(stage).result).toBe('problem');
  expect(withFilters({ ...filter, destination: `${DETECT}-2` }).result).toBe('problem');
});

test('both filters taken: the one of a deployment that is gone is named first', () => {
  const old = { ...filter, name: 'old', destination: DETECT.replace('prod', 'test') };
  expect(withFilters(other, old)).toMatchObject({
    result: 'problem',
    seen: expect.stringMatching(/^both of the filters that AWS allows are taken/),
    mend: expect.stringContaining('--log-group-name /vpc/flow --filter-name old --region us-east-1'),
  });
  expect(withFilters(other, { ...other, name: 'p' }).mend).toContain('--filter-name o ');
  expect(withFilters(other, filter).result).toBe('ok');
});

test('a filter that lets only some lines pass, and two that let all pass twice', () => {
  expect(withFilters({ ...filter, pattern: '[v, a, e, REJECT]' })).toMatchObject({
    result: 'warning',
    seen: expect.stringContaining('`[v, a, e, REJECT]`'),
  });
  expect(withFilters({ ...filter, pattern: ' ' }).result).toBe('ok');
  expect(withFilters(filter, { ...filter, name: 'g' })).toMatchObject({
    result: 'warning',
    mend: expect.stringContaining('--filter-name g'),
  });
});

test('deliveries that fail, though a filter is there', () => {
  expect(only(check({ deliveryErrors: 3 }), 'deliveries')).toMatchObject({
    result: 'problem',
    seen: 'CloudWatch Logs failed 3 times in the last hour to deliver from it, and may have skipped records',
  });
  for (const deliveryErrors of [0, undefined]) expect(check({ deliveryErrors })).toEqual(check({}));
});

test("the log of one of the deployment's own functions would feed itself", () => {
  const own = check({}, { ...GROUP, logGroup: '/aws/lambda/sekisho-prod-detect' });
  expect(only(own, 'loop').result).toBe('problem');
  for (const logGroup of [
    '/aws/lambda/sekisho-production-x',
    '/aws/lambda/other',
    '/x/aws/lambda/sekisho-prod-detect',
  ]) {
    expect(briefly(check({}, { ...GROUP, logGroup })).filter((each) => each.endsWith('loop'))).toEqual([]);
  }
});

test('what could not be looked at is told with the permission, and the rest is judged', () => {
  const findings = check({ group: denied('logs:DescribeLogGroups') });
  expect(briefly(findings)).toEqual(['hidden group', 'ok subscription']);
  expect(findings[0]).toMatchObject({
    seen: 'access denied',
    mend: 'allow `logs:DescribeLogGroups` to whoever runs this',
  });
  const broken = check({
    filters: { kind: 'hidden', permission: undefined, reason: 'ThrottlingException: slow down' },
  });
  expect(only(broken, 'subscription')).toMatchObject({ result: 'hidden', mend: 'try again' });
});
