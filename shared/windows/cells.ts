/** What groups did, minute by minute, as columns that grow. */
import { CodeSets } from './code-sets.ts';
import { grown, Pairs } from './pairs.ts';

/** Later than any first second of a minute. */
const LATEST = 2 ** 31 - 1;

/** One row is what one group did in one minute. Columns may be longer than there are rows, and change when rows come. */
export class Cells {
  /** By row: the group, and the minute in Unix time. */
  readonly keys: Pairs;
  count: Int32Array;
  packets: Float64Array;
  bytes: Float64Array;
  /** First start and last end, in seconds from the minute's beginning. */
  first: Int32Array;
  last: Float64Array;
  /** Total of a `sum` rule's field, else 0. */
  sum: Float64Array;
  /** Codes of a `distinct` rule's field, else nothing. */
  readonly distinct: CodeSets;
  /** Paths of the places where the records were seen. */
  readonly places: CodeSets;

  /** Takes over columns of equal length. */
  constructor(columns: CellColumns = noCells()) {
    this.keys = new Pairs(columns.group, columns.minute);
    this.count = columns.count;
    this.packets = columns.packets;
    this.bytes = columns.bytes;
    this.first = columns.first;
    this.last = columns.last;
    this.sum = columns.sum;
    this.distinct = columns.distinct;
    this.places = columns.places;
  }

  /** Number of rows. */
  get length(): number {
    return this.keys.length;
  }

  /** The group of a row. */
  group(row: number): number {
    return this.keys.first(row);
  }

  /** The minute of a row, Unix time in minutes. */
  minute(row: number): number {
    return this.keys.second(row);
  }

  /** The row of a group's minute, an empty new one where there is none yet or only one before `since`. */
  row(group: number, minute: number, since: number): number {
    const known = this.keys.length;
    const row = this.keys.code(group, minute, since);
    if (row === known) this.#start(row);
    return row;
  }

  #start(row: number): void {
    if (row === this.count.length) this.#grow();
    this.first[row] = LATEST;
    this.last[row] = Number.NEGATIVE_INFINITY;
  }

  #grow(): void {
    this.count = grown(this.count);
    this.packets = grown(this.packets);
    this.bytes = grown(this.bytes);
    this.first = grown(this.first);
    this.last = grown(this.last);
    this.sum = grown(this.sum);
    this.distinct.grow();
    this.places.grow();
  }
}

/** Cells as columns of equal length. */
export interface CellColumns {
  readonly group: Int32Array;
  readonly minute: Int32Array;
  readonly count: Int32Array;
  readonly packets: Float64Array;
  readonly bytes: Float64Array;
  readonly first: Int32Array;
  readonly last: Float64Array;
  readonly sum: Float64Array;
  readonly distinct: CodeSets;
  readonly places: CodeSets;
}

function noCells(): CellColumns {
  const [ints, numbers] = [new Int32Array(0), new Float64Array(0)];
  return {
    group: ints,
    minute: ints,
    count: ints,
    packets: numbers,
    bytes: numbers,
    first: ints,
    last: numbers,
    sum: numbers,
    distinct: new CodeSets(),
    places: new CodeSets(),
  };
}
