/** In which order fields are looked at: first those that decide much and cost little, by what a sample of real records shows. */
import { intersect, meet, sizeOf, type Bits } from './bit-sets.ts';
import type { FieldPlan } from './plan.ts';

/** Most records that an order is decided on. */
export const SAMPLE = 64;

/** The same for the first batch, which is not to wait long for an order that the second improves. */
export const FIRST_SAMPLE = 16;

/**
 * Orders fields greedily, each time the one that takes most away from the sampled records for what it costs.
 * The order decides only how fast the answer is found, never which.
 * `classesOf` gives the classes of a field's values in the sampled records; `all` are the clauses possible at all.
 */
export function orderPlans(
  plans: readonly FieldPlan[],
  all: Bits,
  sampled: number,
  classesOf: (plan: FieldPlan) => Uint32Array,
): readonly FieldPlan[] {
  const order: FieldPlan[] = [];
  const left = new Set(plans);
  const choices = new Map(plans.map((plan) => [plan, Array.from(classesOf(plan), (choice) => plan.choices[choice]!)]));
  const states = Array.from({ length: sampled }, () => all.slice());
  while (left.size > 0) {
    let best: FieldPlan | undefined;
    let bestScore = -1;
    for (const plan of left) {
      const score = gainOf(states, choices.get(plan)!, lookedAtLater(left, plan, all.length)) / costOf(plan);
      if (score > bestScore) {
        best = plan;
        bestScore = score;
      }
    }
    order.push(best!);
    left.delete(best!);
    for (const [sample, state] of states.entries()) intersect(state, choices.get(best!)![sample]!, state);
  }
  return order;
}

/** The share of their clauses that records lose; a record that is done with counts as having lost all. */
function gainOf(states: readonly Bits[], choices: readonly Bits[], later: Bits): number {
  const common = new Uint32Array(later.length);
  let gain = 0;
  for (const [sample, state] of states.entries()) {
    const size = sizeOf(state);
    if (size === 0) continue;
    intersect(state, choices[sample]!, common);
    gain += meet(common, later) ? 1 - sizeOf(common) / size : 1;
  }
  return gain;
}

/** Roughly, in look-ups: addresses have to be read, numbers sought, and many classes do not fit a small table. */
function costOf(plan: FieldPlan): number {
  const look = plan.kind === 'address' ? 3 : plan.kind === 'ranges' ? 2 : 1;
  return plan.choices.length > 32 ? look + 1 : look;
}

function lookedAtLater(left: ReadonlySet<FieldPlan>, done: FieldPlan, words: number): Bits {
  const later = new Uint32Array(words);
  for (const plan of left) {
    if (plan === done) continue;
    for (let word = 0; word < words; word++) later[word]! |= plan.looking[word]!;
  }
  return later;
}
