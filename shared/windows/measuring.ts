/** What a window measures, kept up to date while minutes enter and leave it. */
import type { Measure, Threshold } from '../rules/rule.ts';
import type { Hour } from './hour.ts';
import type { Step } from './steps.ts';

/** A measure over the minutes that were added and not removed. */
export interface Measuring {
  add(step: Step): void;
  remove(step: Step): void;
  value(): number;
}

/** Whether a measured value meets the threshold. */
export function crosses(when: Threshold, value: number): boolean {
  return when.operator === '>' ? value > when.value : value >= when.value;
}

/** What the measure makes of a total over so many seconds. */
export function ofTotal(measure: Measure, seconds: number, total: number): number {
  return measure.kind === 'rate' ? total / seconds : total;
}

/** The column of cells that a measure adds up, or that bounds it: there are no more distinct values than records. */
export function totalColumn(measure: Measure): 'count' | 'sum' {
  return measure.kind === 'sum' || (measure.kind === 'rate' && measure.field !== undefined) ? 'sum' : 'count';
}

/**
 * Starts measuring.
 *
 * @param seconds the window's length
 * @param codeNow makes codes of values of several hours comparable
 */
export function startMeasuring(
  measure: Measure,
  seconds: number,
  codeNow: (from: Hour, code: number) => number,
): Measuring {
  switch (measure.kind) {
    case 'count':
    case 'sum':
    case 'rate':
      return totalling(measure, seconds);
    case 'distinct':
      return countingDistinct(codeNow);
  }
}

function totalling(measure: Measure, seconds: number): Measuring {
  const column = totalColumn(measure);
  let total = 0;
  return {
    add: ({ from, row }) => (total += from.cells[column][row]!),
    remove: ({ from, row }) => (total -= from.cells[column][row]!),
    value: () => ofTotal(measure, seconds, total),
  };
}

function countingDistinct(codeNow: (from: Hour, code: number) => number): Measuring {
  /** In how many of the window's minutes a value is. */
  const minutes = new Map<number, number>();
  return {
    add({ from, row }) {
      for (const each of from.cells.distinct.codesOf(row)) {
        const code = codeNow(from, each);
        minutes.set(code, (minutes.get(code) ?? 0) + 1);
      }
    },
    remove({ from, row }) {
      for (const each of from.cells.distinct.codesOf(row)) {
        const code = codeNow(from, each);
        const left = minutes.get(code)! - 1;
        if (left === 0) minutes.delete(code);
        else minutes.set(code, left);
      }
    },
    value: () => minutes.size,
  };
}
