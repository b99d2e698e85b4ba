/** What AWS may do to any operation: whatever it is, nothing is lost, nothing doubled, and the ids stay the same. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../support/fault-proxy.ts';
import { ingestLocally, lakeOf, type Seen } from './expected.ts';
import { comeToRest, follow } from './scenario.ts';
import { deployed, useSystem } from './system.ts';
import { makeTraffic, type Traffic } from './traffic.ts';

const throttled = { kind: 'answer', status: 400, code: 'ThrottlingException' } as const;
const slowDown = { kind: 'answer', status: 503, code: 'SlowDown' } as const;
const broken = { kind: 'answer', status: 500, code: 'InternalError' } as const;
const conflict = { kind: 'answer', status: 409, code: 'ConditionalRequestConflict' } as const;
const preconditionFailed = { kind: 'answer', status: 412, code: 'PreconditionFailed' } as const;
const drop = { kind: 'drop' } as const;

const SEND = { operation: 'SQS.SendMessage' };
const PUBLISH = { operation: 'SNS.PublishBatch' };
const WRITE_ALERT = { operation: 'S3.PutObject', target: '^alerts/' };
const WRITE_RECORDS = { operation: 'S3.PutObject', target: '^flows/raw/' };
const WRITE_DELTA = { operation: 'S3.PutObject', target: '^windows/deltas/' };
const WRITE_STATE = { operation: 'S3.PutObject', target: '^windows/(?!deltas/)' };
const DELETE_DELTA = { operation: 'S3.DeleteObject', target: '^windows/deltas/' };

/** Two tries fail: the client of the service tries once more. */
const twice = { times: 2 };
/** Every try of one call fails: so does the function, and what called it tries again. */
const aCall = { calls: 1 };
/** It happened, but nobody was told. */
const unheard = { applied: true, times: 1 };
/** It happened, and not even another try was told. */
const unheardForAll = { applied: true, calls: 1 };

const CASES: Readonly<Record<string, Fault>> = {
  'SQS throttles a message': { ...SEND, act: throttled, ...twice },
  'SQS throttles until detect fails': { ...SEND, act: throttled, ...aCall },
  'SQS has taken a message and says that it has not': { ...SEND, act: broken, ...unheard },
  'SQS has taken a message, and detect fails': { ...SEND, act: drop, ...unheardForAll },
  'SNS throttles': { ...PUBLISH, act: throttled, ...twice },
  'SNS throttles until notify fails': { ...PUBLISH, act: throttled, ...aCall },
  'SNS has told, and notify fails': { ...PUBLISH, act: drop, ...unheardForAll },
  'S3 slows an alert down': { ...WRITE_ALERT, act: slowDown, ...twice },
  'S3 slows an alert down until its writer fails': { ...WRITE_ALERT, act: slowDown, ...aCall },
  'an alert is being written by another': { ...WRITE_ALERT, act: conflict, times: 3 },
  'an alert was written, and its writer is told of an error': { ...WRITE_ALERT, act: broken, ...unheard },
  'an alert was written, and its writer fails': { ...WRITE_ALERT, act: drop, ...unheardForAll },
  'S3 slows records down until archive fails': { ...WRITE_RECORDS, act: slowDown, ...aCall },
  'records were written, and archive is told of an error': { ...WRITE_RECORDS, act: broken, ...unheard },
  'records were written, and archive fails': { ...WRITE_RECORDS, act: drop, ...unheardForAll },
  'the connection breaks while a delta is written': { ...WRITE_DELTA, act: drop, times: 1 },
  'a delta was written, and archive fails': { ...WRITE_DELTA, act: broken, ...unheardForAll },
  'the state of windows has changed since it was read': { ...WRITE_STATE, act: preconditionFailed, times: 1 },
  'the state of windows is being written by another': { ...WRITE_STATE, act: conflict, times: 1 },
  'the state of windows was written, and windows fails': { ...WRITE_STATE, act: drop, ...unheardForAll },
  'a delta was deleted, and windows fails': { ...DELETE_DELTA, act: drop, ...unheardForAll },
  'S3 is slow': { operation: 'S3.PutObject', act: { kind: 'delay', milliseconds: 1500 }, times: 2 },
};

describe.skipIf(deployed === undefined)('nothing is lost and nothing doubled where', () => {
  const open = useSystem();
  const cases = Object.entries(CASES).map(([name, fault]) => ({ name, fault, traffic: makeTraffic() }));
  let expected: (some: readonly Traffic[]) => Promise<Seen>;
  beforeAll(async () => {
    expected = await ingestLocally(
      open(),
      cases.map(({ traffic }) => traffic),
    );
  });

  it.for(cases)('$name', async ({ fault, traffic }) => {
    const system = open();
    await system.faults.set(fault);
    await system.deliverTraffic(traffic);
    await follow(system, traffic, await expected([traffic]));
    expect((await system.faults.hits())[0]).toBeGreaterThan(0);
  });

  it('any of these happened, when all has come to rest', async () => {
    const system = open();
    const all = cases.map(({ traffic }) => traffic);
    await comeToRest(system);
    expect(await lakeOf(system, all)).toEqual(await expected(all));
  });
});
