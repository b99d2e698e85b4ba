import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { athenaQuery, insightsQuery } from '../../shared/alerts/queries.ts';
import type { FieldValue } from '../../shared/flow/columns.ts';

const sought = (group: Record<string, FieldValue>, from = 100, to = 200) => ({
  table: 'vpc' as const,
  group: new Map(Object.entries(group)),
  from,
  to,
});

describe('athena', () => {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`
      CREATE TABLE flows (row INTEGER, interface_id VARCHAR, srcaddr VARCHAR, dstaddr VARCHAR, srcport INTEGER,
        dstport INTEGER, start BIGINT, "end" BIGINT, initiator VARCHAR, server_port INTEGER);
      INSERT INTO flows VALUES
        (1, 'eni-1', '203.0.113.9', '10.0.0.5', 4444, 22, 100, 160, 'src', 22),
        (2, 'eni-1', '10.0.0.5', '203.0.113.9', 22, 4444, 200, 260, 'dst', 22),
        (3, 'eni-1', '203.0.113.9', '10.0.0.5', 4444, 22, 201, 260, 'src', 22),
        (4, NULL, NULL, NULL, NULL, NULL, 150, 210, NULL, NULL),
        (5, 'o''hara''s', '198.51.100.7', '10.0.0.5', 5555, 80, 150, 210, NULL, NULL);`);
    connection.closeSync();
  });
  afterAll(() => instance.closeSync());

  test.each<[string, Record<string, FieldValue>, readonly number[]]>([
    ['a text, within the time', { srcaddr: '203.0.113.9' }, [1]],
    ['a number and a text', { interface_id: 'eni-1', server_port: 22 }, [1, 2]],
    ['null, which equals nothing', { srcaddr: null }, [4]],
    ['who opened the connection', { client: '203.0.113.9', server: '10.0.0.5', client_port: 4444 }, [1, 2]],
    ['a column named as a word of SQL', { end: 160 }, [1]],
    ['quotes', { interface_id: "o'hara's" }, [5]],
    ['an attempt to write SQL', { interface_id: "' OR 1=1 --" }, []],
    ['a group of everything', {}, [1, 2, 4, 5]],
    ['what is no column of the lake left out', { direction: 'ingress', server_port: 22 }, [1, 2]],
  ])('selects %s', async (_, group, rows) => {
    const connection = await instance.connect();
    const result = await connection.runAndReadAll(athenaQuery(sought(group)));
    expect(new Set(result.getRowObjects().map(({ row }) => row))).toEqual(new Set(rows));
    connection.closeSync();
  });

  test('looks for records of transit gateways in their own view', () => {
    expect(athenaQuery({ ...sought({ tgw_id: 'tgw-1' }), table: 'tgw' })).toMatch(/^SELECT \* FROM tgw_flows WHERE /);
  });

  test('says what it left out', () => {
    expect(athenaQuery(sought({ direction: 'ingress' }))).toMatch(/ -- not a column: direction$/);
  });
});

describe('insights', () => {
  test('looks for whole words, and says the time in a comment', () => {
    const query = insightsQuery(sought({ srcaddr: '203.0.113.9', dstport: 22, vpc_id: null, direction: 'egress' }));
    expect(query).toBe(
      [
        '# time range: 1970-01-01T00:01:40Z to 1970-01-01T00:03:20Z',
        'fields @timestamp, @logStream, @message',
        String.raw`| filter @message like /(^| )203\.0\.113\.9( |$)/`,
        '| filter @message like /(^| )22( |$)/',
        '| sort @timestamp asc',
        '| limit 1000',
      ].join('\n'),
    );
  });

  test('a value can not leave its pattern', () => {
    expect(insightsQuery(sought({ interface_tag: '/ | delete [a]*' }))).toContain(
      String.raw`like /(^| )\/ \| delete \[a\]\*( |$)/`,
    );
  });
});
