/** The same for objects that AWS delivered to S3: they are read as a stream, and what is read may break off. */
import { describe, expect, it } from 'vitest';
import type { Fault } from '../support/fault-proxy.ts';
import { canKillCallers } from '../support/kill-caller.ts';
import { BUCKETS } from './deployment.ts';
import { arrivedRecords, comeToRest, writtenRecords } from './scenario.ts';
import { deployed, until, useSystem } from './system.ts';
import { asDeliveredFile, makeTraffic } from './traffic.ts';

const READ_OBJECT = { operation: 'S3.GetObject', target: '^AWSLogs/' };
const WRITE_RECORDS = { operation: 'S3.PutObject', target: '^flows/raw/' };
const WRITE_ALERT = { operation: 'S3.PutObject', target: '^alerts/' };
const WRITE_DELTA = { operation: 'S3.PutObject', target: '^windows/deltas/' };

const slowDown = { kind: 'answer', status: 503, code: 'SlowDown' } as const;
const drop = { kind: 'drop' } as const;
const kill = { kind: 'kill' } as const;

const CASES: Readonly<Record<string, Fault>> = {
  'the connection breaks before an object is read': { ...READ_OBJECT, act: drop, times: 1 },
  'an object is slowed down until collect fails': { ...READ_OBJECT, act: slowDown, calls: 1 },
  'an object breaks off in the middle': { ...READ_OBJECT, act: { kind: 'cut' }, times: 1 },
  'records are slowed down until collect fails': { ...WRITE_RECORDS, act: slowDown, calls: 1 },
  'records were written, and collect fails': { ...WRITE_RECORDS, act: drop, applied: true, calls: 1 },
  'an alert was written, and collect fails': { ...WRITE_ALERT, act: drop, applied: true, calls: 1 },
  ...(canKillCallers && {
    'collect is killed while it asks for an object': { ...READ_OBJECT, act: kill, times: 1 },
    'collect is killed before records are written': { ...WRITE_RECORDS, act: kill, times: 1 },
    'collect is killed after records were written': { ...WRITE_RECORDS, act: kill, applied: true, times: 1 },
    'collect is killed before an alert is written': { ...WRITE_ALERT, act: kill, times: 1 },
    'collect is killed after a delta was written': { ...WRITE_DELTA, act: kill, applied: true, times: 1 },
  }),
};

describe.skipIf(deployed === undefined)('nothing of an object is lost and nothing doubled where', () => {
  const open = useSystem();

  it.for(Object.entries(CASES))('%s', async ([, fault]) => {
    const system = open();
    const traffic = makeTraffic();
    await system.faults.set(fault);
    const folder = 'AWSLogs/210987654321/vpcflowlogs/eu-west-1/2026/11/24';
    const file = `210987654321_vpcflowlogs_eu-west-1_fl-1_${traffic.interfaceId}.log.gz`;
    await system.putObject(BUCKETS.made, `${folder}/${file}`, asDeliveredFile(traffic));
    for (const rule of ['admin-port-open-to-internet', 'crypto-mining-port']) {
      await until(
        `${rule} told`,
        async () => {
          if ((await system.keys('Lake', 'windows/deltas/')).length > 0) await system.invoke('windows');
          const told = await system.told('everything');
          return told.some(({ body, attributes }) => attributes['rule'] === rule && body.includes(traffic.interfaceId));
        },
        { instead: () => system.complaints() },
      );
    }
    const expected = await writtenRecords(system, traffic, {
      source: BUCKETS.made,
      account: '210987654321',
      region: 'eu-west-1',
    });
    await comeToRest(system);
    expect(await arrivedRecords(system, traffic)).toEqual(expected);
    expect((await system.faults.hits())[0]).toBeGreaterThan(0);
  });
});
