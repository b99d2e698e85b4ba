import { parquetMetadata, parquetSchema } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { INITIATORS, valueAt, type ColumnBatch } from '../../shared/flow/columns.ts';
import { encodeObject, ROW_GROUP_RECORDS } from '../../shared/lake/encode.ts';
import { lakeColumns } from '../../shared/lake/schema.ts';
import { batchId, delivery, type RecordInput } from '../support/batches.ts';
import {
  hasPyarrow,
  readWithDuckdb,
  readWithHyparquet,
  readWithPyarrow,
  type Row,
} from '../support/parquet-readers.ts';

const VERSION_2 = {
  version: 2,
  account_id: '123456789012',
  interface_id: 'eni-0a1b2c3d',
  srcaddr: '203.0.113.9',
  dstaddr: '10.0.1.5',
  srcport: 51_514,
  dstport: 22,
  protocol: 6,
  packets: 3,
  bytes: 180,
  start: 1_767_225_600,
  end: 1_767_225_660,
  action: 'REJECT',
  log_status: 'OK',
} as const;

const TAGGED = 'version interface-id srcaddr pkt-srcaddr tcp-flags instance-tag bytes start end action';

/** Deliveries of several formats, with every kind of value a column may hold. */
const mixed = [
  delivery({
    id: batchId(1),
    batches: [
      {
        format: 'default',
        records: [
          { fields: VERSION_2, initiator: 'src' },
          { fields: { ...VERSION_2, srcport: 22, dstport: 51_514, action: 'ACCEPT' }, initiator: 'dst' },
          { fields: { version: 2, interface_id: 'eni-0a1b2c3d', start: 1_767_225_600, log_status: 'NODATA' } },
        ],
      },
      {
        format: TAGGED,
        records: [
          {
            fields: {
              version: 11,
              interface_id: 'eni-0ffff',
              srcaddr: '2001:db8::1',
              pkt_srcaddr: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
              tcp_flags: 2 ** 31 - 1,
              instance_tag: '関所 🚧 "quoted" \u{10ffff}',
              bytes: Number.MAX_SAFE_INTEGER,
              start: 1_767_225_601,
              end: 1_767_225_601,
            },
          },
        ],
      },
    ],
  }),
  delivery({
    id: batchId(2),
    source: { account: null, region: null, name: null },
    batches: [{ format: 'default', records: [{ fields: { ...VERSION_2, bytes: 0 } }] }],
  }),
];

/** What every reader must find: the records' own values, null elsewhere, and what the lake adds. */
const mixedRows: readonly Row[] = mixed.flatMap(({ id, source, batches }) =>
  batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, row) => {
      const added: Row = {
        batch: id,
        initiator: INITIATORS[batch.initiator[row]!] ?? null,
        server_port: serverPortAt(batch, row),
        source_account: source.account,
        source_region: source.region,
        source: source.name,
      };
      const names = [...Object.keys(VERSION_2), 'tcp_flags', 'pkt_srcaddr', 'instance_tag'];
      return { ...Object.fromEntries(names.map((name) => [name, valueAt(batch, name, row)])), ...added };
    }),
  ),
);

describe('an object of several formats', () => {
  const { body, records } = encodeObject(mixed, 'vpc');

  test('counts its records', () => {
    expect(records).toBe(5);
  });

  test('holds every value as hyparquet reads it', async () => {
    expect(await readWithHyparquet(body)).toEqual(mixedRows);
  });

  test('holds every value as DuckDB reads it', async () => {
    expect(await readWithDuckdb(body)).toEqual(mixedRows);
  });

  test.skipIf(!hasPyarrow)('holds every value as pyarrow reads it (needs .cache/venv with pyarrow)', async () => {
    expect(await readWithPyarrow(body)).toEqual(mixedRows);
  });

  test('has the columns of its formats, of version 2 and the added ones, in the order of the schema', () => {
    const inFile = parquetSchema(parquetMetadata(body.slice().buffer)).children.map(({ element }) => element.name);
    const inSchema = lakeColumns('vpc').map(({ name }) => name);
    expect(inFile).toEqual(inSchema.filter((name) => name in mixedRows[0]!));
  });

  test('says which schema it has', () => {
    const { key_value_metadata, created_by } = parquetMetadata(body.slice().buffer);
    expect(key_value_metadata).toContainEqual({ key: 'sekisho.schema', value: '1' });
    expect(created_by).toMatch(/^sekisho version /);
  });
});

describe('the time of a record', () => {
  const rowsOf = async (format: string, records: readonly RecordInput[]): Promise<Row[]> =>
    readWithHyparquet(encodeObject([delivery({ batches: [{ format, records }] })], 'vpc').body);

  test("is CloudWatch's, stored as start, where the format has neither start nor end", async () => {
    const [row] = await rowsOf('srcaddr dstaddr', [{ fields: { srcaddr: '192.0.2.1' }, timestamp: 1_767_225_600 }]);
    expect(row).toMatchObject({ start: 1_767_225_600, end: null });
  });

  test("is CloudWatch's, stored as start, where the record has neither", async () => {
    const rows = await rowsOf('start end', [
      { fields: { start: 1_767_225_700, end: 1_767_225_760 } },
      { fields: {}, timestamp: 1_767_225_600 },
      { fields: { end: 1_767_225_800 } },
    ]);
    expect(rows).toMatchObject([
      { start: 1_767_225_700, end: 1_767_225_760 },
      { start: 1_767_225_600, end: null },
      { start: null, end: 1_767_225_800 },
    ]);
  });
});

test('transit gateway records go to their own table, with a 64-bit protocol', async () => {
  const deliveries = [
    delivery({
      batches: [
        { format: 'default', records: [{ fields: VERSION_2 }] },
        {
          format: 'version tgw-id protocol start',
          records: [{ fields: { tgw_id: 'tgw-0a1b', protocol: 17, start: 1 } }],
        },
      ],
    }),
  ];
  const { body, records } = encodeObject(deliveries, 'tgw');
  expect(records).toBe(1);
  expect(await readWithHyparquet(body)).toMatchObject([{ tgw_id: 'tgw-0a1b', protocol: 17 }]);
  const schema = parquetSchema(parquetMetadata(body.slice().buffer)).children.map(({ element }) => element);
  expect(schema.find(({ name }) => name === 'protocol')?.type).toBe('INT64');
  expect(schema.some(({ name }) => name === 'action')).toBe(false);
});

test('records are kept in order over batches and row groups, whose sizes are limited', async () => {
  const half = Math.ceil(ROW_GROUP_RECORDS / 2) + 1;
  const records = (first: number) =>
    Array.from({ length: half }, (_, row) => ({ fields: { start: 1, bytes: first + row } }));
  const deliveries = [0, 1, 2].map((index) =>
    delivery({ id: batchId(index), batches: [{ format: 'start bytes', records: records(index * half) }] }),
  );
  const object = encodeObject(deliveries, 'vpc');
  expect(object.records).toBe(3 * half);
  const groups = parquetMetadata(object.body.slice().buffer).row_groups.map(({ num_rows }) => Number(num_rows));
  expect(groups).toEqual([ROW_GROUP_RECORDS, 3 * half - ROW_GROUP_RECORDS]);
  const rows = await readWithHyparquet(object.body);
  expect(rows.every(({ bytes, batch }, row) => bytes === row && batch === batchId(Math.floor(row / half)))).toBe(true);
});

test('an object of no records is valid', async () => {
  const { body, records } = encodeObject([], 'vpc');
  expect(records).toBe(0);
  expect(await readWithDuckdb(body)).toEqual([]);
});

/** The port of the end that did not open the connection, worked out apart from the code under test. */
function serverPortAt(batch: ColumnBatch, row: number): number | null {
  const initiator = batch.initiator[row]!;
  if (initiator === 0) return null;
  const value = valueAt(batch, initiator === 1 ? 'dstport' : 'srcport', row);
  return typeof value === 'number' ? value : null;
}
