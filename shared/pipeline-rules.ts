/** The rules as the steps of the pipeline need them: compiled apart by their memory, and by kind of flow log. */
import type { DecodedDelivery } from './flow/columns.ts';
import type { FlowTable } from './flow/fields.ts';
import { compileRules, type CompiledRules } from './rules/compile.ts';
import { evaluateRules } from './rules/evaluate.ts';
import { memoryOf, type Memory, type Rule } from './rules/rule.ts';
import { tableOfRule } from './rules/table.ts';
import type { MatchedDelivery } from './windows/contribute.ts';
import { sequelOf } from './windows/sequence.ts';

/** A rule set, compiled apart by what it needs, and by which kind of flow log it is about. */
export interface PipelineRules {
  readonly all: readonly Rule[];
  /** Rules that decide on each record alone. */
  readonly immediate: RulesByTable;
  /** Rules whose memory deltas feed, each followed by what collects the matches of its sequel. */
  readonly windowed: RulesByTable;
}

/** Compiled rules of each kind of flow log. */
export type RulesByTable = Readonly<Record<FlowTable, CompiledRules>>;

/** Compiles a checked rule set for the pipeline. */
export function compilePipelineRules(rules: readonly Rule[]): PipelineRules {
  const compile = (memory: Memory): RulesByTable => {
    const wanted = rules.filter(({ condition }) => memoryOf(condition) === memory);
    const about = (table: FlowTable): CompiledRules =>
      compileRules(wanted.flatMap((rule) => (tableOfRule(rule) === table ? [rule, ...sequelOf(rule)] : [])));
    return lazily({ vpc: () => about('vpc'), tgw: () => about('tgw') });
  };
  return { all: rules, immediate: compile('none'), windowed: compile('stream') };
}

/** Values that are worked out when they are first asked for: a step compiles the rules that it evaluates, and no others. */
function lazily<K extends string, T>(makers: Readonly<Record<K, () => T>>): Readonly<Record<K, T>> {
  const lazy = {} as Record<K, T>;
  for (const key of Object.keys(makers) as K[]) {
    let made: T | undefined;
    Object.defineProperty(lazy, key, { enumerable: true, get: () => (made ??= makers[key]()) });
  }
  return lazy;
}

/** What the rules find in a delivery. */
export function matchDelivery({ id, source, batches }: DecodedDelivery, rules: RulesByTable): MatchedDelivery {
  return {
    id,
    source,
    batches: batches.map((batch) => ({ batch, matches: evaluateRules(rules[batch.table], batch) })),
  };
}
