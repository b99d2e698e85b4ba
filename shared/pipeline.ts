/**
 * The way of a record, top to bottom: what arrives is detected at once, archived with others, and what needs memory is
 * folded into windows. Every step may be repeated: effects are keyed by what they are about, not by who does them.
 */
import { alertsOfMatches, alertOfCrossing } from './alerts/build.ts';
import type { Alert } from './alerts/alert.ts';
import { createAlerts } from './alerts/create.ts';
import type { AlertMemory } from './alerts/memory.ts';
import type { QueriesOf } from './alerts/queries.ts';
import { Archiver, type Archived, type Keeping } from './archiver.ts';
import type { Arrival } from './envelope/delivery.ts';
import type { DecodedDelivery } from './flow/columns.ts';
import type { Decoded } from './flow/decode.ts';
import { matchDelivery, type PipelineRules } from './pipeline-rules.ts';
import type { AlertSink, BatchQueue, Clock, ObjectStore } from './ports.ts';
import { foldWindows as fold, type FoldOptions, type FoldResult } from './windows/fold.ts';

export { compilePipelineRules, type PipelineRules } from './pipeline-rules.ts';

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
  /** Has the rules as they should be by now; detection calls it once a delivery is safe, and not before. */
  readonly refresh?: () => Promise<void>;
  /** Writes the queries that alerts carry. */
  readonly queriesOf: QueriesOf;
  /** Alerts known to exist, so that a process asks the store only once for each. */
  readonly seen: AlertMemory;
}

/** What detecting found in one arrival. */
export interface Detected {
  readonly decoded: Decoded;
  /** New alerts. */
  readonly alerts: readonly Alert[];
}

/**
 * First step: the arrival is safe in the queue before anything is decided; then rules without memory raise alerts.
 * CloudWatch's test of a subscription goes no further.
 */
export async function detect(arrival: Arrival, pipeline: Pipeline): Promise<Detected> {
  const decoded = pipeline.decode(arrival);
  if (decoded.kind === 'control') return { decoded, alerts: [] };
  await pipeline.queue.send(arrival);
  await pipeline.refresh?.();
  const alerts = decoded.kind === 'decoded' ? await alertAtOnce(decoded.delivery, pipeline) : [];
  return { decoded, alerts };
}

/**
 * Second step: many arrivals become one Parquet object a table, one object of unreadable lines, and a delta of what
 * counts towards windows. A batch stands in one object only, once.
 */
export async function archive(arrivals: readonly Arrival[], pipeline: Pipeline): Promise<Archived> {
  const archiver = new Archiver(pipeline);
  for (const arrival of arrivals) {
    const decoded = pipeline.decode(arrival);
    if (decoded.kind !== 'control') await archiver.add(decoded);
  }
  return archiver.finish();
}

/**
 * Both steps in one, for what lies in S3 and is safe there: rules without memory raise alerts, then `archiver` has it.
 * Returns the new alerts.
 */
export async function collect(
  decoded: Decoded,
  pipeline: Pipeline,
  archiver: Archiver,
  keeping: Keeping,
): Promise<readonly Alert[]> {
  if (decoded.kind === 'control' || archiver.has(decoded.delivery.id)) return [];
  const alerts = decoded.kind === 'decoded' ? await alertAtOnce(decoded.delivery, pipeline) : [];
  await archiver.add(decoded, keeping);
  return alerts;
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
export async function foldWindows(pipeline: Pipeline, judgeAt: FoldOptions['judgeAt'] = 'arrived'): Promise<Folded> {
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

/** Creates the alerts of rules without memory; those that are new. */
async function alertAtOnce(delivery: DecodedDelivery, pipeline: Pipeline): Promise<readonly Alert[]> {
  const alerts = alertsOfMatches(matchDelivery(delivery, pipeline.rules.immediate), pipeline.queriesOf);
  const { created } = await createAlerts(alerts, pipeline);
  return created;
}
