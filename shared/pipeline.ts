/**
 * The way of a record, top to bottom: what arrives is detected at once, archived with others, and what needs memory is
 * folded into windows. Every step may be repeated: effects are keyed by what they are about, not by who does them.
 */
import { alertsOfMatches, alertOfCrossing } from './alerts/build.ts';
import type { Alert } from './alerts/alert.ts';
import { createAlerts } from './alerts/create.ts';
import type { AlertMemory } from './alerts/memory.ts';
import type { QueriesOf } from './alerts/queries.ts';
import type { Arrival } from './envelope/delivery.ts';
import type { DecodedDelivery } from './flow/columns.ts';
import type { Decoded } from './flow/decode.ts';
import type { FlowTable } from './flow/fields.ts';
import { encodeObject } from './lake/encode.ts';
import { objectName, quarantineKey, rawKey } from './lake/layout.ts';
import { encodeQuarantine } from './lake/quarantine.ts';
import type { AlertSink, BatchQueue, Clock, ObjectStore } from './ports.ts';
import { compileRules, type CompiledRules } from './rules/compile.ts';
import { evaluateRules } from './rules/evaluate.ts';
import { memoryOf, type Memory, type Rule } from './rules/rule.ts';
import { tableOfRule } from './rules/table.ts';
import { startDelta, type MatchedDelivery } from './windows/contribute.ts';
import { encodeDelta, type Delta } from './windows/delta.ts';
import { foldWindows as fold, type FoldResult } from './windows/fold.ts';
import { deltaKey } from './windows/layout.ts';
import { sequelOf } from './windows/sequence.ts';

/** What the steps work with. */
export interface Pipeline {
  readonly store: ObjectStore;
  readonly queue: BatchQueue<Arrival>;
  /** Hears of every new alert before its object exists; on AWS, SNS follows from the object instead. */
  readonly sink: AlertSink<Alert> | undefined;
  readonly clock: Clock;
  /** Letters and digits that no other call gives, for names. */
  readonly random: () => string;
  /** Reads what arrived; may remember what it has read. */
  readonly decode: (arrival: Arrival) => Decoded;
  /** Asked for once a step: from one step to the next there may be others, as outside lists are refreshed. */
  readonly rules: PipelineRules;
  /** Writes the queries that alerts carry. */
  readonly queriesOf: QueriesOf;
  /** Alerts known to exist, so that a process asks the store only once for each. */
  readonly seen: AlertMemory;
}

/** A rule set, compiled apart by what it needs, and by which kind of flow log it is about. */
export interface PipelineRules {
  readonly all: readonly Rule[];
  /** Rules that decide on each record alone. */
  readonly immediate: RulesByTable;
  /** Rules whose memory deltas feed, each followed by what collects the matches of its sequel. */
  readonly windowed: RulesByTable;
}

type RulesByTable = Readonly<Record<FlowTable, CompiledRules>>;

/** Compiles a checked rule set for the pipeline. */
export function compilePipelineRules(rules: readonly Rule[]): PipelineRules {
  const compile = (memory: Memory): RulesByTable => {
    const wanted = rules.filter(({ condition }) => memoryOf(condition) === memory);
    const about = (table: FlowTable): CompiledRules =>
      compileRules(wanted.flatMap((rule) => (tableOfRule(rule) === table ? [rule, ...sequelOf(rule)] : [])));
    return { vpc: about('vpc'), tgw: about('tgw') };
  };
  return { all: rules, immediate: compile('none'), windowed: compile('stream') };
}

/** What detecting found in one arrival. */
export interface Detected {
  readonly decoded: Decoded;
  /** New alerts. */
  readonly alerts: readonly Alert[];
}

/** First step: the arrival is safe in the queue before anything is decided; then rules without memory raise alerts. */
export async function detect(arrival: Arrival, pipeline: Pipeline): Promise<Detected> {
  await pipeline.queue.send(arrival);
  const decoded = pipeline.decode(arrival);
  if (decoded.kind !== 'decoded') return { decoded, alerts: [] };
  const alerts = alertsOfMatches(match(decoded.delivery, pipeline.rules.immediate), pipeline.queriesOf);
  const { created } = await createAlerts(alerts, pipeline);
  return { decoded, alerts: created };
}

/** What archiving wrote. */
export interface Archived {
  /** Parquet objects. */
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Second step: many arrivals become one Parquet object a table, one object of unreadable lines, and a delta of what
 * counts towards windows. A batch stands in one object only, once. Deltas come last: where one is, the records are.
 */
export async function archive(arrivals: readonly Arrival[], pipeline: Pipeline): Promise<Archived> {
  const { store, clock } = pipeline;
  const started = clock.now();
  const name = objectName(started, pipeline.random());
  const deliveries = distinctDeliveries(arrivals, pipeline);

  const written = { objects: 0, bytes: 0 };
  for (const table of ['vpc', 'tgw'] satisfies FlowTable[]) {
    const object = encodeObject(deliveries, table);
    if (object.records === 0) continue;
    await store.put(rawKey(table, started, name), object.body);
    written.objects++;
    written.bytes += object.body.length;
  }

  const quarantine = encodeQuarantine(deliveries);
  if (quarantine !== undefined) await store.put(quarantineKey(started, name), quarantine.body);

  for (const [part, delta] of deltasOf(deliveries, pipeline.rules.windowed)) {
    await store.put(deltaKey(`${name}-${part}`), encodeDelta(delta));
  }
  return written;
}

/** Rows of a delta at most (a delivery is never split): what folding holds in memory at once. */
const DELTA_ROWS = 100_000;

/** What the deliveries contribute to windows, numbered; nothing where no windowed rule matched. */
function* deltasOf(deliveries: readonly DecodedDelivery[], rules: RulesByTable): Generator<readonly [number, Delta]> {
  let part = 0;
  let builder = startDelta();
  for (const [index, delivery] of deliveries.entries()) {
    builder.add(match(delivery, rules));
    if (builder.rows < DELTA_ROWS && index < deliveries.length - 1) continue;
    const delta = builder.build();
    builder = startDelta();
    if (delta !== undefined) yield [part++, delta];
  }
}

/** What folding found. */
export interface Folded extends FoldResult {
  /** New alerts. */
  readonly alerts: readonly Alert[];
}

/**
 * Third step: deltas become window state, and windows that crossed their threshold alerts.
 *
 * @param judgeAt as of when it is decided what is absent, see `FoldOptions`
 */
export async function foldWindows(pipeline: Pipeline, judgeAt: Date | 'later' = pipeline.clock.now()): Promise<Folded> {
  const alerts: Alert[] = [];
  const result = await fold({
    store: pipeline.store,
    clock: pipeline.clock,
    judgeAt,
    rules: pipeline.rules.all,
    raise: async (crossings) => {
      const found = crossings.map((crossing) => alertOfCrossing(crossing, pipeline.queriesOf));
      const { created } = await createAlerts(found, pipeline);
      alerts.push(...created);
    },
  });
  return { ...result, alerts };
}

/** The arrivals' deliveries, each batch once. */
function distinctDeliveries(arrivals: readonly Arrival[], { decode }: Pipeline): readonly DecodedDelivery[] {
  const deliveries = new Map<string, DecodedDelivery>();
  for (const arrival of arrivals) {
    const decoded = decode(arrival);
    if (decoded.kind !== 'control' && !deliveries.has(decoded.delivery.id)) {
      deliveries.set(decoded.delivery.id, decoded.delivery);
    }
  }
  return [...deliveries.values()];
}

/** What the rules find in a delivery. */
function match({ id, source, batches }: DecodedDelivery, rules: RulesByTable): MatchedDelivery {
  return {
    id,
    source,
    batches: batches.map((batch) => ({ batch, matches: evaluateRules(rules[batch.table], batch) })),
  };
}
