/** What contributions read of a delivery's batch: columns of codes, for which each text is looked up once a batch. */
import {
  isText,
  type Column,
  type ColumnBatch,
  type Dictionary,
  type Source,
  type TextColumn,
} from '../flow/columns.ts';
import { columnOf } from '../flow/derived.ts';
import type { Contributions } from './contributions.ts';
import type { Numbers } from './pack.ts';
import { PARTS, pathOfPlace } from './paths.ts';
import { PLACE_COLUMNS, placeOfSource, UNKNOWN } from './places.ts';

/** What codes refer to; it grows. */
type Dictionaries = Pick<Contributions, 'values' | 'paths'>;

/** Reads rows of a batch as codes. */
export class BatchReader {
  readonly batch: ColumnBatch;
  readonly #source: Source;
  readonly #into: Dictionaries;
  /** Codes by the codes of a dictionary, 0 for what was not asked for yet. */
  readonly #codes = new Map<Dictionary, Int32Array>();
  readonly #columns = new Map<string, Column | undefined>();

  constructor(batch: ColumnBatch, source: Source, into: Dictionaries) {
    this.batch = batch;
    this.#source = source;
    this.#into = into;
  }

  /** A field's integers, -1 where a record has none; undefined where no record has any. */
  integers(name: string): Numbers | undefined {
    const column = this.#column(name);
    return column?.kind === 'int' ? column.values : undefined;
  }

  /** Writes the codes of a record's or derived field in `rows` to the beginning of `out`. */
  readCodes(name: string, rows: Uint32Array, out: Int32Array): void {
    const column = this.#column(name);
    if (column === undefined) out.fill(0, 0, rows.length);
    else if (column.kind === 'text') this.#readTexts(column, rows, 0, rows.length, out);
    else {
      for (let at = 0; at < rows.length; at++) {
        const value = column.values[rows[at]!]!;
        out[at] = value < 0 ? 0 : this.#into.values.integerCode(value);
      }
    }
  }

  /**
   * Writes the values of the format's field in `rows[from..to)` to the same places of `out`, as samples hold them:
   * integers as they are, -1 for none, texts as codes.
   */
  readSamples(field: number, rows: Int32Array, from: number, to: number, out: Float64Array): void {
    const described = this.batch.format.fields[field]!;
    const column = this.batch.columns.get(described.column);
    if (column?.kind === 'text') this.#readTexts(column, rows, from, to, out);
    else if (column?.kind === 'int') for (let at = from; at < to; at++) out[at] = column.values[rows[at]!]!;
    else out.fill(isText(described) ? 0 : -1, from, to);
  }

  /** Writes the paths of the places of `rows` to the beginning of `out`. Neighbours mostly lie in the same place. */
  readPlaces(rows: Uint32Array, out: Int32Array): void {
    const known = placeOfSource(this.#source);
    const otherwise = PARTS.map((part) => this.#into.values.code(known[part]));
    const columns = PARTS.map((part) => this.#column(PLACE_COLUMNS[part]));
    const last = new Int32Array(PARTS.length);
    const path = (): number =>
      pathOfPlace(
        this.#into.paths,
        columns.map((column, part) => this.#placeCode(column, last[part]!) || otherwise[part]!),
      );
    let current: number | undefined;
    for (let at = 0; at < rows.length; at++) {
      let changed = false;
      for (let part = 0; part < last.length; part++) {
        const column = columns[part];
        if (column?.kind !== 'text' || column.codes[rows[at]!] === last[part]) continue;
        last[part] = column.codes[rows[at]!]!;
        changed = true;
      }
      if (changed || current === undefined) current = path();
      out[at] = current;
    }
  }

  #column(name: string): Column | undefined {
    if (!this.#columns.has(name)) this.#columns.set(name, columnOf(this.batch, name));
    return this.#columns.get(name);
  }

  #placeCode(column: Column | undefined, code: number): number {
    if (column?.kind !== 'text' || code === 0 || column.dictionary[code] === UNKNOWN) return 0;
    return this.#codeOf(column, code, this.#codesOf(column));
  }

  #readTexts(column: TextColumn, rows: Uint32Array | Int32Array, from: number, to: number, out: Numbers): void {
    const codes = this.#codesOf(column);
    for (let at = from; at < to; at++) {
      const code = column.codes[rows[at]!]!;
      out[at] = code === 0 ? 0 : codes[code]! || this.#codeOf(column, code, codes);
    }
  }

  #codesOf({ dictionary }: TextColumn): Int32Array {
    let codes = this.#codes.get(dictionary);
    if (codes === undefined) {
      codes = new Int32Array(dictionary.length);
      this.#codes.set(dictionary, codes);
    }
    return codes;
  }

  #codeOf({ addresses, dictionary }: TextColumn, code: number, codes: Int32Array): number {
    const { values } = this.#into;
    const isIPv4 = addresses?.families[code] === 4;
    return (codes[code] ||= isIPv4
      ? values.addressCode(addresses.words[code * 4 + 3]!)
      : values.code(dictionary[code]!));
  }
}
