/** Lines into columns: the scanner's inner loop, and the slower way for lines that are not plain. */
import { AddressTableBuilder } from './address.ts';
import type { Column, ColumnBatch, FieldValue, TextColumn } from './columns.ts';
import { DictionaryBuilder, isPlain, NOT_A_VALUE, type Acceptance } from './dictionary.ts';
import { inferDirections, type DirectionOptions } from './direction.ts';
import type { Field } from './fields.ts';
import type { Format } from './format.ts';
import { checkText, parseLine, toSeconds } from './parse.ts';

const SPACE = 0x20;
const DASH = 0x2d;
const ZERO = 0x30;

/** The lake's range begins here: 2014-01-01T00:00:00Z, Unix seconds. VPC Flow Logs came in 2015. */
export const FIRST_TIME = Date.UTC(2014, 0, 1) / 1000;
const DAY = 86_400;
const HOUR = 3600;
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
  /** The value scanned last, its place in the payload and its code: in real traffic the likeliest next one. */
  lastAt: number;
  lastLength: number;
  lastCode: number;
}

const FIRST_CAPACITY = 16_384;
const NO_INTS = new Int32Array(0);
const NO_LONGS = new Float64Array(0);
const NO_CODES = new Uint32Array(0);

/** Stands where a field has no texts. */
const NO_TEXTS = new DictionaryBuilder(isPlain);

/**
 * Collects lines of one format as columns, batch after batch. A line is added whole or not at all.
 *
 * A builder is worth keeping: its memory serves again, and V8 keeps the code it has optimised for an object's hidden
 * class only as long as there is such an object.
 */
export class BatchBuilder {
  readonly format: Format;
  #options: BuildOptions;
  readonly #slots: readonly Slot[];
  readonly #start: Slot | undefined;
  readonly #end: Slot | undefined;
  #time: Float64Array;
  #capacity: number;
  #length = 0;

  constructor(format: Format, options: BuildOptions) {
    this.format = format;
    this.#options = options;
    const capacity = FIRST_CAPACITY;
    this.#capacity = capacity;
    this.#time = new Float64Array(capacity);
    const table = new AddressTableBuilder();
    // an address has no byte that is not plain
    const addresses = new DictionaryBuilder((bytes, from, to) => table.read(bytes, from, to), table);
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
          field.type === 'address' ? addresses : kind === TEXT ? new DictionaryBuilder(acceptanceOf(field)) : NO_TEXTS,
        lastAt: 0,
        lastLength: 0,
        lastCode: 0,
      };
    });
    this.#start = this.#slots[format.fields.findIndex((field) => field.name === 'start')];
    this.#end = this.#slots[format.fields.findIndex((field) => field.name === 'end')];
  }

  /** Starts a batch, dropping what was added to an unfinished one. */
  start(options: BuildOptions): void {
    this.#options = options;
    this.#length = 0;
    for (const slot of this.#slots) {
      slot.lastCode = 0;
      slot.dictionary.clear();
    }
  }

  /**
   * Adds the line that starts at `from` if it is plain: values of the right types between single spaces,
   * without quotes or backslashes, up to the byte `terminator` (`view` is over `buffer`). Returns where the terminator stands, or -1, which leaves
   * the batch as it was; {@link addLine} then says why, or reads the line after all. `timestamp`: CloudWatch's, Unix ms.
   */
  scanLine(
    buffer: Uint8Array,
    view: DataView,
    from: number,
    terminator: number,
    timestamp: number | undefined,
  ): number {
    const row = this.#length;
    if (row === this.#capacity) this.#grow();
    const slots = this.#slots;
    const last = slots.length - 1;
    let at = from;
    for (let field = 0; field <= last; field++) {
      const slot = slots[field]!;
      const ending = field === last ? terminator : SPACE;
      const isNull = buffer[at] === DASH && buffer[at + 1] === ending;
      if (isNull) {
        if (slot.required) return -1;
        at++;
      }
      // a null is written where a value would be: V8 throws optimised code away when a line of it is met for the first time
      if (slot.kind === TEXT) {
        let code = 0;
        if (!isNull) {
          const end = at + slot.lastLength;
          if (slot.lastCode !== 0 && buffer[end] === ending && sameBytes(view, at, slot.lastAt, end)) {
            code = slot.lastCode;
            at = end;
          } else {
            code = slot.dictionary.scan(buffer, view, at, ending);
            if (code === NOT_A_VALUE) return -1;
            slot.lastAt = at;
            at = slot.dictionary.end;
            slot.lastLength = at - slot.lastAt;
            slot.lastCode = code;
          }
        }
        slot.codes[row] = code;
      } else {
        let value = -1;
        if (!isNull) {
          const begin = at;
          value = 0;
          for (let digit = buffer[at]! - ZERO; digit >= 0 && digit <= 9; digit = buffer[++at]! - ZERO) {
            value = value * 10 + digit;
          }
          const digits = at - begin;
          if (digits === 0 || digits > MOST_DIGITS || (digits > 1 && buffer[begin] === ZERO)) return -1;
          if (value > slot.max || value < slot.min) return -1;
        }
        if (slot.kind === INT32) slot.ints[row] = value;
        else slot.longs[row] = slot.isTime ? toSeconds(value) : value;
      }
      if (buffer[at] !== ending) return -1;
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

  /** The records added since the start, as columns; undefined where there are none. */
  finish(): ColumnBatch | undefined {
    const length = this.#length;
    if (length === 0) return undefined;
    const columns = new Map<string, Column>();
    /** Address columns share a dictionary, and so its texts and numbers. */
    const dictionaries = new Map<DictionaryBuilder, Pick<TextColumn, 'dictionary' | 'addresses'>>();
    for (const [field, { column }] of this.format.fields.entries()) {
      const { kind, ints, longs, codes, dictionary } = this.#slots[field]!;
      if (kind === TEXT) {
        const texts = dictionaries.get(dictionary) ?? textsOf(dictionary);
        dictionaries.set(dictionary, texts);
        columns.set(column, { kind: 'text', codes: codes.slice(0, length), ...texts });
      } else columns.set(column, { kind: 'int', values: (kind === INT32 ? ints : longs).slice(0, length) });
    }
    return {
      table: this.format.table,
      format: this.format,
      length,
      columns,
      time: this.#time.slice(0, length),
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
    const end = this.#end === undefined ? -1 : this.#end.longs[row]!;
    const latest = this.#options.arrival + DAY;
    // a record ends an aggregation interval after it starts
    const reason =
      this.#checkTime(name, time, latest) ?? (end < 0 ? undefined : this.#checkTime('end', end, latest + HOUR));
    if (reason !== undefined) return reason;
    this.#time[row] = time;
    this.#length++;
    return undefined;
  }

  /** Why a time lies outside the lake's range; undefined within. */
  #checkTime(name: string, time: number, latest: number): string | undefined {
    if (time < FIRST_TIME) {
      return `\`${name}\` is ${describeTime(time)}, before ${describeTime(FIRST_TIME)}, where the lake begins`;
    }
    // without the time of arrival, so that the reason is the same whenever the line comes
    if (time > latest) return `\`${name}\` is ${describeTime(time)}, more than a day after it arrived`;
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

function textsOf(dictionary: DictionaryBuilder): Pick<TextColumn, 'dictionary' | 'addresses'> {
  const addresses = dictionary.addressTable();
  return { dictionary: dictionary.texts(), ...(addresses === undefined ? {} : { addresses }) };
}

/** Which texts a field takes. */
function acceptanceOf(field: Field): Acceptance {
  if (field.values === undefined && field.pattern === undefined) return isPlain;
  return (bytes, from, to) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
    return isPlain(bytes, from, to) && checkText(field, text) === undefined;
  };
}

/** Whether the bytes from `at` to `end` are those at `other`; both are followed by at least one more byte. */
function sameBytes(view: DataView, at: number, other: number, end: number): boolean {
  const whole = end - 4;
  if (at > whole) {
    for (let i = at, j = other; i < end; i++, j++) if (view.getUint8(i) !== view.getUint8(j)) return false;
    return true;
  }
  const shift = other - at;
  for (let i = at; i < whole; i += 4) if (view.getInt32(i, true) !== view.getInt32(i + shift, true)) return false;
  return view.getInt32(whole, true) === view.getInt32(whole + shift, true);
}

function copied<T extends Int32Array | Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function describeTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString().replace('.000Z', 'Z');
}
