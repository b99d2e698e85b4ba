/** Adding a delta's rows to an hour: what every rule of a row's set makes of it. */
import type { Cells } from './cells.ts';
import type { Delta } from './delta.ts';
import type { Interner } from './dictionary.ts';
import type { HourRows } from './hour-rows.ts';
import type { Hour } from './hour.ts';
import { NONE, Pairs } from './pairs.ts';
import { pathOfRule } from './paths.ts';
import type { RowColumns } from './rows.ts';
import { candidatesOf, sourceOfSamples, type SampleCandidates } from './sample-candidates.ts';
import { translator, type Translator } from './translate.ts';

/** An hour while deltas are added. */
export interface OpenHour {
  readonly hour: Hour;
  readonly batches: Interner<string>;
  /** Samples by format; they are read when it is known which ones to keep. */
  readonly candidates: Map<string, SampleCandidates>;
}

/** Adds the rows of a delta that belong to the hour; true where any of them was new. */
export function addDelta(open: OpenHour, delta: Delta, own: HourRows): boolean {
  const { hour } = open;
  const { rows } = delta;
  const translate = translator(delta, hour, true);
  const fresh = freshness(open, delta, translate);
  const counters = delta.rules.map((_, rule) => counterFor(hour, delta, rule, translate));
  const samples = offering(open, delta, own, translate);
  for (const row of own.rows) {
    const cells: number[] = [];
    for (const rule of delta.sets.rulesOf(rows.set[row]!)) {
      if (!fresh.isFresh(rows.batch[row]!, rule)) continue;
      const cell = counters[rule]!(row);
      if (delta.rules[rule]!.samplesFrom > 0) cells.push(cell);
    }
    samples(row, cells);
  }
  return fresh.settle();
}

/** Tells which of a delta's batches are new to a rule, and remembers them once the whole delta is added. */
function freshness(
  { hour: { folded }, batches }: OpenHour,
  delta: Delta,
  translate: Translator,
): { isFresh(batch: number, rule: number): boolean; settle(): boolean } {
  const fresh = new Pairs();
  /** By batch and rule: 0 for what was not asked for yet. */
  const answers = new Uint8Array(delta.batches.length * delta.rules.length);
  const [FRESH, KNOWN] = [1, 2];
  return {
    isFresh(batch, rule) {
      const at = batch * delta.rules.length + rule;
      if (answers[at] === 0) {
        const known = batches.find(delta.batches[batch]!);
        const isFresh = known === undefined || folded.find(translate.rule(rule), known) === NONE;
        if (isFresh) fresh.code(rule, batch);
        answers[at] = isFresh ? FRESH : KNOWN;
      }
      return answers[at] === FRESH;
    },
    settle() {
      for (let pair = 0; pair < fresh.length; pair++) {
        folded.code(translate.rule(fresh.first(pair)), batches.code(delta.batches[fresh.second(pair)]!));
      }
      return fresh.length > 0;
    },
  };
}

/** Makes a function that counts a row for a rule, and tells the cell. */
function counterFor(hour: Hour, { rules, rows }: Delta, rule: number, translate: Translator): (row: number) => number {
  const { by, distinct, sum } = rules[rule]!;
  const { cells, paths } = hour;
  const columns = by.map((field) => rows.codes.get(field)!);
  const values = distinct === undefined ? undefined : rows.codes.get(distinct)!;
  const totals = sum === undefined ? undefined : totalsOf(rows, sum);
  let root: number | undefined;
  return (row) => {
    root ??= pathOfRule(paths, translate.rule(rule));
    let group = root;
    for (const column of columns) group = paths.code(group, translate.value(column[row]!));
    const cell = cells.row(group, rows.minute[row]!, 0);
    addRow(cells, cell, rows, row);
    if (totals !== undefined) cells.sum[cell]! += totals[row]!;
    if (values !== undefined) cells.distinct.add(cell, translate.value(values[row]!));
    cells.places.add(cell, translate.path(rows.place[row]!));
    return cell;
  };
}

function addRow(cells: Cells, cell: number, rows: RowColumns, row: number): void {
  cells.count[cell]! += rows.count[row]!;
  cells.packets[cell]! += rows.packets[row]!;
  cells.bytes[cell]! += rows.bytes[row]!;
  cells.first[cell] = Math.min(cells.first[cell]!, rows.first[row]!);
  cells.last[cell] = Math.max(cells.last[cell]!, rows.last[row]!);
}

function totalsOf(rows: RowColumns, field: string): Float64Array {
  if (field === 'packets') return rows.packets;
  return field === 'bytes' ? rows.bytes : rows.totals.get(field)!;
}

/** Makes a function that offers the samples of a row, the rows given in order, to cells. */
function offering(
  open: OpenHour,
  delta: Delta,
  own: HourRows,
  translate: Translator,
): (row: number, cells: readonly number[]) => void {
  const tables = delta.samples.map((samples, number) => {
    const into = candidatesOf(open.candidates, samples.format);
    into.addSource(sourceOfSamples(samples, translate.value));
    return { into, rowOf: samples.cell, samples: own.samples[number]!, next: 0 };
  });
  return (row, cells) => {
    for (const table of tables) {
      for (; table.next < table.samples.length; table.next++) {
        const sample = table.samples[table.next]!;
        if (table.rowOf[sample] !== row) break;
        for (const cell of cells) table.into.add(sample, cell);
      }
    }
  };
}
