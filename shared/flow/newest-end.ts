/** The clock of records that are read from files: how far they reach. */
import type { ColumnBatch } from './columns.ts';
import { AGGREGATION } from './lateness.ts';

/** How long after its event time a record can end: the longest aggregation interval, and the minute it may be off. */
const LONGEST = AGGREGATION + 60;

/**
 * The newest `end` of some batches' records (the event time of those without), Unix seconds; undefined where there are
 * none. An `end` later than a record can have is not believed: one damaged line would make everything else seem absent.
 */
export function newestEnd(batches: readonly ColumnBatch[]): number | undefined {
  let newest: number | undefined;
  for (const { time, columns } of batches) {
    const column = columns.get('end');
    for (let row = 0; row < time.length; row++) {
      const end = column?.kind === 'int' ? column.values[row]! : 0;
      const own = Math.max(time[row]!, Math.min(end, time[row]! + LONGEST));
      if (newest === undefined || own > newest) newest = own;
    }
  }
  return newest;
}
