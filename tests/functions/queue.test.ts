import type { Context, SQSEvent } from 'aws-lambda';
import { beforeEach, expect, test, vi } from 'vitest';
import { packDeployment } from '../../infra/deployment.ts';
import { DEFAULT_CONFIG } from '../../shared/config/config.ts';
import type { FailedMessage } from '../../shared/archive-messages.ts';
import type { HeldMessage } from '../../shared/adapters/aws/give-back.ts';

const ARN = 'arn:aws:sqs:us-east-1:123456789012:sekisho-prod-batches';

const giveBack = vi.hoisted(() => vi.fn<(arn: string, held: readonly HeldMessage[]) => Promise<void>>());
vi.mock(import('../../shared/adapters/aws/late.ts'), async (original) => ({ ...(await original()), giveBack }));

vi.stubGlobal('SEKISHO_DEPLOYMENT', JSON.stringify(packDeployment({ config: DEFAULT_CONFIG, rules: [], lists: [] })));
vi.stubEnv('POWERTOOLS_DEV', 'true');
const { fromQueue } = await import('../../functions/queue.ts');

const said: string[] = [];
vi.spyOn(console, 'warn').mockImplementation((line: string) => {
  said.push((JSON.parse(line) as { message: string }).message);
});

beforeEach(() => {
  said.length = 0;
  giveBack.mockReset().mockResolvedValue();
});

/** An event whose messages have been received so often. */
function received(...counts: readonly number[]): SQSEvent {
  const Records = counts.map((count, index) => ({
    messageId: `m${index}`,
    body: `body ${index}`,
    receiptHandle: `r${index}`,
    attributes: { ApproximateReceiveCount: `${count}` },
    eventSourceARN: ARN,
  }));
  return { Records } as unknown as SQSEvent;
}

const call = (event: SQSEvent, work: () => Promise<readonly FailedMessage[]>) => fromQueue(work)(event, {} as Context);

test('where nothing failed, nothing is given back', async () => {
  expect(await call(received(1, 1), async () => [])).toEqual({ batchItemFailures: [] });
  expect(giveBack).not.toHaveBeenCalled();
});

test('what failed comes again alone, each message later the more often it was tried', async () => {
  const failed = ['m0', 'm2'].map((id) => ({ id, reason: 'broken' }));
  expect(await call(received(1, 1, 5), async () => failed)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }],
  });
  expect(giveBack.mock.calls).toEqual([
    [
      ARN,
      [
        { receipt: 'r0', seconds: 30 },
        { receipt: 'r2', seconds: 480 },
      ],
    ],
  ]);
  expect(said).toEqual(['broken', 'broken']);
});

test('what waits comes again when it says so, and nobody hears of it', async () => {
  const work = async () => [
    { id: 'm0', reason: 'broken' },
    { id: 'm1', seconds: 51 },
  ];
  expect(await fromQueue(work)(received(1, 1, 1), {} as Context)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }],
  });
  expect(giveBack.mock.calls[0]![1]).toEqual([
    { receipt: 'r0', seconds: 30 },
    { receipt: 'r1', seconds: 51 },
  ]);
  expect(said).toEqual(['broken']);
});

test('where all of it failed, all of it comes again, and the error stays what it was', async () => {
  const failure = new Error('S3 is down');
  await expect(call(received(2, 3), () => Promise.reject(failure))).rejects.toBe(failure);
  expect(giveBack.mock.calls[0]![1].map(({ seconds }) => seconds)).toEqual([60, 120]);
});

test('that it can not be given back changes nothing else, and is told once', async () => {
  giveBack.mockRejectedValue(new Error('no permission'));
  const failed = [{ id: 'm0', reason: 'broken' }];
  for (let time = 0; time < 2; time++) {
    expect(await call(received(1), async () => failed)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  }
  expect(said).toEqual([
    'broken',
    'messages that failed come again later than they should: Error: no permission',
    'broken',
  ]);
});
