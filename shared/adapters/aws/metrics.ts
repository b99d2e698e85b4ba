/** What a function has to report, as metrics of CloudWatch: lines of its log in the embedded metric format. */
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Clock } from '../../ports.ts';

/** How a metric's values come together until they are written, its unit, and whether a value above 0 is bad news. */
interface MetricKind {
  readonly unit: 'Count' | 'Seconds' | 'Bytes';
  readonly keep: 'sum' | 'last' | 'all';
  readonly bad: boolean;
}

const METRICS = {
  Records: { unit: 'Count', keep: 'sum', bad: false },
  SkipData: { unit: 'Count', keep: 'sum', bad: true },
  QuarantinedLines: { unit: 'Count', keep: 'sum', bad: true },
  UnreadableDeliveries: { unit: 'Count', keep: 'sum', bad: true },
  FlowToAlertSeconds: { unit: 'Seconds', keep: 'all', bad: false },
  AlertsTold: { unit: 'Count', keep: 'sum', bad: false },
  AlertsHeldBack: { unit: 'Count', keep: 'sum', bad: true },
  WindowStateBytes: { unit: 'Bytes', keep: 'last', bad: false },
  LateRecords: { unit: 'Count', keep: 'sum', bad: true },
  UnreadableState: { unit: 'Count', keep: 'sum', bad: true },
  UnreadableLists: { unit: 'Count', keep: 'sum', bad: true },
  FailedMessages: { unit: 'Count', keep: 'sum', bad: true },
  WatermarkAgeSeconds: { unit: 'Seconds', keep: 'last', bad: false },
} as const satisfies Record<string, MetricKind>;

/** A metric's name, in the namespace `Sekisho`. */
export type MetricName = keyof typeof METRICS;

/** What one invocation measured: a number, or for a metric that keeps them all, several. */
export type Measured = Readonly<Partial<Record<MetricName, number | readonly number[]>>>;

/** Metrics on their way: added during an invocation, published at its end if it is time. */
export interface MetricWriter {
  add(this: void, measured: Measured): void;
  /** Writes what was added, in one line: about once a minute, at once where something is wrong, and not where nothing was. */
  publish(this: void): Promise<void>;
}

/** A schedule of once a minute is not kept to the second. */
const PERIOD_MS = 50_000;

/** The embedded metric format takes 100 values of one metric in a line; at the last of them the library writes by itself. */
const MOST_VALUES = 99;

/**
 * Metrics with the one dimension `Deployment`. Each line is ingested by CloudWatch Logs and paid for, so that quiet
 * invocations of one process share a line; what a process holds when it ends (at most a minute's good news) is lost.
 */
export function openMetrics(deployment: string, clock: Clock): MetricWriter {
  const held = new Map<MetricName, readonly number[]>();
  let last = Number.NEGATIVE_INFINITY;
  let library: Metrics | undefined;
  return {
    add(measured) {
      for (const [name, values] of Object.entries(measured) as [MetricName, number | readonly number[]][]) {
        const added = [values].flat();
        if (added.length > 0) held.set(name, merged(METRICS[name], held.get(name) ?? [], added));
      }
    },
    async publish() {
      const now = clock.now().getTime();
      const isBad = [...held].some(([name, values]) => METRICS[name].bad && values.some((value) => value > 0));
      if (held.size === 0 || (!isBad && now - last < PERIOD_MS)) return;
      last = now;
      library ??= await load(deployment);
      for (const [name, values] of held) {
        for (const value of values) library.addMetric(name, METRICS[name].unit, value);
      }
      held.clear();
      library.publishStoredMetrics();
    },
  };
}

function merged({ keep }: MetricKind, before: readonly number[], now: readonly number[]): readonly number[] {
  if (keep === 'last') return now.slice(-1);
  if (keep === 'all') return [...before, ...now].slice(-MOST_VALUES);
  return [[...before, ...now].reduce((sum, value) => sum + value, 0)];
}

/** The library is loaded when there is something to write: a function that has nothing to report starts without it. */
async function load(deployment: string): Promise<Metrics> {
  const { Metrics } = await import('@aws-lambda-powertools/metrics');
  const metrics = new Metrics({ namespace: 'Sekisho' });
  // it would add a dimension `service`, and alarms would have to know it
  metrics.clearDefaultDimensions();
  return metrics.setDefaultDimensions({ Deployment: deployment });
}
