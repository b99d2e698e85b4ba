/** Keys of old flow logs, what is picked among them, and what reading them costs. */
import { expect, test } from 'vitest';
import { estimateBackfill, planBackfill } from '../../shared/operations/backfill.ts';
import { readFlowLogKey } from '../../shared/operations/flow-log-object.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const NAME = '123456789012_vpcflowlogs_us-east-1_fl-0a1b_20261117T0130Z_5f3c9a1e.log.gz';
const FILE = { from: at('2026-11-17T01:25:00Z'), to: at('2026-11-17T01:30:01Z') };
const OWNER = { account: '123456789012', region: 'us-east-1' };

test.for([
  [`AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/17/${NAME}`, OWNER, FILE],
  [`p/q/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/17/01/${NAME}`, OWNER, FILE],
  [
    `AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=17/${NAME}`,
    OWNER,
    FILE,
  ],
  // copied elsewhere: the name is enough
  [`old/${NAME}`, OWNER, FILE],
  [`AWSLogs/${NAME.replace('log.gz', 'gz.parquet')}`, OWNER, FILE],
  // renamed: the folders are
  [
    'AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/17/part-1.parquet',
    OWNER,
    { from: at('2026-11-17'), to: at('2026-11-18') },
  ],
  ['year=2026/month=3/day=7/hour=9/a.gz', {}, { from: at('2026-03-07T09:00Z'), to: at('2026-03-07T10:00Z') }],
  ['exports/2026-03-07/0000.gz', {}, { from: at('2026-03-07'), to: at('2026-03-08') }],
  ['exports/day=2026-03-07/0000.gz', {}, { from: at('2026-03-07'), to: at('2026-03-08') }],
  ['flow.log', {}, undefined],
  // days that do not exist
  ['exports/2026/02/30/a.gz', {}, undefined],
  [`old/${NAME.replace('20261117T0130Z', '20261399T9999Z')}`, OWNER, undefined],
] as const)('%s', ([key, owner, time]) => {
  expect(readFlowLogKey(key, 5)).toEqual({ key, size: 5, account: undefined, region: undefined, ...owner, time });
});

test.for([
  'AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/17/x.json.gz',
  'AWSLogs/123456789012/elasticloadbalancing/us-east-1/2026/11/17/x.log.gz',
  'AWSLogs/o-abc1234567/123456789012/CloudTrail/us-east-1/2026/11/17/x.log.gz',
  'AWSLogs/123456789012/vpcdnsquerylogs/vpc-1/2026/11/17/x.log.gz',
  'AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/17/',
  'AWSLogs/aws-logs-write-test',
  'notes.json',
  '',
])('%s is none of flow records', (key) => {
  expect(readFlowLogKey(key, 5)).toBeUndefined();
});

test('an empty object is none either', () => {
  expect(readFlowLogKey(`AWSLogs/${NAME}`, 0)).toBeUndefined();
});

async function* listing(...keys: readonly string[]) {
  for (const key of keys) yield { key, size: 100 };
}
const named = (stamp: string): string => `a/${NAME.replace('20261117T0130Z', stamp)}`;
const KEYS = [
  'a/notes.json',
  named('20261116T2355Z'),
  named('20261117T0000Z'),
  named('20261117T2355Z'),
  named('20261118T0000Z'),
  'a/undated.log',
];

const wish = { from: undefined, to: undefined, limit: Infinity };

test('all flow logs are picked where no time is given', async () => {
  const plan = await planBackfill(listing(...KEYS), wish);
  expect(plan).toMatchObject({ bytes: 500, others: 1, outside: 0, undated: 0, cut: false });
  expect(plan.objects).toHaveLength(5);
});

test('a day picks what its file names say, the edges with it', async () => {
  const plan = await planBackfill(listing(...KEYS), { ...wish, from: at('2026-11-17'), to: at('2026-11-18') });
  // of midnight's file it is not known which day it is of
  expect(plan.objects.map(({ key }) => key)).toEqual([
    named('20261117T0000Z'),
    named('20261117T2355Z'),
    named('20261118T0000Z'),
  ]);
  expect(plan).toMatchObject({ outside: 1, undated: 1, others: 1 });
});

test('a limit ends the listing', async () => {
  const seen: number[] = [];
  const plan = await planBackfill(listing(...KEYS), { ...wish, limit: 2 }, (n) => seen.push(n));
  expect(plan).toMatchObject({ bytes: 200, cut: true });
  expect(plan.objects).toHaveLength(2);
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(await planBackfill(listing(...KEYS), { ...wish, limit: 5 })).toMatchObject({ cut: false });
});

test('a million objects of 100 kB', () => {
  const object = readFlowLogKey(named('20261117T0130Z'), 100_000)!;
  const cost = estimateBackfill({ objects: Array.from({ length: 1_000_000 }, () => object), bytes: 100e9 });
  expect(cost.queue).toBeCloseTo(0.84, 2);
  expect(cost.requests).toBeCloseTo(10.4, 2);
  expect(cost.storageMonth).toBeCloseTo(2.46, 2);
  expect(cost.functions).toBeCloseTo(0.2 + (300_000 + 33_333) * 1.5 * 0.0000133334, 1);
});
