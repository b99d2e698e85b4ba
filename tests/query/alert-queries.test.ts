/** The queries that alerts carry find the alerts' records. */
import { afterAll, describe, expect, test } from 'vitest';
import { openDuckDb } from '../../shared/adapters/local/duckdb.ts';
import type { FieldValue } from '../../shared/flow/columns.ts';
import { alertQueries } from '../../shared/query/alert-queries.ts';
import { checkExpression } from '../../shared/rules/check.ts';
import type { Expression } from '../../shared/rules/expression.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { checked } from './lake-of-rules.ts';

const queriesOf = alertQueries(['10.0.0.0/8']);

/** The queries of a group of a rule that looks at everything, if not told otherwise. */
function queries(group: Record<string, FieldValue>, rule: Partial<Rule> = {}, from = 100, to = 201) {
  return queriesOf({
    rule: ruleOf({ id: 'r', by: Object.keys(group), ...rule }),
    group: Object.values(group),
    from,
    to,
  });
}

describe('athena', () => {
  const engine = openDuckDb({
    setup: `
      CREATE TABLE flows (row INTEGER, interface_id VARCHAR, srcaddr VARCHAR, dstaddr VARCHAR, srcport INTEGER,
        dstport INTEGER, start BIGINT, "end" BIGINT, action VARCHAR, initiator VARCHAR, server_port INTEGER,
        flow_direction VARCHAR DEFAULT NULL, day DATE DEFAULT '1970-01-01',
        arrived VARCHAR DEFAULT '1970-01-01-00');
      INSERT INTO flows BY POSITION VALUES
        (1, 'eni-1', '203.0.113.9', '10.0.0.5', 4444, 22, 100, 160, 'REJECT', 'src', 22, DEFAULT, DEFAULT, DEFAULT),
        (2, 'eni-1', '10.0.0.5', '203.0.113.9', 22, 4444, 200, 260, 'ACCEPT', 'dst', 22, DEFAULT, DEFAULT, DEFAULT),
        (3, 'eni-1', '203.0.113.9', '10.0.0.5', 4444, 22, 201, 260, 'ACCEPT', 'src', 22, DEFAULT, DEFAULT, DEFAULT),
        (4, NULL, NULL, NULL, NULL, NULL, NULL, 150, NULL, NULL, NULL, DEFAULT, DEFAULT, DEFAULT),
        (5, 'o''hara''s', '198.51.100.7', '10.0.0.5', 5555, 80, 150, 210, 'ACCEPT', NULL, NULL, DEFAULT, DEFAULT, DEFAULT)`,
  });
  afterAll(() => engine.close());

  async function rowsOf(sql: string): Promise<readonly number[]> {
    const { columns, rows } = await engine.query(sql);
    const row = columns.findIndex(({ name }) => name === 'row');
    return rows.map((values) => Number(values[row])).toSorted((a, b) => a - b);
  }

  test.each<[string, Record<string, FieldValue>, readonly number[]]>([
    ['a text, within the time', { srcaddr: '203.0.113.9' }, [1]],
    ['a number and a text', { interface_id: 'eni-1', server_port: 22 }, [1, 2]],
    ['null, which equals nothing', { srcaddr: null }, [4]],
    ['who opened the connection', { client: '203.0.113.9', server: '10.0.0.5', client_port: 4444 }, [1, 2]],
    ['a column named as a word of SQL', { end: 160 }, [1]],
    ['quotes', { interface_id: "o'hara's" }, [5]],
    ['an attempt to write SQL', { interface_id: "' OR 1=1 --" }, []],
    ['a group of everything', {}, [1, 2, 4, 5]],
    ['the direction, by the configured networks', { direction: 'ingress' }, [1, 5]],
  ])('selects %s', async (_, group, rows) => {
    expect(await rowsOf(queries(group).athena)).toEqual(rows);
  });

  test('asks for what the rule looks at, and for what it leaves out, as the rule does', async () => {
    const where = checked('action in (ACCEPT, REJECT)');
    expect(await rowsOf(queries({}, { where }).athena)).toEqual([1, 2, 5]);
    // of an exception that is unknown nothing is kept out
    expect(await rowsOf(queries({}, { where, except: checked('initiator = src') }).athena)).toEqual([2, 5]);
  });

  test('asks for both parts of a sequence', async () => {
    const condition = { ...windowOf(600, 'count() >= 1'), then: { where: checked('srcport = 5555'), within: 600 } };
    expect(await rowsOf(queries({}, { where: checked('action = REJECT'), condition }).athena)).toEqual([1, 5]);
  });

  test('leaves out what is too long, and nothing else', async () => {
    const entries = Array.from({ length: 3000 }, (_, at) => `192.0.${at >> 4}.${(at % 16) * 16}/28`);
    const lists = new Map([['threats', { name: 'threats', entries }]]);
    const said = (text: string): Expression => checkExpression(text, lists).expression!;
    const rule = { where: said('srcaddr in @threats and action = REJECT'), except: said('dstaddr in @threats') };
    const { athena } = queries({ interface_id: 'eni-1' }, rule);
    expect(athena.length).toBeLessThan(450);
    expect(await rowsOf(athena)).toEqual([1]);
    const inline = `dstport in (${Array.from({ length: 1500 }, (_, at) => at * 2).join(', ')})`;
    expect(queries({}, { where: checked(inline) }).athena.length).toBeLessThan(450);
  });

  test('looks for records of transit gateways in their own view', () => {
    const where = checked('packets_lost_blackhole > 0');
    expect(queries({ tgw_id: 'tgw-1' }, { where }).athena).toMatch(/^SELECT \* FROM tgw_flows WHERE /);
  });

  test('names days and hours of arrival, so that folders are left unopened', () => {
    const [from, to] = [Date.parse('2026-11-03T23:50:00Z') / 1000, Date.parse('2026-11-04T00:00:00Z') / 1000];
    const { athena } = queries({}, {}, from, to);
    expect(athena).toContain(`day >= DATE '2026-11-03'`);
    expect(athena).toContain(`day <= DATE '2026-11-03'`);
    expect(queries({}, {}, from, to + 1).athena).toContain(`day <= DATE '2026-11-04'`);
    // compacted records have no hour of arrival; a record's time may run ahead of its arrival by a day
    expect(athena).toContain(`(arrived IS NULL OR arrived >= '2026-11-02-23')`);
  });
});

describe('insights', () => {
  const filters = (text: string): readonly string[] =>
    text.split('\n').flatMap((line) => /^\| filter @message like \/(.*)\/$/.exec(line)?.[1] ?? []);

  test('looks for whole words, and says the time in a comment', () => {
    const { insights } = queries({ srcaddr: '203.0.113.9', dstport: 22, vpc_id: null, direction: 'egress' });
    expect(insights).toBe(
      [
        '# time range: 1970-01-01T00:01:40Z to 1970-01-01T00:03:21Z',
        'fields @timestamp, @logStream, @message',
        String.raw`| filter @message like /(^| )203\.0\.113\.9( |$)/`,
        '| filter @message like /(^| )22( |$)/',
        '| sort @timestamp asc',
        '| limit 1000',
      ].join('\n'),
    );
  });

  test('a value can not leave its pattern', () => {
    expect(filters(queries({ interface_tag: '/ | delete [a]*' }).insights)).toEqual([
      String.raw`(^| )\/ \| delete \[a\]\*( |$)`,
    ]);
  });

  test.each<[string, readonly string[]]>([
    ['log_status = SKIPDATA', ['(^| )SKIPDATA( |$)']],
    [
      'action = REJECT and (server_port in (22, 3389) and srcaddr != 10.0.0.1)',
      ['(^| )REJECT( |$)', '(^| )(22|3389)( |$)'],
    ],
    ['dstport in (22, 1000-2000)', []],
    ['action = REJECT or dstport = 22', []],
    ['not action = REJECT', []],
    ['direction = ingress and protocol = tcp', []],
    ['dstport = 80', []],
  ])('of %s it asks only for words that must be there', (where, words) => {
    const { insights } = queries({ server_port: 80 }, { where: checked(where) });
    expect(filters(insights)).toEqual(['(^| )80( |$)', ...words]);
  });

  test('of a sequence nothing but the group is in all lines', () => {
    const condition = { ...windowOf(600, 'count() >= 1'), then: { where: checked('action = ACCEPT'), within: 600 } };
    const { insights } = queries({ dstport: 22 }, { where: checked('action = REJECT'), condition });
    expect(filters(insights)).toEqual(['(^| )22( |$)']);
  });
});
