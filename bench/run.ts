/**
 * `npm run bench`: what each stage costs beside the floor of base64, gunzip and JSON.parse, and peak memory.
 * Only ratios mean anything on a machine that others use too; records a second are for orientation.
 */
import { Command } from 'commander';
import { builtInRules } from './built-in-rules.ts';
import { measureColdStart } from './cold-start.ts';
import { runDeployed, type DeployedResult } from './deployed.ts';
import { timeEvaluators } from './evaluators.ts';
import { runFleet, type FleetResult } from './fleet.ts';
import type { Timing } from './measure.ts';
import { measureMemory } from './memory.ts';
import { printEvaluators, printFleet, printMemory, printStages } from './print.ts';
import { printColdStart, printDeployed } from './print-deployed.ts';
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
  /** Minutes of a fleet's noise. */
  readonly minutes: number;
  /** Minutes of deployed functions, less for large deliveries. */
  readonly deployed: number;
  /** First events. */
  readonly starts: number;
}

const FULL: Settings = {
  warmUp: 3,
  rounds: 9,
  records: 80_000,
  ingested: 5_000_000,
  minutes: 60,
  deployed: 10,
  starts: 15,
};
const QUICK: Settings = {
  warmUp: 6,
  rounds: 7,
  records: 40_000,
  ingested: 500_000,
  minutes: 10,
  deployed: 3,
  starts: 9,
};

/** The size of deliveries that bars are about. */
const LARGE = 10_000;
/** What is asked for: times the floor. */
const BARS: Readonly<Record<FormatName, Readonly<Record<string, number>>>> = {
  v2: { [DECODE]: 1.5, [END_TO_END]: 5 },
  v5: { [DECODE]: 2.5, [END_TO_END]: 9 },
};
/** Evaluating 1,000 rules, times 100 and 10 of them; compiling them, times the floor of one payload. */
const RULE_BARS = { hundred: 1.3, ten: 3, compile: 15 } as const;
/** Bytes of deltas a record of a fleet's noise. */
const DELTA_BAR = 20;
/** Bytes of detect's bundle; its first event with so many records, times the floor's. */
const COLD_START_BARS = { bundle: 600_000, ratio: 5, size: LARGE } as const;
/** What the pipeline costs with deliveries of so many records, times what CloudWatch charges for taking them in. */
const COST_BAR = { ratio: 0.1, size: 200 } as const;
/** Bytes of peak memory that ingesting stays below. */
const MEMORY_BAR = 512 * 1_024 * 1_024;

const SHAPES = [
  { size: LARGE, merged: 8 },
  { size: 200, merged: 50 },
] as const;

const { quick, json } = new Command('bench')
  .description("Times the stages of a record's way beside the floor, what a deployment costs, and peak memory.")
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
    if (json !== true) printStages(order, timings, shape.size === LARGE ? BARS[format] : {});
  }
}
const evaluators = await timeEvaluators(settings);
if (json !== true) printEvaluators(evaluators, RULE_BARS);
const fleets: FleetResult[] = [];
for (const visitors of [0, 10]) {
  fleets.push(await runFleet({ interfaces: 200, scanners: 10, visitors, minutes: settings.minutes }));
}
if (json !== true) printFleet(fleets, builtInRules().length, DELTA_BAR);
const deployed: DeployedResult[] = [];
for (const size of [20, 200, 2_000]) {
  const minutes = size > 200 ? Math.ceil(settings.deployed / 3) : settings.deployed;
  deployed.push(await runDeployed({ size, deliveries: 200, minutes }));
}
if (json !== true) printDeployed(deployed, COST_BAR);
const coldStart = await measureColdStart({ sizes: [200, 2_000, LARGE], rounds: settings.starts });
if (json !== true) printColdStart(coldStart, COLD_START_BARS);
const memory = await measureMemory(settings.ingested);
if (json !== true) printMemory(memory, MEMORY_BAR);
else {
  const bars = {
    ...BARS,
    rules: RULE_BARS,
    deltaBytes: DELTA_BAR,
    memory: MEMORY_BAR,
    coldStart: COLD_START_BARS,
    cost: COST_BAR,
  };
  console.log(JSON.stringify({ tables, evaluators, fleets, deployed, coldStart, memory, bars }, undefined, 2));
}
