/**
 * What deliveries contribute, as columns that grow: one row is what records have in common that match the same rules,
 * in the same minute and place, and with the same values in every field that those rules look at.
 *
 * Rows know nothing of groups, so that what a record says is kept once and not once a rule: the internet's noise matches
 * several rules at a time.
 */
import { grown } from './pairs.ts';

/** Later than any first second of a minute. */
const LATEST = 2 ** 31 - 1;

/** What tells rows of one delivery apart, but for the values of fields. */
export interface RowKey {
  /** Index of the delivery. */
  readonly batch: number;
  /** See rule-sets.ts. */
  readonly set: number;
  /** Unix time in minutes. */
  readonly minute: number;
  /** Path of the place. */
  readonly place: number;
}

/** Columns of rows; they may be longer than there are rows. */
export interface RowColumns {
  readonly length: number;
  readonly batch: Int32Array;
  readonly set: Int32Array;
  readonly minute: Int32Array;
  readonly place: Int32Array;
  readonly count: Int32Array;
  readonly packets: Float64Array;
  readonly bytes: Float64Array;
  /** First start, in seconds from the minute's beginning. */
  readonly first: Int32Array;
  /** Last end, in seconds from the minute's beginning. */
  readonly last: Float64Array;
  /** By field that groups or `distinct` need: codes of its values; any code where no rule of the row's looks at it. */
  readonly codes: ReadonlyMap<string, Int32Array>;
  /** By field that is summed up, `packets` and `bytes` aside: totals. */
  readonly totals: ReadonlyMap<string, Float64Array>;
}

/** Rows that grow. */
export class Rows implements RowColumns {
  length = 0;
  batch = new Int32Array(0);
  set = new Int32Array(0);
  minute = new Int32Array(0);
  place = new Int32Array(0);
  count = new Int32Array(0);
  packets = new Float64Array(0);
  bytes = new Float64Array(0);
  first = new Int32Array(0);
  last = new Float64Array(0);
  readonly codes = new Map<string, Int32Array>();
  readonly totals = new Map<string, Float64Array>();

  /** Adds an empty row. */
  add({ batch, set, minute, place }: RowKey): number {
    const row = this.length++;
    if (row === this.batch.length) this.#grow();
    this.batch[row] = batch;
    this.set[row] = set;
    this.minute[row] = minute;
    this.place[row] = place;
    this.first[row] = LATEST;
    this.last[row] = Number.NEGATIVE_INFINITY;
    return row;
  }

  /** The column of a field's codes. */
  codesOf(field: string): Int32Array {
    return columnOf(this.codes, field, () => new Int32Array(this.batch.length));
  }

  /** The column of a field's totals. */
  totalsOf(field: string): Float64Array {
    if (field === 'packets') return this.packets;
    if (field === 'bytes') return this.bytes;
    return columnOf(this.totals, field, () => new Float64Array(this.batch.length));
  }

  #grow(): void {
    this.batch = grown(this.batch);
    this.set = grown(this.set);
    this.minute = grown(this.minute);
    this.place = grown(this.place);
    this.count = grown(this.count);
    this.packets = grown(this.packets);
    this.bytes = grown(this.bytes);
    this.first = grown(this.first);
    this.last = grown(this.last);
    for (const [field, column] of this.codes) this.codes.set(field, grown(column));
    for (const [field, column] of this.totals) this.totals.set(field, grown(column));
  }
}

function columnOf<T>(columns: Map<string, T>, field: string, make: () => T): T {
  let column = columns.get(field);
  if (column === undefined) columns.set(field, (column = make()));
  return column;
}
