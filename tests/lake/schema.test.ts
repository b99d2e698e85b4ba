import { describe, expect, test } from 'vitest';
import { FIELDS } from '../../shared/flow/fields.ts';
import { lakeColumns } from '../../shared/lake/schema.ts';

const ADDED = ['batch', 'initiator', 'server_port', 'source_account', 'source_region', 'source'];

describe.each(['vpc', 'tgw'] as const)("the lake's columns for %s records", (table) => {
  const columns = lakeColumns(table);

  test('are every field of the table and what Sekisho adds', () => {
    const fields = FIELDS.filter(({ tables }) => tables.includes(table)).map(({ column }) => column);
    expect(columns.map(({ name }) => name)).toEqual([...fields, ...ADDED]);
  });

  test('have names that differ', () => {
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
  });
});

test('types are those that AWS documents for its own tables', () => {
  const types = new Map(lakeColumns('vpc').map(({ name, type }) => [name, type]));
  expect(types.get('protocol')).toBe('int32');
  expect(types.get('bytes')).toBe('int64');
  expect(types.get('start')).toBe('int64');
  expect(types.get('srcaddr')).toBe('string');
  expect(types.get('tcp_flags')).toBe('int32');
  expect(types.get('server_port')).toBe('int32');
  const transit = new Map(lakeColumns('tgw').map(({ name, type }) => [name, type]));
  expect(transit.get('protocol')).toBe('int64');
  expect(transit.get('packets_lost_no_route')).toBe('int64');
  expect(transit.has('action')).toBe(false);
});
