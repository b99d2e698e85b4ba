/** Compiled rules over a batch: field by field, each record goes from state to state until it is clear what it matches. */
import type { ColumnBatch } from '../flow/columns.ts';
import { allBits, intersect } from './bit-sets.ts';
import { BatchReader } from './class-reader.ts';
import type { CompiledRules } from './compile.ts';
import type { FieldPlan } from './plan.ts';
import { FIRST_SAMPLE, orderPlans, SAMPLE } from './order.ts';
import type { Rule } from './rule.ts';
import { NO_MATCH, Runner } from './runner.ts';

/** A rule and the records of a batch that it matches. */
export interface RuleMatches {
  readonly rule: Rule;
  /** Row numbers, ascending; never empty. */
  readonly rows: Uint32Array;
}

/** The matches of a batch, rules in the order they were compiled in. */
export function evaluateRules(compiled: CompiledRules, batch: ColumnBatch): readonly RuleMatches[] {
  if (batch.length === 0 || compiled.clauses.owners.length === 0) return [];
  forgetClasses(compiled);
  const reader = new BatchReader(batch, compiled.addresses, compiled.scratch);
  const runner = runnerFor(compiled, reader);
  if (runner.start < 0) {
    return collect(compiled, runner, compiled.scratch.states(batch.length).fill(~runner.start));
  }
  const { scratch } = compiled;
  const states = scratch.states(batch.length).fill(runner.start);
  const rows = scratch.rows(batch.length);
  for (let row = 0; row < batch.length; row++) rows[row] = row;
  const choices = scratch.choices(batch.length);
  let count = batch.length;
  for (const step of runner.steps) {
    if (count === 0) break;
    choices.fill(0, 0, count);
    for (const [i, plan] of step.plans.entries()) reader.addClasses(plan, step.strides[i]!, rows, count, choices);
    count = step.follow(rows, states, choices, count);
  }
  return collect(compiled, runner, states);
}

/** Classes of texts that have become too many are found anew, and with them what runners know of them. */
function forgetClasses({ plans, runners }: CompiledRules): void {
  for (const plan of plans) {
    if (plan.kind !== 'pattern' || !plan.classes.isFull) continue;
    plan.classes.forget();
    runners.clear();
  }
}

/** The runner of a batch's format; a new one where there is none, it is full, or it was ordered by too few records. */
function runnerFor(compiled: CompiledRules, reader: BatchReader): Runner {
  const { batch } = reader;
  const known = compiled.runners.get(batch.format.text);
  const sampled = Math.min(known === undefined ? FIRST_SAMPLE : SAMPLE, batch.length);
  if (known !== undefined && !known.isFull && known.sampled * 2 > sampled) return known;
  // a field that the format does not have is null in every record: it is done with before the first
  const all = allBits(compiled.clauses.owners.length);
  const plans: FieldPlan[] = [];
  for (const plan of compiled.plans) {
    if (reader.values(plan) === undefined) intersect(all, plan.choices[plan.null]!, all);
    else plans.push(plan);
  }
  const rows = Uint32Array.from({ length: sampled }, (_, sample) => Math.floor((sample * batch.length) / sampled));
  const classesOf = (plan: FieldPlan): Uint32Array => {
    const classes = new Uint32Array(sampled);
    reader.addClasses(plan, 1, rows, sampled, classes);
    return classes;
  };
  const runner = new Runner(orderPlans(plans, all, sampled, classesOf), all, compiled.clauses, sampled);
  compiled.runners.set(batch.format.text, runner);
  return runner;
}

function collect(compiled: CompiledRules, runner: Runner, finals: Int32Array): readonly RuleMatches[] {
  const perState = new Uint32Array(runner.finals);
  for (let row = 0; row < finals.length; row++) perState[finals[row]!]!++;
  const perRule = new Uint32Array(compiled.count);
  const rulesOf: (readonly number[])[] = [];
  for (let state = 0; state < perState.length; state++) {
    const matched = perState[state] === 0 ? [] : runner.rulesOf(state);
    rulesOf.push(matched);
    for (const rule of matched) perRule[rule]! += perState[state]!;
  }
  if (perRule.every((count) => count === 0)) return [];
  const { rules } = compiled;
  const found = Array.from(perRule, (count) => (count === 0 ? undefined : new Uint32Array(count)));
  perRule.fill(0);
  for (let row = 0; row < finals.length; row++) {
    const state = finals[row]!;
    if (state === NO_MATCH) continue;
    const matched = rulesOf[state]!;
    for (let i = 0; i < matched.length; i++) {
      const rule = matched[i]!;
      found[rule]![perRule[rule]!++] = row;
    }
  }
  return found.flatMap((rows, rule) => (rows === undefined ? [] : [{ rule: rules[rule]!, rows }]));
}
