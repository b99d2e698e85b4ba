import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDuckDb } from '../../shared/adapters/local/duckdb.ts';
import { inferDirections, servicePortTable } from '../../shared/flow/direction.ts';
import { DERIVED_FIELDS } from '../../shared/flow/derived.ts';
import { FIELDS } from '../../shared/flow/fields.ts';
import { networkTest } from '../../shared/flow/networks.ts';
import type { ColumnBatch, FlowRecord } from '../../shared/flow/columns.ts';
import { expressionSql, fieldSql } from '../../shared/query/expression-sql.ts';
import { longListsOf } from '../../shared/query/long-lists.ts';
import { literal } from '../../shared/query/sql.ts';
import { checkExpression } from '../../shared/rules/check.ts';
import { compileRules } from '../../shared/rules/compile.ts';
import { evaluateRules } from '../../shared/rules/evaluate.ts';
import type { Expression } from '../../shared/rules/expression.ts';
import type { NamedList } from '../../shared/rules/lists.ts';
import { builtInLists } from '../../shared/rules/lists.ts';
import { columnBatch, delivery } from '../support/batches.ts';
import { testLake, type TestLake } from '../support/lakes.ts';
import { ruleOf } from '../support/rules.ts';
import { expression, LISTS, record, WIDE } from '../rules/arbitraries.ts';

const lists = new Map<string, NamedList>([
  ...builtInLists(),
  ...Object.entries(LISTS).map(([name, entries]): [string, NamedList] => [name, { name, entries }]),
]);
const NETWORKS = ['10.0.0.0/8', '2001:db8::/48', '198.51.100.7/32'];
const SCOPE = { table: 'vpc', networks: NETWORKS } as const;
const FORMAT = `version flow-direction ${WIDE}`;

function checked(text: string, own: readonly string[] = []): Expression {
  const { expression, findings } = checkExpression(text, new Map([...lists, ['own', { name: 'own', entries: own }]]));
  if (expression === undefined) throw new Error(`${text}: ${findings[0]?.message}`);
  return expression;
}

/** Records that meet the expressions' values often, numbered by `version`. */
const POOL = fc
  .sample(fc.tuple(record, fc.constantFrom('ingress', 'egress', null)), { numRuns: 400, seed: 7 })
  .map(([{ fields, ...inferred }, flow_direction], version) => ({
    ...inferred,
    fields: { ...fields, version, flow_direction } as FlowRecord,
  }));

function batchOf(): ColumnBatch {
  const batch = columnBatch(FORMAT, POOL);
  const options = { inNetworks: networkTest(NETWORKS), servicePorts: servicePortTable() };
  return { ...batch, direction: inferDirections(batch.columns, batch.length, options).direction };
}

const engine = openDuckDb();
const batch = batchOf();
let lake: TestLake;

beforeAll(async () => {
  lake = testLake();
  await lake.writeRaw('2026-01-05T00:00:00Z', [{ ...delivery({}), batches: [batch] }]);
  await engine.query(`CREATE TABLE flows AS SELECT * FROM read_parquet('${lake.folder}/flows/raw/*/*.parquet')`);
});
afterAll(async () => {
  await engine.close();
  lake[Symbol.dispose]();
});

/** The numbers of the records for which the SQL is true. */
async function found(expression: Expression, longList?: number): Promise<number[]> {
  const { rows } = await engine.query(
    `SELECT version FROM flows WHERE ${expressionSql(expression, { ...SCOPE, longList })} ORDER BY 1`,
    longListsOf([expression], longList),
  );
  return rows.map(([version]) => Number(version));
}

function expected(where: Expression): number[] {
  return evaluateRules(compileRules([ruleOf({ id: 'one', where })]), batch).flatMap(({ rows }) => [...rows]);
}

describe('an expression in SQL', () => {
  test('is true of the records that the compiled engine matches', async () => {
    await fc.assert(
      fc.asyncProperty(expression, async (text) => {
        const where = checked(text);
        expect(await found(where)).toEqual(expected(where));
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    'srcaddr in 10.0.0.1-10.0.1.6',
    'not (srcaddr in 9.255.255.255-172.16.0.1)',
    'srcaddr in ::1-2001:db8::1',
    'srcaddr in ::/0',
    'srcaddr not in 0.0.0.0/0',
    'dstaddr = 2001:db8::',
    'direction = ingress',
    'has(tcp_flags)',
    'not has(srcaddr)',
    'tcp_flags has SYN+ACK',
    'tcp_flags has (FIN, RST)',
    'not (tcp_flags not has SYN)',
    "interface_id like 'eni-0*'",
    "interface_id not like ('*b', 'x*')",
    'not direction = egress',
    'client in @private and server not in @networks',
  ])('%s', async (text) => {
    const where = checked(text);
    expect(await found(where)).toEqual(expected(where));
  });

  test('of a long list of networks is as exact, in fewer words', async () => {
    const networks = Array.from({ length: 60 }, (_, at) => `10.${at * 4}.${at}.0/${24 + (at % 8)}`);
    const where = checked(`srcaddr in (${networks.join(', ')}, 9.255.0.0/16, 172.16.0.0/20, ::/1)`);
    expect(await found(where)).toEqual(expected(where));
    expect(await found({ ...where, kind: 'not', term: where })).toEqual(
      expected({ ...where, kind: 'not', term: where }),
    );
    expect(expressionSql(where, SCOPE)).not.toContain('10.0.0.0/24');
  });

  test('of a list without entries is never true, and its negation is where there is a value', async () => {
    const span = { start: 0, end: 0 };
    const inNothing = { kind: 'test', field: 'srcport', operator: 'in', operands: [], span } as const;
    expect(await found(inNothing)).toEqual([]);
    expect(await found({ ...inNothing, operator: 'not in' })).toEqual(
      POOL.flatMap(({ fields }, row) => (fields['srcport'] === null ? [] : [row])),
    );
  });

  test('takes SQL wildcards and quotes in a pattern for themselves', async () => {
    const texts = ["it's 5%_a\\b", "it's 5%xa\\b", "it's 5__a\\b"];
    const span = { start: 0, end: 0 };
    const like: Expression = {
      kind: 'test',
      field: 'type',
      operator: 'like',
      operands: [{ kind: 'pattern', text: `it's*%_a\\*` }],
      span,
    };
    const of = texts.map((text) => `SELECT ${literal(text)} AS type`).join(' UNION ALL ');
    const matching = await engine.query(`SELECT type FROM (${of}) WHERE ${expressionSql(like, SCOPE)}`);
    expect(matching.rows).toEqual([[texts[0]]]);
  });
});

describe('a list that is not written into the query', () => {
  test('changes no answer', async () => {
    await fc.assert(
      fc.asyncProperty(expression, fc.constantFrom(0, 2), async (text, longList) => {
        const where = checked(text);
        expect(await found(where, longList)).toEqual(expected(where));
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['srcaddr', ['0.0.0.0/0']],
    ['srcaddr', ['::/0', '10.0.0.5']],
    ['dstaddr', ['10.0.0.1-10.0.1.6', '::1-2001:db8::', '128.0.0.0/1', '2001:db8::/33', 'fdff:fffe::/31']],
    ['client', ['9.255.255.255-172.16.0.1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']],
    ['srcport', ['22', '23', '1023-2023', '30000-65535']],
    ['bytes', ['999-1001', '5000001', '1-9007199254740991']],
    ['interface_id', ["it's", 'eni-0a', 'x']],
    ['action', ['reject']],
  ])('%s in %j, and not in it', async (field, entries) => {
    for (const text of [`${field} in @own`, `not ${field} in @own`, `${field} not in @own or has(vpc_id)`]) {
      const where = checked(text, entries);
      expect(await found(where, 0)).toEqual(expected(where));
    }
  });

  test('takes an address however it is written', async () => {
    const where = checked('srcaddr in @own', ['2001:db8::/32', '::ffff:10.0.0.0/120', '::/128', '1::/16', '::8']);
    const inside = ['2001:DB8:0:0::1', '2001:0db8::', '::ffff:10.0.0.7', '0:0::FFFF:a00:1', '::', '0:0:0:0:0:0:0:0'];
    const more = ['1::', '1:2:3:4:5:6:7::', '0001:2:3:4:5:6:7:8', '::0.0.0.8', '0:0:0:0:0:0:0:8'];
    const outside = [
      '::1',
      '10.0.0.7',
      '::10.0.0.7',
      '2001:db9::',
      '::2:3:4:5:6:7:8',
      '::ffff:10.0.1.0',
      '12::',
      '8::',
    ];
    const flows = [...inside, ...more, ...outside].map((address) => `SELECT ${literal(address)} AS srcaddr`);
    const { rows } = await engine.query(
      `WITH flows AS (${flows.join(' UNION ALL ')}) ` +
        `SELECT srcaddr FROM flows WHERE ${expressionSql(where, { ...SCOPE, longList: 0 })}`,
      longListsOf([where], 0),
    );
    expect((rows.flat() as string[]).toSorted()).toEqual([...inside, ...more].toSorted());
  });

  test('looks only among the records that are asked for', () => {
    const sql = expressionSql(checked('srcaddr in @own', ['10.0.0.5']), {
      ...SCOPE,
      longList: 0,
      among: ['bytes > 7'],
    });
    expect(sql).toMatch(/SELECT DISTINCT srcaddr AS seen\s+FROM flows\s+WHERE bytes > 7\s+AND srcaddr IS NOT NULL/);
  });

  test('of any length needs the same text', () => {
    const entries = Array.from({ length: 20_000 }, (_, at) => `10.${at % 256}.${at >> 8}.0/24`);
    const [long, short] = [entries, entries.slice(0, 101)].map((own) =>
      expressionSql(checked('srcaddr in @own', own), SCOPE),
    );
    expect(long).toBe(short);
  });
});

test('every field can be asked for in both views', async () => {
  using empty = testLake();
  for (const table of ['vpc', 'tgw'] as const) {
    const names = [...FIELDS, ...DERIVED_FIELDS].map(({ column }) => fieldSql(column, { table, networks: NETWORKS }));
    const view = table === 'vpc' ? 'flows' : 'tgw_flows';
    expect(await empty.rows(`SELECT ${names.join(', ')} FROM ${view}`)).toEqual([]);
  }
});

test('an address is asked for as text, so that no address is read that need not be', () => {
  expect(expressionSql(checked('srcaddr in (10.0.0.0/8, 192.0.2.1) and dstport in (22, 1-5)'), SCOPE)).toBe(
    "((srcaddr = '192.0.2.1' OR contains('10.0.0.0/8', try_cast(srcaddr AS ipaddress))) AND (dstport = 22 OR dstport BETWEEN 1 AND 5))",
  );
});
