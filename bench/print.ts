/** The benchmark's tables for people. */
import Table from 'cli-table3';
import type { EvaluatorTimings } from './evaluators.ts';
import type { FleetResult } from './fleet.ts';
import type { Timing } from './measure.ts';
import type { MemoryResult } from './memory.ts';
import { costOfFleet } from './prices.ts';
import type { TableOrder } from './table.ts';

/** Prints the stages of one format and size of deliveries; `bars` are for stages by name. */
export function printStages(
  { format, size, merged, records }: TableOrder,
  timings: readonly Timing[],
  bars: Readonly<Record<string, number>>,
): void {
  const together = merged === 1 ? '' : `, ${merged} deliveries to an object`;
  console.log(`\n${format}, ${size.toLocaleString('en')} records a delivery${together}`);
  const table = tableOf(['stage', '× floor', 'half within', '× floor, CPU', 'records/s', 'bar', '']);
  for (const { name, ratio, spread, processorRatio, median } of timings) {
    const bar = bars[name];
    table.push([
      name,
      ratio.toFixed(2),
      spread.map((each) => each.toFixed(2)).join('–'),
      processorRatio.toFixed(2),
      `${(records / median / 1_000).toFixed(2)} M`,
      ...barCells(ratio, bar),
    ]);
  }
  console.log(table.toString());
}

/** Prints evaluation beside closures, and compilation beside the floor. */
export function printEvaluators(
  { records, evaluation, compilation }: EvaluatorTimings,
  bars: { readonly hundred: number; readonly ten: number; readonly compile: number },
): void {
  const [ten, hundred, thousand] = evaluation;
  console.log('\nevaluation alone, v2, 10,000 records a delivery');
  const table = tableOf(['evaluator', 'ns a record', '× 10 rules', 'half within', 'bar', '']);
  for (const timing of evaluation) {
    const bar = timing === thousand ? bars.ten : undefined;
    table.push([
      timing.name,
      ((timing.median / records) * 1e6).toFixed(0),
      timing.ratio.toFixed(2),
      timing.spread.map((each) => each.toFixed(2)).join('–'),
      ...barCells(timing.ratio, bar),
    ]);
  }
  console.log(table.toString());
  const step = thousand!.ratio / hundred!.ratio;
  console.log(
    `1,000 rules take ${step.toFixed(2)} × as long as 100, bar ≤ ${bars.hundred} ${verdict(step <= bars.hundred)}`,
  );
  const closures = evaluation.slice(3).map((each, index) => each.median / [ten, hundred, thousand][index]!.median);
  console.log(
    `closures take ${closures.map((each) => each.toFixed(0)).join(', ')} × as long with 10, 100, 1,000 rules`,
  );

  console.log('\ncompiling 1,000 rules');
  const compiling = tableOf(['what', '× floor of 10,000 records', 'half within', 'bar', '']);
  for (const [index, { name, ratio, spread }] of compilation.entries()) {
    // reading a file is the YAML library's work for the most part, and done once a start
    const bar = index === 1 ? bars.compile : undefined;
    const within = spread.map((each) => each.toFixed(2)).join('–');
    compiling.push([name, ratio.toFixed(2), within, ...barCells(ratio, bar)]);
  }
  console.log(compiling.toString());
}

/** Prints what a fleet's noise takes, for each million records. */
export function printFleet(results: readonly FleetResult[], rules: number, bar: number): void {
  const [first] = results;
  console.log(
    `\nnoise of the internet: ${first!.interfaces} interfaces, ${first!.scanners} scanning sources a minute on each, ` +
      `${first!.minutes} minutes, ${rules} rules; for each million records`,
  );
  const table = tableOf(['', ...results.map((each) => `${each.visitors} visitors a minute`)]);
  const row = (name: string, text: (result: FleetResult) => string): void => {
    table.push([name, ...results.map(text)]);
  };
  const perMillion = (count: number, { records }: FleetResult): string =>
    Math.round((count / records) * 1e6).toLocaleString('en');
  const perRecord = (bytes: number, { records }: FleetResult): string => (bytes / records).toFixed(1);
  const usd = (value: number): string => `$${value.toFixed(4)}`;
  row('records a delivery', (each) => (each.records / each.deliveries).toFixed(0));
  row(
    'delta bytes a record',
    (each) => `${perRecord(each.deltaBytes, each)} ${verdict(each.deltaBytes / each.records <= bar)}`,
  );
  row('window state, bytes a record', (each) => perRecord(each.stateBytes, each));
  row('Parquet bytes a record', (each) => perRecord(each.parquetBytes, each));
  row('S3 PUT and LIST', (each) => perMillion(each.requests.puts + each.requests.lists, each));
  row('S3 GET', (each) => perMillion(each.requests.gets, each));
  row('SQS requests', (each) => perMillion(each.queueRequests, each));
  row('Lambda invocations', (each) => perMillion(each.invocations, each));
  row('processor seconds', (each) => ((each.seconds / each.records) * 1e6).toFixed(1));
  row('USD: S3', (each) => usd(costOfFleet(each).storage));
  row('USD: SQS', (each) => usd(costOfFleet(each).queue));
  row('USD: Lambda invocations', (each) => usd(costOfFleet(each).invocations));
  row('USD: Lambda compute', (each) => usd(costOfFleet(each).compute));
  row('USD: pipeline', (each) => usd(costOfFleet(each).pipeline));
  row('USD: CloudWatch ingestion of the same', (each) => usd(costOfFleet(each).ingestion));
  row('alerts (of all records)', (each) => each.alerts.toLocaleString('en'));
  console.log(table.toString());
  console.log(`bar: at most ${bar} delta bytes a record; prices of us-east-1, see bench/prices.ts`);
}

/** Prints the peak memory of an ingesting process; `bar` in bytes. */
export function printMemory({ records, peak, seconds }: MemoryResult, bar: number): void {
  const what = `ingesting ${records.toLocaleString('en')} records (${seconds.toFixed(0)} s with making them)`;
  console.log(`\n${what}: at most ${megabytes(peak)} of memory, bar < ${megabytes(bar)} ${verdict(peak < bar)}`);
}

/** A table with numbers to the right. */
export function tableOf(head: string[]): Table.Table {
  return new Table({
    head,
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
}

function barCells(ratio: number, bar: number | undefined): [string, string] {
  return bar === undefined ? ['', ''] : [`≤ ${bar}`, verdict(ratio <= bar)];
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_024 / 1_024)} MB`;
}

/** Whether a bar is met. */
export function verdict(met: boolean): string {
  return met ? 'ok' : 'warn';
}
