/** Lines of flow logs whose records can be told apart, and the pipeline that reads them into memory. */
import { gzipSync } from 'node:zlib';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import { noAlertMemory } from '../../shared/alerts/memory.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { decodeDelivery } from '../../shared/flow/decode.ts';
import { compilePipelineRules, type Pipeline, type PipelineRules } from '../../shared/pipeline.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { decodeOptions, subscriptionMessage } from './decode.ts';
import type { MemoryStore } from './memory-store.ts';
import { readWithHyparquet, type Row } from './parquet-readers.ts';
import { noQueries } from './rules.ts';

/** The header of a text object in the default format. */
export const DEFAULT_HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

/** A record whose bytes are its number. */
export function flowLine(number: number, dstport = 443): string {
  return `2 123456789012 eni-0123456789abcdef0 203.0.113.9 10.0.0.2 51000 ${dstport} 6 1 ${number} 1763341200 1763341260 REJECT OK`;
}

/** A subscription's delivery of records, as it comes: base64 of gzip. */
export function packedDelivery(numbers: readonly number[], lines = numbers.map((number) => flowLine(number))): string {
  return gzipSync(subscriptionMessage(lines, { firstId: (numbers[0] ?? 0) * 1000 })).toString('base64');
}

/** Rules of a file's text, which must be right. */
export function rulesOf(text: string): PipelineRules {
  const { rules, diagnostics } = loadRules([{ name: 'test.yaml', text }]);
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return compilePipelineRules(rules);
}

let names = 0;

/** A pipeline that has nothing in memory yet, as each invocation may be. */
export function pipelineOver(store: Pipeline['store'], rules: PipelineRules): Pipeline {
  return {
    store,
    queue: createMemoryQueue<Arrival>(),
    sink: undefined,
    clock: { now: () => new Date('2026-11-17T02:00:00Z') },
    random: () => `${names++}`,
    decode: (arrival) => decodeDelivery(arrival, { ...decodeOptions(), region: 'us-east-1' }),
    rules,
    queriesOf: noQueries,
    seen: noAlertMemory(),
  };
}

/** The rows of every raw object, by its key. */
export async function rawObjects(store: MemoryStore): Promise<ReadonlyMap<string, readonly Row[]>> {
  const keys = store.keys().filter((key) => /^(flows|tgw)\/raw\//.test(key));
  const read = await Promise.all(
    keys.map(async (key) => [key, await readWithHyparquet((await store.get(key))!.body)] as const),
  );
  return new Map(read);
}

/** The rows as the view shows them: each batch from its smallest path only. */
export async function rowsInView(store: MemoryStore): Promise<readonly Row[]> {
  const objects = [...(await rawObjects(store))].sort(([a], [b]) => (a < b ? -1 : 1));
  const home = new Map<unknown, string>();
  for (const [key, rows] of objects) for (const { batch } of rows) if (!home.has(batch)) home.set(batch, key);
  return objects.flatMap(([key, rows]) => rows.filter(({ batch }) => home.get(batch) === key));
}

/** Lines that were quarantined, as objects. */
export async function quarantined(store: MemoryStore): Promise<readonly Record<string, unknown>[]> {
  const keys = store.keys().filter((key) => key.startsWith('quarantine/'));
  const texts = await Promise.all(keys.map(async (key) => Buffer.from((await store.get(key))!.body).toString()));
  return texts.flatMap((text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );
}
