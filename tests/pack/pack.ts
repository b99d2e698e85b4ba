/** The built-in rules, and what they say about an hour of the generated VPC. */
import { readdirSync, readFileSync } from 'node:fs';
import type { HourDelivery } from '../../bench/traffic/hour.ts';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import type { Alert } from '../../shared/alerts/alert.ts';
import { noAlertMemory } from '../../shared/alerts/memory.ts';
import { findQuieted } from '../../shared/alerts/quieting.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { decodeDelivery } from '../../shared/flow/decode.ts';
import { archive, compilePipelineRules, detect, foldWindows, type Pipeline } from '../../shared/pipeline.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import { alertQueries } from '../../shared/query/alert-queries.ts';
import { PRIVATE_NETWORKS } from '../../shared/rules/lists.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { decodeOptions, formatOf } from '../support/decode.ts';

const FOLDER = new URL('../../rules/', import.meta.url);

/** The rule files, as they are loaded. */
export const PACK_FILES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));

/** Everything in them. */
export const PACK = loadRules(PACK_FILES);

/** Deliveries that are archived together, and after which windows are folded. */
const MERGED = 12;

/** Every alert that the pack raises on deliveries in this order, each as it was created. */
export async function raise(
  deliveries: readonly HourDelivery[],
  format: string,
  store?: ObjectStore,
): Promise<readonly Alert[]> {
  const newest = Math.max(...deliveries.map(({ arrived }) => arrived));
  return await raiseOn(deliveries.map(arrivalOf), format, new Date(newest * 1_000), store);
}

/** Every alert that the pack raises on lines that come together. */
export async function raiseOnLines(lines: readonly string[], format: string): Promise<readonly Alert[]> {
  return await raiseOn([arrivalOfLines(lines)], format, LATER);
}

/** A lake of these lines, as far as their records go. */
export async function storeLines(lines: Iterable<string>, format: string): Promise<ObjectStore> {
  const pipeline = pipelineOf(format, LATER);
  await archive([arrivalOfLines([...lines])], pipeline);
  return pipeline.store;
}

/** After any of the lines here. */
const LATER = new Date('2026-12-31T00:00:00Z');

async function raiseOn(
  arrivals: readonly Arrival[],
  format: string,
  now: Date,
  store = createMemoryStore(),
): Promise<readonly Alert[]> {
  const pipeline = pipelineOf(format, now, store);
  const raised: Alert[] = [];
  for (let from = 0; from < arrivals.length; from += MERGED) {
    const together = arrivals.slice(from, from + MERGED);
    for (const arrival of together) raised.push(...(await detect(arrival, pipeline)).alerts);
    await archive(together, pipeline);
    raised.push(...(await foldWindows(pipeline, now)).alerts);
  }
  return raised;
}

function pipelineOf(format: string, now: Date, store = createMemoryStore()): Pipeline {
  const options = decodeOptions(formatOf(format));
  let names = 0;
  return {
    store,
    queue: createMemoryQueue<Arrival>(),
    sink: undefined,
    clock: { now: () => now },
    random: () => `${names++}`,
    decode: (arrival) => decodeDelivery(arrival, options),
    rules: compilePipelineRules(PACK.rules),
    queriesOf: alertQueries(PRIVATE_NETWORKS),
    seen: noAlertMemory(),
  };
}

function arrivalOfLines(lines: readonly string[]): Arrival {
  const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return { kind: 'text', lines: content, header: undefined, firstLine: 1, place: 'lines' };
}

/** The alerts that somebody is told of: neither quieted by a more specific one, nor the next of one that goes on. */
export function told(alerts: readonly Alert[]): readonly Alert[] {
  const quieted = findQuieted(alerts);
  return alerts.filter(({ id, continues }) => !quieted.has(id) && continues === null);
}

function arrivalOf({ message }: HourDelivery): Arrival {
  return { kind: 'cloudwatch', json: Buffer.from(JSON.stringify(message)), place: message.logStream };
}
