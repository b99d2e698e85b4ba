/** Values of a batch's columns to classes of a field's plan, for any row. */
import type { AddressTable, ColumnBatch, Dictionary } from '../flow/columns.ts';
import type { Scratch } from './scratch.ts';
import { rangeOfAddress, rangesOfTable, type AddressStarts } from './address-ranges.ts';
import { lastAtMost } from './last-at-most.ts';
import type { FieldPlan } from './plan.ts';

/**
 * Where a field's values are: in one column, or (for a derived field) in one of two, as the initiator tells:
 * `values` where the source opened the connection, `others` where the destination did, else null.
 */
export interface IntValues {
  readonly kind: 'int';
  readonly values: Int32Array | Float64Array;
  readonly others: Int32Array | Float64Array | undefined;
}

/** Codes of texts or addresses, as {@link IntValues}. */
export interface CodeValues {
  readonly kind: 'code';
  readonly codes: Uint32Array | Uint8Array;
  readonly others: Uint32Array | undefined;
  readonly dictionary: Dictionary;
  /** The dictionary's addresses as numbers, where it holds addresses. */
  readonly addresses: AddressTable | undefined;
}

/** A field's values in a batch. */
export type FieldValues = IntValues | CodeValues;

/** Finds fields' values in one batch; addresses that several fields share are looked up once. */
export class BatchReader {
  readonly batch: ColumnBatch;
  readonly #addresses: AddressStarts;
  readonly #scratch: Scratch;
  /** The addresses of the address columns, which share a dictionary. */
  #table: AddressTable | undefined;
  /** By code of that dictionary: the range of {@link AddressStarts}, -1 where it has not been asked for. */
  #ranges: Int32Array = new Int32Array(0);
  /** Whether every address has been asked for. */
  #isComplete = false;

  constructor(batch: ColumnBatch, addresses: AddressStarts, scratch: Scratch) {
    this.batch = batch;
    this.#addresses = addresses;
    this.#scratch = scratch;
  }

  /** The values of a plan's field; undefined where the batch's format can't tell it: it is null in every record. */
  values(plan: FieldPlan): FieldValues | undefined {
    const { batch } = this;
    switch (plan.column) {
      case 'initiator':
        return codeValues(batch.initiator, undefined, ['', 'src', 'dst']);
      case 'direction':
        return codeValues(batch.direction, undefined, ['', 'ingress', 'egress']);
      case 'client':
        return this.#either('srcaddr', 'dstaddr');
      case 'server':
        return this.#either('dstaddr', 'srcaddr');
      case 'client_port':
        return this.#either('srcport', 'dstport');
      case 'server_port':
        return this.#either('dstport', 'srcport');
      default:
        return this.#either(plan.column, undefined);
    }
  }

  /** Adds `stride` times the class of each of `count` rows' values to `out`. */
  addClasses(plan: FieldPlan, stride: number, rows: Uint32Array, count: number, out: Uint32Array): void {
    const values = this.values(plan)!;
    if (values.kind === 'code') this.#addCodes(plan, values, stride, rows, count, out);
    else if (plan.kind === 'table') this.#addSmall(plan.classes, values, stride, rows, count, out);
    else if (plan.kind === 'ranges') this.#addInts(plan, values, stride, rows, count, out);
  }

  // The loops are apart, so that each is a tight one over typed arrays.

  #addSmall(
    classes: Uint16Array,
    { values, others }: IntValues,
    stride: number,
    rows: Uint32Array,
    count: number,
    out: Uint32Array,
  ): void {
    if (others === undefined) {
      for (let i = 0; i < count; i++) out[i]! += stride * classes[values[rows[i]!]! + 1]!;
      return;
    }
    const { initiator } = this.batch;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      // 1 takes the first, 2 the second, 0 neither: by masks, as which it is can't be foretold
      const from = initiator[row]!;
      const first = -(from & 1);
      const second = -(from >> 1);
      const value = (values[row]! & first) | (others[row]! & second) | ~(first | second);
      out[i]! += stride * classes[value + 1]!;
    }
  }

  #addInts(
    plan: FieldPlan & { readonly kind: 'ranges' },
    { values }: IntValues,
    stride: number,
    rows: Uint32Array,
    count: number,
    out: Uint32Array,
  ): void {
    const { starts, classes } = plan;
    for (let i = 0; i < count; i++) {
      const value = values[rows[i]!]!;
      out[i]! += stride * (value < 0 ? plan.null : classes[lastAtMost(starts, value)]!);
    }
  }

  #addCodes(
    plan: FieldPlan,
    values: CodeValues,
    stride: number,
    rows: Uint32Array,
    count: number,
    out: Uint32Array,
  ): void {
    const { codes, others } = values;
    const known = this.#classesByCode(plan, values, rows, count);
    if (others === undefined) {
      for (let i = 0; i < count; i++) out[i]! += stride * known[codes[rows[i]!]!]!;
      return;
    }
    const { initiator } = this.batch;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const from = initiator[row]!;
      out[i]! += stride * known[(codes[row]! & -(from & 1)) | (others[row]! & -(from >> 1))]!;
    }
  }

  /** The class of every code that the rows hold: of all codes, unless the rows are so few that most would be for nothing. */
  #classesByCode(plan: FieldPlan, values: CodeValues, rows: Uint32Array, count: number): Uint32Array {
    const { codes, others, dictionary, addresses } = values;
    const known = this.#scratch.known(dictionary.length);
    known[0] = plan.null;
    if (dictionary.length <= count) {
      if (plan.kind === 'address' && addresses !== undefined) {
        const { classes } = plan;
        const ranges = this.#allRanges(addresses);
        for (let code = 1; code < dictionary.length; code++) known[code] = classes[ranges[code]!]!;
      } else {
        for (let code = 1; code < dictionary.length; code++) known[code] = this.#classOf(plan, values, code);
      }
      return known;
    }
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      known[codes[row]!] = this.#classOf(plan, values, codes[row]!);
      if (others !== undefined) known[others[row]!] = this.#classOf(plan, values, others[row]!);
    }
    return known;
  }

  #classOf(plan: FieldPlan, { dictionary, addresses }: CodeValues, code: number): number {
    if (code === 0) return plan.null;
    if (plan.kind === 'text') return plan.classes.get(dictionary[code]!) ?? plan.other;
    if (plan.kind === 'pattern') return plan.classes.classOf(dictionary[code]!);
    if (plan.kind === 'address' && addresses !== undefined) return plan.classes[this.#rangeOf(addresses, code)]!;
    return plan.null;
  }

  #either(column: string, otherColumn: string | undefined): FieldValues | undefined {
    const one = this.batch.columns.get(column);
    const other = otherColumn === undefined ? undefined : this.batch.columns.get(otherColumn);
    if (one === undefined || (otherColumn !== undefined && other?.kind !== one.kind)) return undefined;
    if (one.kind === 'int')
      return { kind: 'int', values: one.values, others: other?.kind === 'int' ? other.values : undefined };
    return codeValues(one.codes, other?.kind === 'text' ? other.codes : undefined, one.dictionary, one.addresses);
  }

  #rangeOf(addresses: AddressTable, code: number): number {
    const ranges = this.#rangesFor(addresses);
    let range = ranges[code]!;
    if (range === -1) ranges[code] = range = rangeOfAddress(this.#addresses, addresses, code);
    return range;
  }

  #allRanges(addresses: AddressTable): Int32Array {
    const ranges = this.#rangesFor(addresses);
    if (!this.#isComplete) rangesOfTable(this.#addresses, addresses, ranges);
    this.#isComplete = true;
    return ranges;
  }

  #rangesFor(addresses: AddressTable): Int32Array {
    if (addresses !== this.#table) {
      this.#table = addresses;
      this.#isComplete = false;
      this.#ranges = this.#scratch.ranges(addresses.families.length).fill(-1);
    }
    return this.#ranges;
  }
}

function codeValues(
  codes: Uint32Array | Uint8Array,
  others: Uint32Array | undefined,
  dictionary: Dictionary,
  addresses?: AddressTable,
): CodeValues {
  return { kind: 'code', codes, others, dictionary, addresses };
}
