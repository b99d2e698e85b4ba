/** One machine's traffic, followed until everything that must come of it is there. */
import { expect } from 'vitest';
import { queryLake } from '../support/lakes.ts';
import { jsonOf, sekisho } from '../support/program.ts';
import { lakeOf, type Seen } from './expected.ts';
import { until, type System } from './system.ts';
import { asText, type Traffic } from './traffic.ts';

/** Waits until every alert of the traffic was told and every record lies in the lake, and sees that nothing else does. */
export async function follow(system: System, traffic: Traffic, expected: Seen): Promise<void> {
  const missing = async (): Promise<readonly string[]> => {
    const told = await toldIds(system);
    return expected.alerts.filter((alert) => !told.has(alert.split(' ')[1]!));
  };
  await until(
    'every alert told',
    async () => {
      // what the schedule does once a minute
      if ((await system.keys('Lake', 'windows/deltas/')).length > 0) await system.invoke('windows');
      return (await missing()).length === 0;
    },
    {
      instead: async () => ({
        missing: await missing(),
        complaints: await system.complaints(),
        operations: (await system.faults.seen()).map(
          ({ operation, target, status }) => `${operation} ${target} ${status}`,
        ),
      }),
    },
  );
  expect(await lakeOf(system, [traffic])).toEqual(expected);
}

/** Waits until nothing is under way any more, and nothing ended as a dead letter. */
export async function comeToRest(system: System): Promise<void> {
  for (const queue of ['Batches', 'Objects', 'Backfill', 'Alerts']) {
    await until(`${queue} empty`, async () => (await system.waiting(queue)) === 0);
    expect(await system.waiting(`${queue}Dead`)).toBe(0);
  }
}

/** The ids of all alerts that were told. */
export async function toldIds(system: System): Promise<ReadonlySet<string>> {
  return new Set((await system.told('everything')).map(({ body }) => String(JSON.parse(body).id)));
}

/** Where records say that they come from. */
export interface Origin {
  readonly source: string;
  readonly account: string;
  readonly region: string;
}

const recordsQuery = ({ interfaceId }: Traffic, replaced = ''): string =>
  `SELECT * EXCLUDE (batch, arrived) ${replaced} FROM flows WHERE interface_id = '${interfaceId}'
   ORDER BY start, srcaddr, srcport, dstport`;

/** The traffic's records, once there are any in the lake. */
export async function arrivedRecords(system: System, traffic: Traffic): Promise<readonly (readonly unknown[])[]> {
  return until(
    `${traffic.interfaceId} in the lake`,
    async () => {
      const records = await system.query(recordsQuery(traffic));
      return records.length > 0 && records;
    },
    { instead: () => system.complaints() },
  );
}

/** What its records have to be: those that the terminal makes of the same lines, from the given origin. */
export async function writtenRecords(
  system: System,
  traffic: Traffic,
  { source, account, region }: Origin,
): Promise<readonly (readonly unknown[])[]> {
  const lake = `${system.folder}/${traffic.interfaceId}`;
  await jsonOf(sekisho(['ingest', '-', '--lake', lake, '--json'], { input: asText(traffic) }));
  const replaced = `REPLACE ('${source}' AS source, '${account}' AS source_account, '${region}' AS source_region)`;
  return (await queryLake(lake, recordsQuery(traffic, replaced))).rows;
}
