/** The minutes of groups, in order: what windows slide over. */
import type { Hour } from './hour.ts';

/** One minute of a group; `from` is the hour that holds it. */
export interface Step {
  readonly from: Hour;
  /** Row of the hour's cells. */
  readonly row: number;
  /** Unix time in minutes. */
  readonly minute: number;
}

/** The minutes of some groups (paths of the hour), each group's in order of time. */
export function stepsOf(from: Hour, groups: ReadonlySet<number>): ReadonlyMap<number, readonly Step[]> {
  const steps = new Map<number, Step[]>();
  const { cells } = from;
  for (let row = 0; row < cells.length; row++) {
    const group = cells.group(row);
    if (!groups.has(group)) continue;
    const step = { from, row, minute: cells.minute(row) };
    const known = steps.get(group);
    if (known === undefined) steps.set(group, [step]);
    else known.push(step);
  }
  for (const minutes of steps.values()) minutes.sort((a, b) => a.minute - b.minute);
  return steps;
}
