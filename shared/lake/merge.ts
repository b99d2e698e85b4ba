/**
 * Merging: one column of many batches as one column of a row group.
 * Each batch has its own dictionary; a distinct text costs one look-up a batch, a record one array access.
 */
import type { Column, ColumnBatch, IntColumn, TextColumn } from '../flow/columns.ts';
import { columnOf } from '../flow/derived.ts';
import type { ColumnValues, IntValues, ParquetColumn, TextValues } from './parquet/column.ts';
import { countRows, type Slice } from './slices.ts';

/** What a slice gives for a lake column: a column, one text for all its records, or null for all. */
type Source = Column | string | null;

/** The column's values over all slices. */
export function mergeColumn(slices: readonly Slice[], column: ParquetColumn): ColumnValues {
  const sources = slices.map((slice) => sourceOf(slice, column.name));
  return column.type === 'string'
    ? mergeTexts(slices, sources)
    : mergeInts(slices, sources, column.type === 'int32' ? Int32Array : Float64Array);
}

function sourceOf({ delivery, batch }: Slice, name: string): Source {
  switch (name) {
    case 'batch':
      return delivery.id;
    case 'source':
      return delivery.source.name;
    case 'source_account':
      return delivery.source.account;
    case 'source_region':
      return delivery.source.region;
    case 'start':
      return startOf(batch) ?? null;
    default:
      return columnOf(batch, name) ?? null;
  }
}

/** `start`, and the event time of records that have neither start nor end: none is without a time in the lake. */
function startOf(batch: ColumnBatch): IntColumn | undefined {
  const start = batch.columns.get('start');
  const end = batch.columns.get('end');
  const starts = start?.kind === 'int' ? start.values : undefined;
  const ends = end?.kind === 'int' ? end.values : undefined;
  const isTimeless = (row: number): boolean => (starts?.[row] ?? -1) < 0 && (ends?.[row] ?? -1) < 0;
  let row = 0;
  while (row < batch.length && !isTimeless(row)) row++;
  if (row === batch.length) return starts === undefined ? undefined : { kind: 'int', values: starts };
  const values = Float64Array.from(batch.time, (time, at) =>
    isTimeless(at) ? Math.floor(time) : (starts?.[at] ?? -1),
  );
  return { kind: 'int', values };
}

function mergeInts(
  slices: readonly Slice[],
  sources: readonly Source[],
  ArrayType: Int32ArrayConstructor | Float64ArrayConstructor,
): IntValues {
  const rows = countRows(slices);
  const merged = new ArrayType(rows);
  let at = 0;
  for (const [index, { from, to }] of slices.entries()) {
    const source = sources[index];
    if (source !== null && typeof source === 'object' && source.kind === 'int') {
      merged.set(source.values.subarray(from, to), at);
    } else {
      merged.fill(-1, at, at + to - from);
    }
    at += to - from;
  }
  return withoutNulls(merged);
}

function withoutNulls(values: Int32Array | Float64Array): IntValues {
  const rows = values.length;
  let row = 0;
  while (row < rows && values[row]! >= 0) row++;
  if (row === rows) return { kind: 'int', values, levels: null };
  const levels = new Uint8Array(rows).fill(1, 0, row);
  let present = row;
  for (; row < rows; row++) {
    if (values[row]! < 0) continue;
    levels[row] = 1;
    values[present++] = values[row]!;
  }
  return { kind: 'int', values: values.subarray(0, present), levels };
}

function mergeTexts(slices: readonly Slice[], sources: readonly Source[]): TextValues {
  const merge = new TextMerge(countRows(slices));
  for (const [index, { from, to }] of slices.entries()) {
    const source = sources[index] ?? null;
    if (source === null) merge.addNulls(to - from);
    else if (typeof source === 'string') merge.addText(source, to - from);
    else if (source.kind === 'text') merge.addColumn(source, from, to);
  }
  return merge.values();
}

/** A text column under construction: what is added follows what was added before. */
class TextMerge {
  readonly #indices: Uint32Array;
  readonly #texts: string[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #rows: number;
  #levels: Uint8Array | null = null;
  #row = 0;
  #present = 0;

  constructor(rows: number) {
    this.#rows = rows;
    this.#indices = new Uint32Array(rows);
  }

  addNulls(count: number): void {
    this.#markNulls().fill(0, this.#row, this.#row + count);
    this.#row += count;
  }

  addText(text: string, count: number): void {
    this.#indices.fill(this.#intern(text), this.#present, this.#present + count);
    this.#present += count;
    this.#row += count;
  }

  addColumn({ codes, dictionary }: TextColumn, from: number, to: number): void {
    const indices = this.#indices;
    /** By code: the text's index + 1, 0 where it has not been met. */
    const known = new Uint32Array(dictionary.length);
    const first = this.#row - from;
    let present = this.#present;
    for (let row = from; row < to; row++) {
      const code = codes[row]!;
      let index = known[code]!;
      if (index === 0) {
        if (code === 0) {
          this.#markNulls()[first + row] = 0;
          continue;
        }
        index = this.#intern(dictionary[code]!) + 1;
        known[code] = index;
      }
      indices[present++] = index - 1;
    }
    this.#present = present;
    this.#row = first + to;
  }

  values(): TextValues {
    return {
      kind: 'text',
      indices: this.#indices.subarray(0, this.#present),
      texts: this.#texts,
      levels: this.#levels,
    };
  }

  #intern(text: string): number {
    let index = this.#indexOf.get(text);
    if (index === undefined) {
      index = this.#texts.push(text) - 1;
      this.#indexOf.set(text, index);
    }
    return index;
  }

  #markNulls(): Uint8Array {
    this.#levels ??= new Uint8Array(this.#rows).fill(1);
    return this.#levels;
  }
}
