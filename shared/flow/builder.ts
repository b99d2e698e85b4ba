/** Lines into columns: the scanner's inner loop, and the slower way for lines that are not plain. */
import type { Column, ColumnBatch, FieldValue } from './columns.ts';
import { DictionaryBuilder, IN_VALUE, NOT_A_VALUE } from './dictionary.ts';
import { inferDirections, type DirectionOptions } from './direction.ts';
import type { Format } from './format.ts';
import { checkText, parseLine, toSeconds } from './parse.ts';

const SPACE = 0x20;
const DASH = 0x2d;
const ZERO = 0x30;

/** The lake's range begins here: 2014-01-01T00:00:00Z, Unix seconds. VPC Flow Logs came in 2015. */
const FIRST_TIME = Date.UTC(2014, 0, 1) / 1000;
const DAY = 86_400;
/** Integers of more digits than this can't be exact. */
const MOST_DIGITS = 16;

/** What reading a batch depends on beside its lines. */
export interface BuildOptions extends DirectionOptions {
  /** When the records arrived, Unix seconds: a record is at most a day newer. */
  readonly arrival: number;
}

const INT32 = 0;
const INT64 = 1;
const TEXT = 2;

/** A field's column while it is filled; the array of the field's own kind is in use, the others are empty. */
interface Slot {
  readonly kind: number;
  readonly min: number;
  readonly max: number;
  readonly required: boolean;
  readonly isTime: boolean;
  ints: Int32Array;
  longs: Float64Array;
  codes: Uint32Array;
  readonly dictionary: DictionaryBuilder;
}

const NO_INTS = new Int32Array(0);
const NO_LONGS = new Float64Array(0);
const NO_CODES = new Uint32Array(0);

/** Collects lines of one format as columns. A line is added whole or not at all. */
export class BatchBuilder {
  readonly format: Format;
  readonly #options: BuildOptions;
  readonly #slots: readonly Slot[];
  readonly #start: Slot | undefined;
  readonly #end: Slot | undefined;
  #time: Float64Array;
  #capacity: number;
  #length = 0;

  /** `expected` is a guess at the number of lines; the builder grows past it. */
  constructor(format: Format, options: BuildOptions, expected: number) {
    this.format = format;
    this.#options = options;
    const capacity = Math.max(16, Math.ceil(expected));
    this.#capacity = capacity;
    this.#time = new Float64Array(capacity);
    const anAddress = format.fields.find((field) => field.type === 'address');
    const addresses = new DictionaryBuilder(
      (text) => anAddress !== undefined && checkText(anAddress, text) === undefined,
    );
    this.#slots = format.fields.map((field): Slot => {
      const kind = field.type === 'int32' ? INT32 : field.type === 'int64' ? INT64 : TEXT;
      return {
        kind,
        min: field.min ?? 0,
        max: field.max ?? Number.MAX_SAFE_INTEGER,
        required: field.required === true,
        isTime: field.name === 'start' || field.name === 'end',
        ints: kind === INT32 ? new Int32Array(capacity) : NO_INTS,
        longs: kind === INT64 ? new Float64Array(capacity) : NO_LONGS,
        codes: kind === TEXT ? new Uint32Array(capacity) : NO_CODES,
        dictionary:
          field.type === 'string' ? new DictionaryBuilder((text) => checkText(field, text) === undefined) : addresses,
      };
    });
    this.#start = this.#slots[format.fields.findIndex((field) => field.name === 'start')];
    this.#end = this.#slots[format.fields.findIndex((field) => field.name === 'end')];
  }

  /**
   * Adds the line that starts at `buffer[from]` if it is plain: values of the right types between single spaces,
   * without quotes or backslashes, up to the byte `terminator`. Returns where the terminator stands, or -1, which leaves
   * the batch as it was; {@link addLine} then says why, or reads the line after all. `timestamp`: CloudWatch's, Unix ms.
   */
  scanLine(buffer: Uint8Array, from: number, terminator: number, timestamp: number | undefined): number {
    const row = this.#length;
    if (row === this.#capacity) this.#grow();
    const slots = this.#slots;
    const last = slots.length - 1;
    let at = from;
    for (let field = 0; field <= last; field++) {
      const slot = slots[field]!;
      if (buffer[at] === DASH && IN_VALUE[buffer[at + 1]!] !== 1) {
        if (slot.required) return -1;
        at++;
        if (slot.kind === TEXT) slot.codes[row] = 0;
        else if (slot.kind === INT32) slot.ints[row] = -1;
        else slot.longs[row] = -1;
      } else if (slot.kind === TEXT) {
        const { dictionary, codes } = slot;
        const code = dictionary.scan(buffer, at, row === 0 ? 0 : codes[row - 1]!);
        if (code === NOT_A_VALUE) return -1;
        at = dictionary.end;
        codes[row] = code;
      } else {
        const begin = at;
        let value = 0;
        for (let digit = buffer[at]! - ZERO; digit >= 0 && digit <= 9; digit = buffer[++at]! - ZERO) {
          value = value * 10 + digit;
        }
        const digits = at - begin;
        if (digits === 0 || digits > MOST_DIGITS || (digits > 1 && buffer[begin] === ZERO)) return -1;
        if (value > slot.max || value < slot.min) return -1;
        if (slot.kind === INT32) slot.ints[row] = value;
        else slot.longs[row] = slot.isTime ? toSeconds(value) : value;
      }
      if (buffer[at] !== (field === last ? terminator : SPACE)) return -1;
      at++;
    }
    return this.#commit(timestamp) === undefined ? at - 1 : -1;
  }

  /** Adds one line of text by the reference parser, or returns why it can't be read. `timestamp`: CloudWatch's, Unix ms. */
  addLine(line: string, timestamp: number | undefined): string | undefined {
    const parsed = parseLine(this.format, line);
    if (parsed.kind === 'unreadable') return parsed.reason;
    return this.addValues(parsed.values, timestamp ?? parsed.timestamp);
  }

  /** Adds one record's values as the reference parser gives them, or returns why it has no place in time. */
  addValues(values: readonly FieldValue[], timestamp: number | undefined): string | undefined {
    const row = this.#length;
    if (row === this.#capacity) this.#grow();
    for (const [field, value] of values.entries()) {
      const slot = this.#slots[field]!;
      if (slot.kind === TEXT) slot.codes[row] = value === null ? 0 : slot.dictionary.intern(String(value));
      else if (slot.kind === INT32) slot.ints[row] = value === null ? -1 : Number(value);
      else slot.longs[row] = value === null ? -1 : Number(value);
    }
    return this.#commit(timestamp);
  }

  /** The records added, as columns; undefined where there are none. The builder must not be used after. */
  finish(): ColumnBatch | undefined {
    const length = this.#length;
    if (length === 0) return undefined;
    const columns = new Map<string, Column>();
    for (const [field, { column }] of this.format.fields.entries()) {
      const { kind, ints, longs, codes, dictionary } = this.#slots[field]!;
      if (kind === TEXT)
        columns.set(column, { kind: 'text', codes: trimmed(codes, length), dictionary: dictionary.texts });
      else
        columns.set(column, { kind: 'int', values: kind === INT32 ? trimmed(ints, length) : trimmed(longs, length) });
    }
    return {
      table: this.format.table,
      format: this.format,
      length,
      columns,
      time: trimmed(this.#time, length),
      ...inferDirections(columns, length, this.#options),
    };
  }

  /** Makes the row just written part of the batch if its time lies in the lake's range; else says why not. */
  #commit(timestamp: number | undefined): string | undefined {
    const row = this.#length;
    let time = this.#start === undefined ? -1 : this.#start.longs[row]!;
    let name = 'start';
    if (time < 0 && this.#end !== undefined) {
      time = this.#end.longs[row]!;
      name = 'end';
    }
    if (time < 0 && timestamp !== undefined) {
      time = Math.floor(timestamp / 1000);
      name = 'timestamp';
    }
    if (time < 0) return 'the record has no time: neither `start` nor `end`, and no timestamp came with it';
    if (time < FIRST_TIME || time > this.#options.arrival + DAY) {
      return `\`${name}\` is ${describeTime(time)}, outside ${describeTime(FIRST_TIME)} to ${describeTime(this.#options.arrival + DAY)}`;
    }
    this.#time[row] = time;
    this.#length++;
    return undefined;
  }

  #grow(): void {
    this.#capacity *= 2;
    const capacity = this.#capacity;
    for (const slot of this.#slots) {
      if (slot.kind === INT32) slot.ints = copied(slot.ints, new Int32Array(capacity));
      else if (slot.kind === INT64) slot.longs = copied(slot.longs, new Float64Array(capacity));
      else slot.codes = copied(slot.codes, new Uint32Array(capacity));
    }
    this.#time = copied(this.#time, new Float64Array(capacity));
  }
}

function copied<T extends Int32Array | Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A view where the slack is small, a copy where it would waste memory. */
function trimmed<T extends Int32Array | Float64Array | Uint32Array>(values: T, length: number): T {
  return (length * 4 >= values.length * 3 ? values.subarray(0, length) : values.slice(0, length)) as T;
}

function describeTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString().replace('.000Z', 'Z');
}
