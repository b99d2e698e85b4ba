import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import type { ColumnValues, ParquetColumn } from '../../../shared/lake/parquet/column.ts';
import { encodeParquet } from '../../../shared/lake/parquet/file.ts';
import { hasPyarrow, readWithDuckdb, readWithHyparquet, readWithPyarrow } from '../../support/parquet-readers.ts';

type Values = readonly (number | string | null)[];

/** A column as the encoder takes it: texts by index, nulls as levels. */
function columnValues(type: ParquetColumn['type'], values: Values): ColumnValues {
  const present = values.filter((value) => value !== null);
  const levels = present.length === values.length ? null : Uint8Array.from(values, (value) => Number(value !== null));
  if (type !== 'string') return { kind: 'int', values: Float64Array.from(present, Number), levels };
  const texts = [...new Set(present.map(String))];
  const indexOf = new Map(texts.map((text, index) => [text, index]));
  return { kind: 'text', indices: Uint32Array.from(present, (text) => indexOf.get(String(text))!), texts, levels };
}

function encode(type: ParquetColumn['type'], groups: readonly Values[]): Uint8Array {
  return encodeParquet({
    columns: [{ name: 'value', type }],
    rowGroups: groups.map((values) => ({ rows: values.length, values: () => columnValues(type, values) })),
    metadata: {},
    createdBy: 'test',
  });
}

/** Values as columns hold them: steady, repeating, in runs, climbing, or wild; with or without nulls. */
function columnOf<T>(value: fc.Arbitrary<T>, wild: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> {
  const few = fc
    .array(value, { minLength: 1, maxLength: 9 })
    .chain((choice) => fc.array(fc.constantFrom(...choice), { maxLength: 700 }));
  const runs = fc
    .array(fc.tuple(value, fc.integer({ min: 1, max: 90 })), { maxLength: 12 })
    .map((parts) => parts.flatMap(([part, count]) => Array.from({ length: count }, () => part)));
  const all = fc.oneof(few, runs, fc.array(value, { maxLength: 700 }), fc.array(wild, { maxLength: 400 }));
  const withNulls = all.chain((values) =>
    fc
      .array(fc.boolean(), { minLength: values.length, maxLength: values.length })
      .map((drop) => values.map((one, row) => (drop[row] === true ? null : one))),
  );
  return fc.oneof(all, withNulls, fc.array(fc.constant(null), { maxLength: 40 }));
}

const int32 = columnOf(fc.nat(70_000), fc.nat(2 ** 31 - 1));
const int64 = columnOf(
  fc.integer({ min: 1_767_225_600, max: 1_767_229_200 }),
  fc.oneof(fc.nat(10 ** 6), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
);
const text = columnOf(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: 'grapheme' })),
);

const COLUMNS: readonly (readonly [ParquetColumn['type'], fc.Arbitrary<Values>])[] = [
  ['int32', int32],
  ['int64', int64],
  ['string', text],
];

describe.each(COLUMNS)('%s columns', (type, column) => {
  test('hyparquet reads back every value of every row group', async () => {
    const groups = fc.array(column, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(groups, async (groups) => {
        const rows = await readWithHyparquet(encode(type, groups));
        expect(rows.map(({ value }) => value)).toEqual(groups.flat());
      }),
      { numRuns: 200 },
    );
  });

  test('DuckDB reads back every value', async () => {
    await fc.assert(
      fc.asyncProperty(column, async (values) => {
        const rows = await readWithDuckdb(encode(type, [values]));
        expect(rows.map(({ value }) => value)).toEqual(values);
      }),
      { numRuns: 25 },
    );
  });

  test.skipIf(!hasPyarrow)('pyarrow reads back every value (needs .cache/venv with pyarrow)', async () => {
    const samples = fc.sample(column, { numRuns: 60, seed: 7 });
    const rows = await readWithPyarrow(encode(type, samples));
    expect(rows.map(({ value }) => value)).toEqual(samples.flat());
  });

  test('statistics bound the values exactly', () => {
    fc.assert(
      fc.property(column, (values) => {
        const body = encode(type, [values]);
        const { row_groups } = parquetMetadata(body.slice().buffer);
        const statistics = row_groups[0]!.columns[0]!.meta_data!.statistics!;
        const present = values.filter((value) => value !== null).toSorted(type === 'string' ? byUtf8 : byNumber);
        expect(Number(statistics.null_count)).toBe(values.length - present.length);
        expect(numberOrText(statistics.min_value)).toEqual(present[0]);
        expect(numberOrText(statistics.max_value)).toEqual(present.at(-1));
      }),
    );
  });
});

function byNumber(a: number | string, b: number | string): number {
  return Number(a) - Number(b);
}

function byUtf8(a: number | string, b: number | string): number {
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function numberOrText(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

test('a file without row groups is readable and empty', async () => {
  const body = encode('int32', []);
  expect(await readWithHyparquet(body)).toEqual([]);
  expect(await readWithDuckdb(body)).toEqual([]);
});

test('a chunk of one repeated value takes a run, not a value a record', () => {
  const size = (rows: number): number => encode('string', [Array.from({ length: rows }, () => 'eni-0a1b2c3d')]).length;
  expect(size(100_000) - size(1000)).toBeLessThan(20);
});

test.each([
  ['times that climb', (row: number) => 1_767_225_600 + row * 3 + (row % 7), 'DELTA_BINARY_PACKED'],
  ['a few values in any order', (row: number) => [443, 53, 5432][(row * row) % 3]!, 'RLE_DICTIONARY'],
  ['values far apart', (row: number) => (row % 2) * 2 ** 50 + row, 'PLAIN'],
])('%s are encoded as suits them', (_, value, encoding) => {
  const values = Array.from({ length: 1000 }, (_, row) => value(row));
  const { row_groups } = parquetMetadata(encode('int64', [values]).slice().buffer);
  expect(row_groups[0]!.columns[0]!.meta_data!.encodings).toContain(encoding);
  expect(row_groups[0]!.columns[0]!.meta_data!.encodings).toHaveLength(encoding === 'RLE_DICTIONARY' ? 3 : 2);
});

test('texts that compress badly are stored as they are, those that compress well as Zstandard', () => {
  const codecOf = (values: Values): string => {
    const { row_groups } = parquetMetadata(encode('string', [values]).slice().buffer);
    return row_groups[0]!.columns[0]!.meta_data!.codec;
  };
  expect(codecOf(['198.51.100.7'])).toBe('UNCOMPRESSED');
  expect(codecOf(Array.from({ length: 500 }, (_, host) => `198.51.100.${host % 250}`))).toBe('ZSTD');
});
