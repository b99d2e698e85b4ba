/** From minutes of a group to the evidence that an alert shows. */
import type { FlowRecord } from '../flow/columns.ts';
import type { Evidence } from './evidence.ts';
import type { Hour } from './hour.ts';
import { placeOfPath } from './paths.ts';
import { sampleRecord, SAMPLES } from './samples.ts';
import type { Step } from './steps.ts';

/** Samples of a sequel among those that an alert shows: it is what matters, but how it came about is to be seen too. */
const SEQUEL_SAMPLES = 2;

/**
 * The evidence of a group's minutes, given in order of time, and of what came after them, if anything did: totals (a
 * record that counts in both counts twice), and the earliest samples of both.
 */
export function gatherEvidence(minutes: readonly Step[], sequel?: Step): Evidence {
  const steps = sequel === undefined ? minutes : [...minutes, sequel];
  let records = 0;
  let packets = 0;
  let bytes = 0;
  let first = Number.MAX_SAFE_INTEGER;
  let last = Number.MIN_SAFE_INTEGER;
  const seen = new Map<Hour, Set<number>>();
  for (const { from, row, minute } of steps) {
    const { cells } = from;
    records += cells.count[row]!;
    packets += cells.packets[row]!;
    bytes += cells.bytes[row]!;
    first = Math.min(first, minute * 60 + cells.first[row]!);
    last = Math.max(last, minute * 60 + cells.last[row]!);
    const paths = seen.get(from) ?? new Set();
    seen.set(from, paths);
    for (const path of cells.places.codesOf(row)) paths.add(path);
  }
  const places = [...seen].flatMap(([hour, paths]) => Array.from(paths, (path) => placeOfPath(hour, path)));
  return { records, packets, bytes, first, last, places, samples: samplesOf(minutes, sequel) };
}

function samplesOf(minutes: readonly Step[], sequel: Step | undefined): readonly FlowRecord[] {
  if (sequel === undefined) return samplesIn(minutes, SAMPLES);
  const last = samplesIn([sequel], SEQUEL_SAMPLES);
  const shown = new Set(last.map((record) => JSON.stringify(record)));
  const first = samplesIn(minutes, SAMPLES).filter((record) => !shown.has(JSON.stringify(record)));
  return [...first.slice(0, SAMPLES - last.length), ...last];
}

/** The earliest samples of minutes, so many at most. */
function samplesIn(steps: readonly Step[], most: number): readonly FlowRecord[] {
  const found: FlowRecord[] = [];
  for (const { from, row: cell } of steps) {
    for (const samples of from.samples) {
      for (let row = firstOf(samples.cell, cell); samples.cell[row] === cell && found.length < most; row++) {
        found.push(sampleRecord(samples, row, from.values));
      }
    }
    if (found.length === most) break;
  }
  return found;
}

/** The first row that is not before `cell` in an ascending column. */
function firstOf(column: Int32Array, cell: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < cell) low = middle + 1;
    else high = middle;
  }
  return low;
}
