/** The rules as the steps of the pipeline need them: compiled apart by their memory, and by kind of flow log. */
import type { DecodedDelivery } from './flow/columns.ts';
import type { FlowTable } from './flow/fields.ts';
import { compileRules, type CompiledRules } from './rules/compile.ts';
import { evaluateRules } from './rules/evaluate.ts';
import { packCompiled, unpackCompiled, type PackedCompiled } from './rules/pack-compiled.ts';
import { packRules, unpackRules, type PackedRules } from './rules/pack-rules.ts';
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

/** Compiles a checked rule set for the pipeline; those that are left out stay among `all`, but find nothing. */
export function compilePipelineRules(rules: readonly Rule[], leftOut?: ReadonlySet<Rule>): PipelineRules {
  const wanted = leftOut === undefined ? rules : rules.filter((rule) => !leftOut.has(rule));
  const compile = (memory: Memory): RulesByTable => byTable((table) => compileRules(rulesOf(wanted, memory, table)));
  return { all: rules, immediate: compile('none'), windowed: compile('stream') };
}

/** Compiled rules of each kind of flow log, as JSON takes them. */
export type PackedByTable = Readonly<Record<FlowTable, PackedCompiled>>;

/** The rules of a pipeline as JSON takes them: nothing is left to be compiled. */
export interface PackedPipelineRules {
  readonly rules: PackedRules;
  readonly immediate: PackedByTable;
  readonly windowed: PackedByTable;
}

/** Compiles a checked rule set, and packs what becomes of it. */
export function packPipelineRules(rules: readonly Rule[]): PackedPipelineRules {
  const { immediate, windowed } = compilePipelineRules(rules);
  const pack = ({ vpc, tgw }: RulesByTable): PackedByTable => ({ vpc: packCompiled(vpc), tgw: packCompiled(tgw) });
  return { rules: packRules(rules), immediate: pack(immediate), windowed: pack(windowed) };
}

/** The rules that were packed; each part is unpacked when it is first asked for. */
export function unpackPipelineRules({ rules, immediate, windowed }: PackedPipelineRules): PipelineRules {
  let unpacked: readonly Rule[] | undefined;
  const all = (): readonly Rule[] => (unpacked ??= unpackRules(rules));
  const unpack = (packed: PackedByTable, memory: Memory): RulesByTable =>
    byTable((table) => unpackCompiled(packed[table], () => rulesOf(all(), memory, table)));
  return {
    get all() {
      return all();
    },
    immediate: unpack(immediate, 'none'),
    windowed: unpack(windowed, 'stream'),
  };
}

/** What is compiled together; what collects the matches of a rule's sequel follows the rule. */
function rulesOf(rules: readonly Rule[], memory: Memory, table: FlowTable): readonly Rule[] {
  return rules.flatMap((rule) =>
    memoryOf(rule.condition) === memory && tableOfRule(rule) === table ? [rule, ...sequelOf(rule)] : [],
  );
}

function byTable(make: (table: FlowTable) => CompiledRules): RulesByTable {
  return lazily({ vpc: () => make('vpc'), tgw: () => make('tgw') });
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
