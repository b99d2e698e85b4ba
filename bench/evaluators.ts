/**
 * What evaluating rules costs by their number, beside plain closures, and what compiling them costs beside the floor of
 * one payload: in a thread of its own, as table.ts does it.
 */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { ColumnBatch } from '../shared/flow/columns.ts';
import { decodeDelivery } from '../shared/flow/decode.ts';
import { compileRules } from '../shared/rules/compile.ts';
import { evaluateRules } from '../shared/rules/evaluate.ts';
import { loadRules } from '../shared/rules/load.ts';
import { countByClosures } from './closures.ts';
import { measure, type Rounds, type Stage, type Timing } from './measure.ts';
import { benchRules, ruleFile } from './rules.ts';
import { arrivalOf, decodeOptions, floor } from './stages.ts';
import { planWorkload } from './workload.ts';

/** Numbers of rules that are compared. */
export const COUNTS = [10, 100, 1_000] as const;

/** Times of both comparisons; the first of each is what ratios refer to. */
export interface EvaluatorTimings {
  /** Records that each evaluation sees. */
  readonly records: number;
  /** Evaluation alone: the engine with 10, 100 and 1,000 rules, then closures with as many. */
  readonly evaluation: readonly Timing[];
  /** The floor of one payload of 10,000 records, then compiling 1,000 rules, then loading their YAML. */
  readonly compilation: readonly Timing[];
}

/** Times evaluation and compilation. */
export async function timeEvaluators(rounds: Rounds): Promise<EvaluatorTimings> {
  const worker = new Worker(new URL(import.meta.url), { workerData: rounds });
  const [timings] = (await once(worker, 'message')) as [EvaluatorTimings];
  return timings;
}

/** Batches of 10,000 records in the default format. */
export function evaluatorBatches(count: number, size: number): readonly ColumnBatch[] {
  const workload = planWorkload('v2', size, count, 1);
  return workload.data.flatMap((data) => {
    const decoded = decodeDelivery(arrivalOf(data), decodeOptions(workload));
    if (decoded.kind !== 'decoded') throw new Error(`a delivery of the benchmark is ${decoded.kind}`);
    return decoded.delivery.batches;
  });
}

/** A stage that returns how many matches it found. */
export interface CountingStage extends Stage {
  readonly run: () => Promise<number>;
}

/** The engine's stages and the closures'. */
export function evaluatorStages(batches: readonly ColumnBatch[]): readonly CountingStage[] {
  const engine = COUNTS.map((count) => {
    const compiled = compileRules(benchRules(count));
    const found = (batch: ColumnBatch): number =>
      evaluateRules(compiled, batch).reduce((sum, { rows }) => sum + rows.length, 0);
    return { name: `${count.toLocaleString('en')} rules`, run: async () => total(batches, found) };
  });
  const closures = COUNTS.map((count) => {
    const rules = benchRules(count);
    const found = (batch: ColumnBatch): number => countByClosures(rules, batch).reduce((sum, each) => sum + each, 0);
    return { name: `${count.toLocaleString('en')} closures`, run: async () => total(batches, found) };
  });
  return [...engine, ...closures];
}

function total(batches: readonly ColumnBatch[], found: (batch: ColumnBatch) => number): number {
  return batches.reduce((sum, batch) => sum + found(batch), 0);
}

async function timeHere(rounds: Rounds): Promise<EvaluatorTimings> {
  const batches = evaluatorBatches(4, 10_000);
  const stages = evaluatorStages(batches);
  const found = await Promise.all(stages.map(({ run }) => run()));
  for (const [index, count] of COUNTS.entries()) {
    const [byEngine, byClosures] = [found[index], found[index + COUNTS.length]];
    if (byEngine !== byClosures) throw new Error(`${count} rules found ${byEngine}, as closures ${byClosures}`);
  }
  const payload = planWorkload('v2', 10_000, 1, 1);
  const rules = benchRules(1_000);
  const source = { name: 'bench.yml', text: ruleFile(1_000) };
  return {
    records: batches.reduce((sum, batch) => sum + batch.length, 0),
    evaluation: await measure(stages, rounds),
    compilation: await measure(
      [
        { name: 'floor of one payload', run: async () => floor(payload) },
        { name: 'compiling 1,000 rules', run: async () => compileRules(rules) },
        { name: 'reading and checking their YAML', run: async () => loadRules([source]) },
      ],
      rounds,
    ),
  };
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
if (!isMainThread) parentPort?.postMessage(await timeHere(workerData as Rounds));
