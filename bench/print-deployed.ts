/** The benchmark's tables about the deployed functions. */
import { PRICES_SOURCE } from '../shared/operations/prices.ts';
import type { ColdStartResult } from './cold-start.ts';
import { costOfDeployed, costOfIdling, type DeployedCost } from './deployed-cost.ts';
import type { DeployedResult } from './deployed.ts';
import { tableOf, verdict } from './print.ts';

/** Prints what detect weighs, and its first event in a fresh process beside the floor's. */
export function printColdStart(
  { bundle, late, starts }: ColdStartResult,
  bars: { readonly bundle: number; readonly ratio: number; readonly size: number },
): void {
  const kilobytes = (bytes: number): string => `${Math.round(bytes / 1_000)} KB`;
  console.log(
    `\ndetect: bundle ${kilobytes(bundle)}, bar ≤ ${kilobytes(bars.bundle)} ${verdict(bundle <= bars.bundle)}; ` +
      `beside it ${kilobytes(late)} that are loaded when they are needed`,
  );
  console.log('first event in a fresh process, loading and the request to the queue included');
  const table = tableOf(['records', 'floor, ms', 'detect, ms', '× floor', '× floor, CPU', 'bar', '']);
  for (const { size, floor, detect, ratio, processorRatio } of starts) {
    const bar = size === bars.size ? [`≤ ${bars.ratio}`, verdict(ratio <= bars.ratio)] : ['', ''];
    table.push([
      size.toLocaleString('en'),
      floor.toFixed(1),
      detect.toFixed(1),
      ratio.toFixed(2),
      processorRatio.toFixed(2),
      ...bar,
    ]);
  }
  console.log(table.toString());
}

/** Prints what deliveries of several sizes ask of AWS and cost; `bar` is for the ratio to CloudWatch's charge at `size`. */
export function printDeployed(
  results: readonly DeployedResult[],
  bar: { readonly ratio: number; readonly size: number },
): void {
  const [first] = results;
  const { settings, deliveries } = first!;
  console.log(
    `\nthe deployed pipeline, ${deliveries} deliveries a minute, all built-in rules, in the default format; for each GB of log lines`,
  );
  const costs = new Map(results.map((result) => [result, costOfDeployed(result)]));
  const table = tableOf(['', ...results.map(({ size }) => `${size.toLocaleString('en')} records a delivery`)]);
  const row = (name: string, cell: (result: DeployedResult, cost: DeployedCost) => string): void => {
    table.push([name, ...results.map((result) => cell(result, costs.get(result)!))]);
  };
  const each = (count: (result: DeployedResult) => number) => (result: DeployedResult) =>
    Math.round(count(result) / (result.lineBytes / 1e9)).toLocaleString('en');
  const usd = (part: (cost: DeployedCost) => number) => (_: DeployedResult, cost: DeployedCost) =>
    `$${part(cost).toFixed(4)}`;
  const requests = (kind: 'puts' | 'gets' | 'lists') =>
    each(({ detect, archive, windows }) =>
      [detect, archive, windows].reduce((sum, use) => sum + use.requests[kind], 0),
    );
  row('GB a month at this rate', ({ lineBytes, minutes }) => (((lineBytes / minutes) * 43_200) / 1e9).toFixed(0));
  row(
    'SQS: send',
    each(({ queue }) => queue.send),
  );
  row(
    'SQS: receive',
    each(({ queue }) => queue.receive),
  );
  row(
    'SQS: delete',
    each(({ queue }) => queue.delete),
  );
  row(
    'Lambda: detect',
    each(({ detect, largeEvents }) => detect.invocations + largeEvents),
  );
  row(
    'Lambda: archive',
    each(({ archive }) => archive.invocations),
  );
  row(
    'Lambda: windows',
    each(({ windows }) => windows.invocations),
  );
  row('S3: PUT', requests('puts'));
  row('S3: LIST', requests('lists'));
  row('S3: GET', requests('gets'));
  row(
    'USD: SQS',
    usd(({ queue }) => queue),
  );
  row(
    'USD: Lambda invocations',
    usd(({ invocations }) => invocations),
  );
  row(
    'USD: Lambda compute',
    usd(({ compute }) => compute),
  );
  row(
    'USD: S3 requests',
    usd(({ storage }) => storage),
  );
  row(
    'USD: functions’ own logs',
    usd(({ logs }) => logs),
  );
  row(
    'USD: pipeline',
    usd(({ pipeline }) => pipeline),
  );
  row(
    'USD: CloudWatch ingestion',
    usd(({ ingestion }) => ingestion),
  );
  row('pipeline ÷ ingestion', ({ size }, { ratio }) =>
    size === bar.size ? `${ratio.toFixed(3)}, bar ≤ ${bar.ratio} ${verdict(ratio <= bar.ratio)}` : ratio.toFixed(3),
  );
  console.log(table.toString());
  const idle = costOfIdling(settings, first!.idle);
  const month = (value: number): string => `$${value.toFixed(2)}`;
  console.log(
    `fixed, a month: ${month(idle.total)} (polling of ${settings.polledQueues} queues ${month(idle.polling)}, ` +
      `windows every minute ${month(idle.windows)}, ${settings.alarms} alarms ${month(idle.alarms)})`,
  );
  console.log(`prices: ${PRICES_SOURCE}; waits for answers are assumed, see bench/deployed-cost.ts`);
}
