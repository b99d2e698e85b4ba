/** An hour that takes deltas. */
import { addDelta, type OpenHour } from './add-delta.ts';
import { windowsOfPaths } from './contributions.ts';
import type { Delta } from './delta.ts';
import { intern } from './dictionary.ts';
import type { HourRows } from './hour-rows.ts';
import type { Hour } from './hour.ts';
import { rulesOfPaths } from './paths.ts';
import { candidatesOf, sourceOfSamples } from './sample-candidates.ts';

/** An hour that takes deltas. */
export interface HourBuilder {
  /** Adds the rows of a delta that belong to this hour; true where any of them was new. */
  add(delta: Delta, rows: HourRows): boolean;
  /** The hour, its samples thinned out, with the time of what was added (Unix ms). */
  build(arrived: number): Hour;
}

/** Makes an hour ready for deltas; it is changed by adding. */
export function openHour(hour: Hour): HourBuilder {
  const open: OpenHour = {
    hour,
    batches: intern(hour.batches),
    candidates: new Map(),
  };
  for (const samples of hour.samples) {
    const table = candidatesOf(open.candidates, samples.format);
    table.addSource(sourceOfSamples(samples, (code) => code));
    for (let row = 0; row < samples.cell.length; row++) table.add(row, samples.cell[row]!);
  }
  return {
    add: (delta, rows) => addDelta(open, delta, rows),
    build(arrived) {
      const choice = {
        cells: hour.cells,
        windows: windowsOfPaths(hour),
        isShown: groupsToSample(hour),
      };
      const samples = Array.from(open.candidates.values(), (table) => table.gather(table.byCell(table.choose(choice))));
      return { ...hour, samples, arrived: Math.max(hour.arrived, arrived) };
    },
  };
}

/** Which groups have as many records as their rule's `samplesFrom` asks for. */
function groupsToSample({ rules, paths, cells }: Hour): (group: number) => boolean {
  const ruleOf = rulesOfPaths(paths);
  const records = new Float64Array(paths.length);
  for (let row = 0; row < cells.length; row++) records[cells.group(row)]! += cells.count[row]!;
  return (group) => records[group]! >= rules[ruleOf[group]!]!.samplesFrom;
}
