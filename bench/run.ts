/**
 * `npm run bench`: what each stage costs beside the floor of base64, gunzip and JSON.parse, and peak memory.
 * Only ratios mean anything on a machine that others use too; records a second are for orientation.
 */
import Table from 'cli-table3';
import { Command } from 'commander';
import type { Timing } from './measure.ts';
import { measureMemory, type MemoryResult } from './memory.ts';
import { DECODE, END_TO_END } from './stages.ts';
import { timeTable, type TableOrder } from './table.ts';
import type { FormatName } from './workload.ts';

interface Settings {
  readonly warmUp: number;
  readonly rounds: number;
  /** Records of each table. */
  readonly records: number;
  /** Records of the memory test. */
  readonly ingested: number;
}

const FULL: Settings = { warmUp: 3, rounds: 9, records: 80_000, ingested: 5_000_000 };
const QUICK: Settings = { warmUp: 6, rounds: 7, records: 40_000, ingested: 500_000 };

/** The size of deliveries that bars are about. */
const LARGE = 10_000;
/** What is asked for: times the floor. */
const BARS: Readonly<Record<FormatName, Readonly<Record<string, number>>>> = {
  v2: { [DECODE]: 1.5, [END_TO_END]: 5 },
  v5: { [DECODE]: 2.5, [END_TO_END]: 9 },
};
/** Bytes of peak memory that ingesting stays below. */
const MEMORY_BAR = 512 * 1_024 * 1_024;

const SHAPES = [
  { size: LARGE, merged: 8 },
  { size: 200, merged: 50 },
] as const;

const { quick, json } = new Command('bench')
  .description("Times the stages of a record's way beside the floor, and measures peak memory.")
  .option('--quick', 'fewer rounds and records')
  .option('--json', 'print numbers for programs')
  .parse()
  .opts<{ quick?: true; json?: true }>();
const settings = quick === true ? QUICK : FULL;

const tables: (TableOrder & { readonly timings: readonly Timing[] })[] = [];
for (const shape of SHAPES) {
  for (const format of ['v2', 'v5'] as const) {
    const order = { format, ...shape, ...settings };
    const timings = await timeTable(order);
    tables.push({ ...order, timings });
    if (json !== true) printTable(order, timings);
  }
}
const memory = await measureMemory(settings.ingested);
if (json === true) console.log(JSON.stringify({ tables, memory, bars: { ...BARS, memory: MEMORY_BAR } }, undefined, 2));
else printMemory(memory);

function printTable({ format, size, merged, records }: TableOrder, timings: readonly Timing[]): void {
  const together = merged === 1 ? '' : `, ${merged} deliveries to an object`;
  console.log(`\n${format}, ${size.toLocaleString('en')} records a delivery${together}`);
  const table = new Table({
    head: ['stage', '× floor', 'half within', '× floor, CPU', 'records/s', 'bar', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, ratio, spread, processorRatio, median } of timings) {
    const bar = size === LARGE ? BARS[format][name] : undefined;
    table.push([
      name,
      ratio.toFixed(2),
      spread.map((each) => each.toFixed(2)).join('–'),
      processorRatio.toFixed(2),
      `${(records / median / 1_000).toFixed(2)} M`,
      bar === undefined ? '' : `≤ ${bar}`,
      bar === undefined ? '' : verdict(ratio <= bar),
    ]);
  }
  console.log(table.toString());
}

function printMemory({ records, peak, seconds }: MemoryResult): void {
  const what = `ingesting ${records.toLocaleString('en')} records (${seconds.toFixed(0)} s with making them)`;
  const bar = `bar < ${megabytes(MEMORY_BAR)}`;
  console.log(`\n${what}: at most ${megabytes(peak)} of memory, ${bar} ${verdict(peak < MEMORY_BAR)}`);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_024 / 1_024)} MB`;
}

function verdict(met: boolean): string {
  return met ? 'ok' : 'warn';
}
