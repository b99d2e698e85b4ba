/**
 * What is worked out while rules run: for one format, the order of the fields and the states that records pass.
 *
 * A record starts with every clause and loses some at each field. Its state is the set of clauses that are left,
 * and the step from a state, by the class of the next field's value, to the next state is worked out once: real
 * traffic meets few combinations again and again, so that a record costs a look-up a field, however many rules there are.
 */
import { BitSetPool, clearAll, hasAny, intersect, meet, membersOf, type Bits } from './bit-sets.ts';
import type { ClausePlan, Exception, FieldPlan } from './plan.ts';

/** The final state of records that match no rule. */
export const NO_MATCH = 0;

/** Fields are taken in one step as long as their values come in no more combinations than this. */
const MAX_WIDTH = 4096;

/** The same for steps after the first, which are kept in a hash table. */
const MAX_HASHED_WIDTH = 2 ** 17;

/** Steps wider than this are kept in a hash table, unless all records arrive in one state. */
const DENSE_WIDTH = 128;

/** Beyond so many bytes a runner forgets what it has worked out. */
const MAX_BYTES = 32 * 2 ** 20;

const UNKNOWN = 0x7fff_ffff;

/** Keys of the hash table are 32-bit integers; a combination beyond them is worked out each time. */
const MAX_KEY = 0x7fff_ffff;

/** The fields in order, each with the steps worked out so far. */
export class Runner {
  /** How many records the order was decided on. */
  readonly sampled: number;
  readonly steps: readonly Step[];
  /** The state every record starts in: of the first step, or `~final` where nothing is left to look at. */
  readonly start: number;
  readonly #clauses: ClausePlan;
  readonly #final = new BitSetPool();
  readonly #rulesOf: (readonly number[])[] = [];

  /** `all` holds the clauses that are possible at all; `plans` are in the order in which they are to be looked at. */
  constructor(plans: readonly FieldPlan[], all: Bits, clauses: ClausePlan, sampled: number) {
    this.sampled = sampled;
    this.#clauses = clauses;
    this.#final.intern(new Uint32Array(all.length));
    const groups = groupPlans(plans);
    const steps: Step[] = [];
    const later = new Uint32Array(all.length);
    for (const [index, group] of groups.toReversed().entries()) {
      const isFirst = index === groups.length - 1;
      steps.unshift(new Step(group, isFirst, later.slice(), steps[0]?.states, this.#final, clauses.exceptions));
      for (const plan of group) for (let word = 0; word < later.length; word++) later[word]! |= plan.looking[word]!;
    }
    this.steps = steps;
    const first = steps[0];
    const start = all.slice();
    settle(start, later, clauses.exceptions);
    this.start = first !== undefined && meet(start, later) ? first.states.intern(start) : ~this.#final.intern(start);
  }

  /** Number of final states. */
  get finals(): number {
    return this.#final.size;
  }

  /** The rules, ascending by index, that a final state's clauses belong to. */
  rulesOf(final: number): readonly number[] {
    return (this.#rulesOf[final] ??= [
      ...new Set(membersOf(this.#final.bits(final)).map((clause) => this.#clauses.owners[clause]!)),
    ]);
  }

  /** True where it has grown too large to be kept. */
  get isFull(): boolean {
    return this.steps.reduce((sum, step) => sum + step.bytes, 0) > MAX_BYTES;
  }
}

/**
 * Decides what can be: a rule none of whose included clauses is left is done with, and so is one with an excluded
 * clause that nothing can take away any more. `later` are the clauses that are still to be looked at.
 */
function settle(bits: Bits, later: Bits, exceptions: readonly Exception[]): void {
  for (const { included, excluded } of exceptions) {
    if (!hasAny(bits, included)) clearAll(bits, excluded);
    else if (hasAny(bits, excluded, later)) {
      clearAll(bits, included);
      clearAll(bits, excluded);
    }
  }
}

/** Neighbouring fields of few classes are looked at together: a step for all of them costs as much as one for each. */
function groupPlans(plans: readonly FieldPlan[]): readonly (readonly FieldPlan[])[] {
  const groups: FieldPlan[][] = [];
  let width = Infinity;
  for (const plan of plans) {
    width *= widthOf(plan);
    if (width <= (groups.length > 1 ? MAX_HASHED_WIDTH : MAX_WIDTH)) groups.at(-1)!.push(plan);
    else {
      groups.push([plan]);
      width = widthOf(plan);
    }
  }
  return groups;
}

/** How many classes a field has; one whose classes become more stays alone. */
function widthOf(plan: FieldPlan): number {
  return plan.kind === 'pattern' ? Infinity : plan.choices.length;
}

/** One or several fields' steps from state to state. A choice is the fields' classes as one number, see {@link Step.strides}. */
export class Step {
  readonly plans: readonly FieldPlan[];
  /** By field: what its class is multiplied with in a choice. */
  readonly strides: readonly number[];
  /** States in which records arrive. */
  readonly states = new BitSetPool();
  #width: number;
  /** The clauses that are still to be looked at once this field is done. */
  readonly #later: Bits;
  readonly #next: BitSetPool | undefined;
  readonly #final: BitSetPool;
  readonly #common: Bits;
  readonly #exceptions: readonly Exception[];
  /** By state and class, where classes are few. */
  #table = new Int32Array(0);
  /** By hash: state × width + class, and what follows; -1 is a free slot. */
  #hash: Int32Array;
  #mask: number;
  #used = 0;

  constructor(
    plans: readonly FieldPlan[],
    isFirst: boolean,
    later: Bits,
    next: BitSetPool | undefined,
    final: BitSetPool,
    exceptions: readonly Exception[],
  ) {
    this.plans = plans;
    const strides: number[] = [];
    let width = 1;
    for (const plan of plans) {
      strides.push(width);
      width *= plan.choices.length;
    }
    this.strides = strides;
    this.#width = width;
    this.#later = later;
    this.#next = next;
    this.#final = final;
    this.#common = new Uint32Array(later.length);
    this.#exceptions = exceptions;
    const grows = plans.some(({ kind }) => kind === 'pattern');
    const slots = (width <= DENSE_WIDTH && !grows) || isFirst ? 0 : 1024;
    this.#hash = new Int32Array(slots * 2).fill(-1);
    this.#mask = slots - 1;
  }

  /** Makes room for the classes that the step's only field has come to have; what was worked out is worked out anew. */
  #widen(classes: number): void {
    while (this.#width < classes) this.#width *= 2;
    this.#table = new Int32Array(0);
    this.#hash.fill(-1);
    this.#used = 0;
  }

  /**
   * Takes records one step on. `rows` are those still on their way, the `i`-th of them of class `choices[i]`;
   * `states` (by row) become the next step's, or final ones where no field that is left can change anything.
   * Rows that go on are moved to the front of `rows`; returns how many they are.
   */
  follow(rows: Uint32Array, states: Int32Array, choices: Uint32Array, count: number): number {
    const classes = this.plans[0]!.choices.length;
    if (this.plans.length === 1 && classes > this.#width) this.#widen(classes);
    const width = this.#width;
    let table = this.#table;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const key = states[row]! * width + choices[i]!;
      let code = this.#mask < 0 ? (key < table.length ? table[key]! : UNKNOWN) : this.#find(key);
      if (code === UNKNOWN) {
        code = this.#workOut(states[row]!, choices[i]!);
        table = this.#table;
      }
      // `~code` for negative codes, and one row more for the others, without a branch: which it is can't be foretold
      const sign = code >> 31;
      states[row] = code ^ sign;
      rows[kept] = row;
      kept += 1 + sign;
    }
    return kept;
  }

  #find(key: number): number {
    const hash = this.#hash;
    const mask = this.#mask;
    for (let slot = mix(key) & mask; ; slot = (slot + 1) & mask) {
      const found = hash[slot * 2]!;
      if (found === key) return hash[slot * 2 + 1]!;
      if (found === -1) return UNKNOWN;
    }
  }

  /** Memory in use, bytes. */
  get bytes(): number {
    return this.#table.byteLength + this.#hash.byteLength + this.states.size * this.#later.byteLength;
  }

  #workOut(state: number, choice: number): number {
    this.#common.set(this.states.bits(state));
    for (const [i, { choices }] of this.plans.entries()) {
      intersect(this.#common, choices[Math.floor(choice / this.strides[i]!) % choices.length]!, this.#common);
    }
    settle(this.#common, this.#later, this.#exceptions);
    const goesOn = this.#next !== undefined && meet(this.#common, this.#later);
    const code = goesOn ? this.#next.intern(this.#common) : ~this.#final.intern(this.#common);
    const key = state * this.#width + choice;
    if (this.#mask < 0) this.#setTable(state, key, code);
    else if (key <= MAX_KEY) this.#setHash(key, code);
    return code;
  }

  #setTable(state: number, key: number, code: number): void {
    if (key >= this.#table.length) {
      const grown = new Int32Array(Math.max((state + 1) * this.#width, 2 * this.#table.length)).fill(UNKNOWN);
      grown.set(this.#table);
      this.#table = grown;
    }
    this.#table[key] = code;
  }

  #setHash(key: number, code: number): void {
    if (++this.#used * 2 > this.#mask) {
      const old = this.#hash;
      this.#hash = new Int32Array(old.length * 2).fill(-1);
      this.#mask = this.#mask * 2 + 1;
      for (let at = 0; at < old.length; at += 2) if (old[at] !== -1) this.#place(old[at]!, old[at + 1]!);
    }
    this.#place(key, code);
  }

  #place(key: number, code: number): void {
    let slot = mix(key) & this.#mask;
    while (this.#hash[slot * 2] !== -1) slot = (slot + 1) & this.#mask;
    this.#hash[slot * 2] = key;
    this.#hash[slot * 2 + 1] = code;
  }
}

function mix(key: number): number {
  const hash = Math.imul(key, 0x9e3779b1);
  return hash ^ (hash >>> 15);
}
