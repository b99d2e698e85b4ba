/** Which sample records to keep: known only at the end, and until then they stay where they are. */
import { isText } from '../flow/columns.ts';
import type { Cells } from './cells.ts';
import { Ints } from './ints.ts';
import { pack, packedAt } from './pack.ts';
import { fieldsOf, SAMPLES, type Samples } from './samples.ts';

/** Where sample records come from: rows of a delivery, or other samples. */
export interface SampleSource {
  /** Writes a field's values (as {@link Samples.columns} hold them) of `rows[from..to)` to the same places of `out`. */
  read(this: void, field: number, rows: Int32Array, from: number, to: number, out: Float64Array): void;
}

/** What tells of the samples' cells which ones to keep. */
export interface Choice {
  readonly cells: Cells;
  /** By group: the length of its window in minutes. */
  readonly windows: Int32Array;
  /** Tells which groups keep any samples. */
  readonly isShown: (group: number) => boolean;
}

/** Samples of one format that may be kept. */
export class SampleCandidates {
  readonly #format: string;
  readonly #sources: SampleSource[] = [];
  readonly #source = new Ints();
  readonly #row = new Ints();
  readonly #cell = new Ints();

  constructor(format: string) {
    this.#format = format;
  }

  /** Adds where samples come from; {@link add} then takes its rows. */
  addSource(source: SampleSource): void {
    this.#sources.push(source);
  }

  /** Adds a row of the source that was added last, and the cell in which it counts. */
  add(row: number, cell: number): void {
    this.#source.push(this.#sources.length - 1);
    this.#row.push(row);
    this.#cell.push(cell);
  }

  /**
   * The samples to keep, as positions in the order of adding: the earliest {@link SAMPLES} of each group in each stretch
   * of its window's length. A window then always holds one of them: it ends within a stretch, at a minute with a match,
   * and that stretch's earliest record is no later.
   */
  choose({ cells, windows, isShown }: Choice): Int32Array {
    const cell = this.#cell.values;
    const counts = new Int32Array(windows.length);
    for (let at = 0; at < cell.length; at++) counts[cells.group(cell[at]!)]! += 1;
    const chosen = new Ints();
    const crowded = new Ints();
    for (let at = 0; at < cell.length; at++) {
      const group = cells.group(cell[at]!);
      if (isShown(group)) (counts[group]! > SAMPLES ? crowded : chosen).push(at);
    }
    this.#thin(crowded.values, { cells, windows }, chosen);
    return chosen.values;
  }

  /** Adds the earliest of each stretch to `chosen`. */
  #thin(crowded: Int32Array, { cells, windows }: Omit<Choice, 'isShown'>, chosen: Ints): void {
    const cell = this.#cell.values;
    const group = (at: number): number => cells.group(cell[at]!);
    const minute = (at: number): number => cells.minute(cell[at]!);
    crowded.sort((a, b) => group(a) - group(b) || minute(a) - minute(b) || a - b);
    let previous: number | undefined;
    let inStretch = 0;
    for (const at of crowded) {
      const window = windows[group(at)]!;
      const isSame =
        previous !== undefined &&
        group(previous) === group(at) &&
        Math.floor(minute(previous) / window) === Math.floor(minute(at) / window);
      inStretch = isSame ? inStretch + 1 : 1;
      previous = at;
      if (inStretch <= SAMPLES) chosen.push(at);
    }
  }

  /** Puts chosen samples in order of their cells. */
  byCell(chosen: Int32Array): Int32Array {
    const cell = this.#cell.values;
    return chosen.sort((a, b) => cell[a]! - cell[b]! || a - b);
  }

  /** Reads all samples, in order of their cells. */
  gatherAll(): Samples {
    return this.gather(this.byCell(Int32Array.from(this.#cell.values, (_, at) => at)));
  }

  /** Reads the chosen samples. */
  gather(chosen: Int32Array): Samples {
    const source = pick(this.#source.values, chosen);
    const row = pick(this.#row.values, chosen);
    const out = new Float64Array(chosen.length);
    const columns = fieldsOf(this.#format).map((_, field) => {
      for (let from = 0, to = 0; from < row.length; from = to) {
        while (to < row.length && source[to] === source[from]) to++;
        this.#sources[source[from]!]!.read(field, row, from, to, out);
      }
      return pack(out);
    });
    return {
      format: this.#format,
      cell: pick(this.#cell.values, chosen),
      columns,
    };
  }
}

function pick(column: Int32Array, chosen: Int32Array): Int32Array {
  const picked = new Int32Array(chosen.length);
  for (let at = 0; at < chosen.length; at++) picked[at] = column[chosen[at]!]!;
  return picked;
}

/** Other samples as a source of the same format; `code` translates the codes of texts. */
export function sourceOfSamples(samples: Samples, code: (code: number) => number): SampleSource {
  const fields = fieldsOf(samples.format);
  return {
    read(field, rows, from, to, out) {
      const column = samples.columns[field]!;
      const isCode = isText(fields[field]!);
      for (let at = from; at < to; at++) {
        const value = packedAt(column, rows[at]!);
        out[at] = isCode ? code(value) : value;
      }
    },
  };
}

/** The candidates of a format, which are made where there are none yet. */
export function candidatesOf(tables: Map<string, SampleCandidates>, format: string): SampleCandidates {
  let table = tables.get(format);
  if (table === undefined) {
    table = new SampleCandidates(format);
    tables.set(format, table);
  }
  return table;
}
