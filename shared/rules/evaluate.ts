/** Compiled rules over a batch: field by field, every record's set of clauses is narrowed until it is empty or all is read. */
import type { ColumnBatch, Dictionary } from '../flow/columns.ts';
import { columnOf } from '../flow/derived.ts';
import { parseAddress } from './address.ts';
import { NONE, type ClauseSets } from './clause-sets.ts';
import { lastAtMost, type AddressClasses, type CompiledRules, type FieldPlan } from './compile.ts';
import type { Rule } from './rule.ts';

/** A rule and the records of a batch that it matches. */
export interface RuleMatches {
  readonly rule: Rule;
  /** Row numbers, ascending; never empty. */
  readonly rows: Uint32Array;
}

/** The matches of a batch, rules in the order they were compiled in. */
export function evaluateRules(compiled: CompiledRules, batch: ColumnBatch): readonly RuleMatches[] {
  const { sets } = compiled;
  sets.trim();
  const live = new Live(batch.length, compiled.all);
  const classes = new Map<Dictionary, Int32Array>();
  // a field the format does not have is null in every record: that may end it before any row is looked at
  for (const plan of compiled.plans) if (!isKnown(batch, plan)) live.narrowAll(sets, plan.null);
  for (const plan of compiled.plans) {
    if (live.count === 0) return [];
    narrow(live, batch, plan, compiled, classes);
  }
  return collect(compiled, live);
}

/** Records that can still match: row `rows[i]` satisfies, as far as is known, the clauses of `states[i]`. */
class Live {
  readonly rows: Uint32Array;
  readonly states: Int32Array;
  count: number;

  constructor(length: number, all: number) {
    this.rows = new Uint32Array(length);
    for (let row = 0; row < length; row++) this.rows[row] = row;
    this.states = new Int32Array(length).fill(all);
    this.count = all === NONE ? 0 : length;
  }

  /** Narrows all records alike; they must be in one and the same state. */
  narrowAll(sets: ClauseSets, set: number): void {
    if (this.count === 0) return;
    const state = sets.and(this.states[0]!, set);
    if (state === NONE) this.count = 0;
    else this.states.fill(state);
  }
}

function isKnown(batch: ColumnBatch, plan: FieldPlan): boolean {
  switch (plan.column) {
    case 'direction':
    case 'initiator':
      return true;
    case 'client':
    case 'server':
      return batch.columns.has('srcaddr') && batch.columns.has('dstaddr');
    case 'client_port':
    case 'server_port':
      return batch.columns.has('srcport') && batch.columns.has('dstport');
    default:
      return batch.columns.has(plan.column);
  }
}

function narrow(
  live: Live,
  batch: ColumnBatch,
  plan: FieldPlan,
  compiled: CompiledRules,
  classes: Map<Dictionary, Int32Array>,
): void {
  const data = columnOf(batch, plan.column);
  if (data === undefined) return;
  const { sets } = compiled;
  if (data.kind === 'int') {
    if (plan.kind === 'table') narrowByTable(live, sets, data.values, plan.sets);
    else if (plan.kind === 'ranges') narrowByRanges(live, sets, data.values, plan);
  } else if (plan.kind === 'text') {
    narrowByText(live, sets, data.codes, data.dictionary, plan);
  } else if (plan.kind === 'address') {
    let known = classes.get(data.dictionary);
    if (known === undefined) classes.set(data.dictionary, (known = new Int32Array(data.dictionary.length).fill(-1)));
    narrowByAddress(live, compiled, data.codes, data.dictionary, plan, known);
  }
}

// The four loops below are alike but for the look-up; written out, each stays a tight loop over typed arrays.

function narrowByTable(live: Live, sets: ClauseSets, values: Int32Array | Float64Array, table: Int32Array): void {
  const { rows, states, count } = live;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const state = sets.and(states[i]!, table[values[row]! + 1]!);
    rows[kept] = row;
    states[kept] = state;
    if (state !== NONE) kept++;
  }
  live.count = kept;
}

function narrowByRanges(
  live: Live,
  sets: ClauseSets,
  values: Int32Array | Float64Array,
  plan: FieldPlan & { readonly kind: 'ranges' },
): void {
  const { rows, states, count } = live;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const value = values[row]!;
    const state = sets.and(states[i]!, value < 0 ? plan.null : plan.sets[lastAtMost(plan.starts, value)]!);
    rows[kept] = row;
    states[kept] = state;
    if (state !== NONE) kept++;
  }
  live.count = kept;
}

function narrowByText(
  live: Live,
  sets: ClauseSets,
  codes: Uint32Array,
  dictionary: Dictionary,
  plan: FieldPlan & { readonly kind: 'text' },
): void {
  const { rows, states, count } = live;
  const byCode = new Int32Array(dictionary.length).fill(-1);
  byCode[0] = plan.null;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const code = codes[row]!;
    let set = byCode[code]!;
    if (set === -1) byCode[code] = set = plan.sets.get(dictionary[code]!) ?? plan.other;
    const state = sets.and(states[i]!, set);
    rows[kept] = row;
    states[kept] = state;
    if (state !== NONE) kept++;
  }
  live.count = kept;
}

function narrowByAddress(
  live: Live,
  { sets, addresses }: CompiledRules,
  codes: Uint32Array,
  dictionary: Dictionary,
  plan: FieldPlan & { readonly kind: 'address' },
  classes: Int32Array,
): void {
  const { rows, states, count } = live;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const code = codes[row]!;
    let set = plan.null;
    if (code !== 0) {
      let index = classes[code]!;
      if (index === -1) classes[code] = index = classOf(addresses, dictionary[code]!);
      set = plan.sets[index]!;
    }
    const state = sets.and(states[i]!, set);
    rows[kept] = row;
    states[kept] = state;
    if (state !== NONE) kept++;
  }
  live.count = kept;
}

const words = new Uint32Array(4);

function classOf(addresses: AddressClasses, text: string): number {
  const family = parseAddress(text, words);
  // the decoder lets nothing through that is no address; were it to, it would lie outside every network
  if (family !== 6) return lastAtMost(addresses.ipv4, family === 0 ? 0 : words[3]!);
  const starts = addresses.ipv6;
  let low = 0;
  let high = starts.length / 4 - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isAtMost(starts, middle * 4)) low = middle;
    else high = middle - 1;
  }
  return addresses.ipv4.length + low;
}

function isAtMost(starts: Uint32Array, at: number): boolean {
  for (let i = 0; i < 4; i++) {
    if (starts[at + i]! !== words[i]!) return starts[at + i]! < words[i]!;
  }
  return true;
}

function collect({ rules, owners, sets }: CompiledRules, { rows, states, count }: Live): readonly RuleMatches[] {
  const perState = new Uint32Array(sets.count);
  for (let i = 0; i < count; i++) perState[states[i]!]!++;
  const rulesOf: (readonly number[])[] = [];
  const perRule = new Uint32Array(rules.length);
  for (let state = 0; state < perState.length; state++) {
    if (perState[state] === 0) continue;
    const matched = [...new Set(sets.members(state).map((clause) => owners[clause]!))];
    rulesOf[state] = matched;
    for (const rule of matched) perRule[rule]! += perState[state]!;
  }
  const found = rules.map((_, rule) => (perRule[rule] === 0 ? undefined : new Uint32Array(perRule[rule]!)));
  perRule.fill(0);
  for (let i = 0; i < count; i++) {
    for (const rule of rulesOf[states[i]!]!) found[rule]![perRule[rule]!++] = rows[i]!;
  }
  return found.flatMap((matches, rule) => (matches === undefined ? [] : [{ rule: rules[rule]!, rows: matches }]));
}
