/** Which parts of a delta belong to which event hour. */
import type { Delta } from './delta.ts';
import { Ints } from './ints.ts';

/** Which rows of a delta, and of each of its sample tables, belong to one hour; in order. */
export interface HourRows {
  readonly rows: Int32Array;
  readonly samples: readonly Int32Array[];
}

/** A delta's rows by event hour (Unix time in hours). */
export function rowsByHour({ rows: { length, minute }, samples }: Delta): ReadonlyMap<number, HourRows> {
  const ofRows = byHour(length, (row) => minute[row]!);
  const ofSamples = samples.map(({ cell }) => byHour(cell.length, (sample) => minute[cell[sample]!]!));
  const hours = new Map<number, HourRows>();
  for (const [hour, rows] of ofRows) {
    hours.set(hour, {
      rows,
      samples: ofSamples.map((table) => table.get(hour) ?? new Int32Array(0)),
    });
  }
  return hours;
}

function byHour(length: number, minuteOf: (row: number) => number): ReadonlyMap<number, Int32Array> {
  const hours = new Map<number, Ints>();
  for (let row = 0; row < length; row++) {
    const hour = Math.floor(minuteOf(row) / 60);
    let rows = hours.get(hour);
    if (rows === undefined) {
      rows = new Ints();
      hours.set(hour, rows);
    }
    rows.push(row);
  }
  return new Map(Array.from(hours, ([hour, rows]) => [hour, rows.values]));
}
