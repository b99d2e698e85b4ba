/**
 * Which records of a delivery a delta keeps as samples. Noise is mostly groups of one record, of which nobody will ever
 * ask, and samples of all of them would be most of a delta: so of each rule's matches only a part may be samples, but
 * such a part that a window which meets the threshold holds some of them.
 */
import type { ColumnBatch } from '../flow/columns.ts';
import type { Delta } from './delta.ts';
import { Pairs } from './pairs.ts';
import type { RuleRef } from './rule-ref.ts';
import type { SampleCandidates } from './sample-candidates.ts';
import { SAMPLES } from './samples.ts';

/**
 * How many samples to expect among half of the records that a threshold asks for: with 6 one window in 400 has none,
 * if it grows so slowly that the other half came before its hour kept any samples of the group.
 */
const EXPECTED = 6;

/** Records of a batch: by position the record, its set of rules, and the delta's row in which it counts. */
interface Counted {
  readonly batch: ColumnBatch;
  readonly rows: Uint32Array;
  readonly sets: Int32Array;
  readonly at: Int32Array;
}

/** Chooses samples delivery by delivery; what it chooses of one does not depend on the others. */
export class Sampler {
  #seed = 0;
  #batch = 0;
  /** Groups of rules in stretches of their window's length, and how many samples each has. */
  readonly #groups = new Pairs();
  readonly #counts: number[] = [];
  /** Groups before are those of other deliveries. */
  #since = 0;

  /** Begins a delivery. */
  startDelivery(id: string): void {
    this.#seed = 0;
    for (let at = 0; at < id.length; at++) this.#seed = Math.imul(this.#seed ^ id.charCodeAt(at), 0x01000193);
    this.#batch = 0;
    this.#since = this.#groups.length;
  }

  /**
   * Adds the samples of a batch of the delivery: the earliest {@link SAMPLES} of each group in each stretch of its
   * window's length, of those records that may be samples.
   */
  choose(delta: Omit<Delta, 'samples' | 'arrivals'>, counted: Counted, into: SampleCandidates): void {
    const seed = Math.imul(this.#seed + this.#batch++, 0x9e3779b1);
    const { rows, sets, at } = counted;
    const order = orderOfTime(counted);
    for (let next = 0; next < rows.length; next++) {
      const i = order?.[next] ?? next;
      const lot = drawLot(seed, rows[i]!);
      let isWanted = false;
      for (const rule of delta.sets.rulesOf(sets[i]!)) {
        if (lot < shareOf(delta.rules[rule]!) && this.#isAmongFirst(delta, rule, at[i]!)) isWanted = true;
      }
      if (isWanted) into.add(rows[i]!, at[i]!);
    }
  }

  #isAmongFirst({ rules, rows }: Omit<Delta, 'samples' | 'arrivals'>, rule: number, row: number): boolean {
    const { by, minutes }: RuleRef = rules[rule]!;
    let group = this.#groups.code(-1 - rule, Math.floor(rows.minute[row]! / minutes), this.#since);
    for (const field of by) group = this.#groups.code(group, rows.codes.get(field)![row]!);
    const count = (this.#counts[group] ?? 0) + 1;
    this.#counts[group] = count;
    return count <= SAMPLES;
  }
}

/** Which part of a rule's matches may be samples. */
function shareOf({ samplesFrom }: RuleRef): number {
  return samplesFrom === 0 ? 0 : EXPECTED / samplesFrom;
}

/** Positions in order of time; undefined where they are in order already, as they mostly are. */
function orderOfTime({ batch: { time }, rows }: Counted): Uint32Array | undefined {
  let isSorted = true;
  for (let i = 1; i < rows.length; i++) if (time[rows[i - 1]!]! > time[rows[i]!]!) isSorted = false;
  if (isSorted) return undefined;
  return Uint32Array.from(rows.keys()).sort((a, b) => time[rows[a]!]! - time[rows[b]!]! || a - b);
}

/** A number in [0, 1) for each record, the same whenever it is delivered. */
function drawLot(seed: number, row: number): number {
  let mixed = seed ^ Math.imul(row + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}
