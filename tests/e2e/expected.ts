/** What the terminal makes of the same deliveries: what the deployed system is held to. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { queryLake } from '../support/lakes.ts';
import { jsonOf, sekisho } from '../support/program.ts';
import { SEKISHO_YML } from './deployment.ts';
import type { System } from './system.ts';
import { toSubscriptionEvent, type Traffic } from './traffic.ts';

/** What a lake holds of some traffic. */
export interface Seen {
  /** All records, each with its batch and everything that was inferred, in order; not when or where they arrived. */
  readonly records: readonly string[];
  /** Ids of alerts, by rule. */
  readonly alerts: readonly string[];
}

/** All but where a record arrived: what this machine does not know, and when. */
const COLUMNS = '* EXCLUDE (arrived, source_region)';

function recordsQuery(traffic: readonly Traffic[], columns: string): string {
  const interfaces = traffic.map(({ interfaceId }) => `'${interfaceId}'`).join();
  return (
    'SELECT CAST(f AS VARCHAR) AS record ' +
    `FROM (SELECT ${columns} FROM flows WHERE interface_id IN (${interfaces})) f ORDER BY 1`
  );
}

function alertsQuery(traffic: readonly Traffic[]): string {
  const interfaces = traffic.map(({ interfaceId }) => `'${interfaceId}'`).join();
  return `SELECT rule || ' ' || id FROM alerts WHERE list_has_any(interfaces, [${interfaces}]) ORDER BY 1`;
}

const texts = (rows: readonly (readonly unknown[])[]): string[] => rows.map(([text]) => String(text));

/** Ingests the deliveries on this machine, each once; tells what is then known of some of them. */
export async function ingestLocally(
  system: System,
  traffic: readonly Traffic[],
): Promise<(some: readonly Traffic[]) => Promise<Seen>> {
  const folder = path.join(system.folder, `local-${process.hrtime.bigint()}`);
  await mkdir(path.join(folder, 'deliveries'), { recursive: true });
  await writeFile(path.join(folder, 'sekisho.yml'), SEKISHO_YML);
  for (const [index, each] of traffic.entries()) {
    const file = path.join(folder, 'deliveries', `${String(index).padStart(5, '0')}.json`);
    await writeFile(file, JSON.stringify(toSubscriptionEvent(each)));
  }
  await jsonOf(sekisho(['ingest', 'deliveries', '--lake', 'lake', '--json'], { cwd: folder }));
  const ask = async (sql: string) => (await queryLake(path.join(folder, 'lake'), sql)).rows;
  return (some) => seenIn(ask, some);
}

/** What the deployed system's lake holds of the traffic. */
export const lakeOf = (system: System, traffic: readonly Traffic[]): Promise<Seen> =>
  seenIn((sql) => system.query(sql), traffic);

async function seenIn(ask: System['query'], traffic: readonly Traffic[]): Promise<Seen> {
  const records = await ask(recordsQuery(traffic, COLUMNS));
  const alerts = await ask(alertsQuery(traffic));
  // what most columns lack would hide the rest where a test fails
  return { records: texts(records).map((text) => text.replaceAll(/'\w+': NULL,? ?/g, '')), alerts: texts(alerts) };
}
