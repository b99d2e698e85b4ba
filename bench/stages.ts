/** The stages of a record's way, each timed over the same deliveries and each including the ones before it. */
import { gunzipSync } from 'node:zlib';
import { createMemoryQueue } from '../shared/adapters/local/queue.ts';
import { noAlertMemory } from '../shared/alerts/memory.ts';
import type { Arrival } from '../shared/envelope/delivery.ts';
import { inflate } from '../shared/envelope/inflate.ts';
import type { DecodedDelivery } from '../shared/flow/columns.ts';
import { decodeDelivery, type Decoded, type DecodeOptions } from '../shared/flow/decode.ts';
import { servicePortTable } from '../shared/flow/direction.ts';
import { parseFormat } from '../shared/flow/format.ts';
import { networkTest } from '../shared/flow/networks.ts';
import {
  archive,
  compilePipelineRules,
  detect,
  foldWindows,
  type Pipeline,
  type PipelineRules,
} from '../shared/pipeline.ts';
import { alertQueries } from '../shared/query/alert-queries.ts';
import { compileRules, type CompiledRules } from '../shared/rules/compile.ts';
import { evaluateRules } from '../shared/rules/evaluate.ts';
import { PRIVATE_NETWORKS } from '../shared/rules/lists.ts';
import type { Stage } from './measure.ts';
import { benchRules } from './rules.ts';
import { benchStore } from './store.ts';
import { HOUR } from './traffic/hour.ts';
import { FORMATS, type Workload } from './workload.ts';

/** The floor: what nobody who uses JSON.parse can beat. */
const FLOOR = 'floor';
/** The first stage that has a bar. */
export const DECODE = 'decode';
/** The whole way but for folding, which runs once a minute over all that came. */
export const END_TO_END = 'end to end';

/** What a stage made of a workload: that it read everything, and that nothing it made was left unused. */
export interface Outcome {
  readonly records: number;
  /** Sum of the records' `bytes`; undefined for a stage that does not look into them. */
  readonly bytes?: number;
  /** Matches of rules, or alerts. */
  readonly found?: number;
}

/** A stage over a workload. */
export interface BenchStage extends Stage {
  readonly run: () => Promise<Outcome>;
}

/** Every stage, the floor first. */
export function planStages(workload: Workload): readonly BenchStage[] {
  const options = decodeOptions(workload);
  const sets = [10, 100, 1_000].map((count) => ({ count, rules: compileRules(benchRules(count)) }));
  const pipelineRules = compilePipelineRules(benchRules(100));
  return [
    { name: FLOOR, run: async () => floor(workload) },
    { name: DECODE, run: async () => decodeAll(workload, options, undefined) },
    ...sets.map(({ count, rules }) => ({
      name: `decode, ${count.toLocaleString('en')} rules`,
      run: async () => decodeAll(workload, options, rules),
    })),
    { name: END_TO_END, run: () => runPipeline(workload, options, pipelineRules, false) },
    { name: `${END_TO_END}, windows folded`, run: () => runPipeline(workload, options, pipelineRules, true) },
  ];
}

/** How the deliveries of a workload are read. */
export function decodeOptions({ format }: Pick<Workload, 'format'>): DecodeOptions {
  const given = parseFormat(FORMATS[format]);
  if ('kind' in given) throw new Error(given.message);
  return {
    arrival: HOUR + 86_400,
    inNetworks: networkTest(PRIVATE_NETWORKS),
    servicePorts: servicePortTable(),
    formats: { given, ofLogGroup: () => undefined },
  };
}

/** What the floor does: base64, gunzip, JSON.parse. */
export function floor({ data }: Workload): Outcome {
  let records = 0;
  for (const each of data) {
    const message = JSON.parse(gunzipSync(Buffer.from(each, 'base64')).toString()) as { logEvents: unknown[] };
    records += message.logEvents.length;
  }
  return { records };
}

function decodeAll({ data }: Workload, options: DecodeOptions, rules: CompiledRules | undefined): Outcome {
  let total = NOTHING;
  for (const each of data) {
    const decoded = decodeDelivery(arrivalOf(each), options);
    total = add(total, countOf(decoded));
    if (rules === undefined) continue;
    for (const batch of deliveryOf(decoded).batches) {
      for (const { rows } of evaluateRules(rules, batch)) total = add(total, { ...NOTHING, found: rows.length });
    }
  }
  return total;
}

/** Detects every delivery, archives as many together as the workload says, and folds the windows at the end if told. */
async function runPipeline(
  { data, merged }: Workload,
  options: DecodeOptions,
  rules: PipelineRules,
  folds: boolean,
): Promise<Outcome> {
  const known = new Map<Arrival, Decoded>();
  const pipeline = pipelineOf(rules, (arrival) => {
    const decoded = known.get(arrival) ?? decodeDelivery(arrival, options);
    known.set(arrival, decoded);
    return decoded;
  });
  let total = NOTHING;
  for (let from = 0; from < data.length; from += merged) {
    for (const each of data.slice(from, from + merged)) {
      const { decoded, alerts } = await detect(arrivalOf(each), pipeline);
      total = add(total, { ...countOf(decoded), found: alerts.length });
    }
    const messages = await pipeline.queue.receive(merged);
    const arrivals = messages.map(({ message }) => message);
    await archive(arrivals, pipeline);
    for (const message of messages) await message.done();
    known.clear();
  }
  if (!folds) return total;
  const { alerts } = await foldWindows(pipeline);
  return add(total, { ...NOTHING, found: alerts.length });
}

/** A pipeline over memory, its clock a little after the traffic. */
function pipelineOf(rules: PipelineRules, decode: Pipeline['decode']): Pipeline {
  const now = new Date((HOUR + 7_200) * 1_000);
  let names = 0;
  return {
    store: benchStore(() => now),
    queue: createMemoryQueue<Arrival>(),
    sink: undefined,
    clock: { now: () => now },
    random: () => String(names++),
    decode,
    rules,
    queriesOf: alertQueries(PRIVATE_NETWORKS),
    seen: noAlertMemory(),
  };
}

/** A delivery as it arrives, inflated. */
export function arrivalOf(data: string): Arrival {
  return { kind: 'cloudwatch', json: inflate(Buffer.from(data, 'base64')), place: 'bench' };
}

function deliveryOf(decoded: Decoded): DecodedDelivery {
  if (decoded.kind !== 'decoded') throw new Error(`a delivery of the benchmark is ${decoded.kind}`);
  return decoded.delivery;
}

const NOTHING = { records: 0, bytes: 0, found: 0 };

/** Reads one column to its end, so that nothing can have been left undone; it costs next to nothing. */
function countOf(decoded: Decoded): typeof NOTHING {
  const total = { ...NOTHING };
  for (const { length, columns } of deliveryOf(decoded).batches) {
    total.records += length;
    const column = columns.get('bytes');
    if (column?.kind !== 'int') continue;
    for (let row = 0; row < length; row++) total.bytes += Math.max(0, column.values[row]!);
  }
  return total;
}

function add(one: typeof NOTHING, other: typeof NOTHING): typeof NOTHING {
  return { records: one.records + other.records, bytes: one.bytes + other.bytes, found: one.found + other.found };
}
