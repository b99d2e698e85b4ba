/**
 * What the emulator's Athena never says, answered by a server of the test in the shapes of Amazon Athena's API reference
 * (GetQueryExecution, GetQueryResults, AthenaError) and user guide ("Work with query results").
 */
import { AthenaClient } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openAthena, type AthenaEngine } from '../../../shared/adapters/aws/athena.ts';
import { memoryStore } from '../../support/memory-store.ts';

type Json = Readonly<Record<string, unknown>>;
type Answer = Json | { readonly status: number; readonly body: Json };

interface Call {
  readonly action: string;
  readonly input: Json;
}

interface World {
  readonly engine: AthenaEngine;
  readonly calls: readonly Call[];
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** An engine whose Athena answers as `answer` says; what is no call of Athena's is a file of S3. */
async function worldOf(
  answer: (call: Call, earlier: number) => Answer,
  options: { readonly file?: string; readonly remaining?: () => number; readonly maxAttempts?: number } = {},
): Promise<World> {
  const calls: Call[] = [];
  const server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      if (target === undefined) {
        calls.push({ action: request.method!, input: { path: request.url } });
        response.end(options.file);
        return;
      }
      const call = { action: String(target).split('.').at(-1)!, input: JSON.parse(text) as Json };
      const given = answer(call, calls.filter(({ action }) => action === call.action).length);
      calls.push(call);
      const { status, body } = 'status' in given && 'body' in given ? (given as { status: number; body: Json }) : { status: 200, body: given }; // prettier-ignore
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const common = { endpoint, region: 'us-east-1', credentials };
  const client = new AthenaClient({ ...common, maxAttempts: options.maxAttempts ?? 3 });
  const files = new S3Client({ ...common, forcePathStyle: true });
  const { remaining } = options;
  const engine = openAthena({
    database: 'sekisho_prod',
    workgroup: 'sekisho-prod',
    store: memoryStore(),
    client,
    files,
    ...(remaining === undefined ? {} : { remaining }),
  });
  closing.push(async () => {
    await engine.close();
    client.destroy();
    files.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { engine, calls };
}

const ID = '0123abcd-0000-1111-2222-333344445555';

function execution(state: string, more: { readonly status?: Json; readonly scanned?: number } = {}): Json {
  return {
    QueryExecution: {
      QueryExecutionId: ID,
      Query: 'SELECT 1',
      StatementType: 'DML',
      ResultConfiguration: { OutputLocation: `s3://transit/athena-results/${ID}.csv` },
      Status: { State: state, SubmissionDateTime: 1_794_000_000.123, ...more.status },
      Statistics: { EngineExecutionTimeInMillis: 812, DataScannedInBytes: more.scanned ?? 0 },
      WorkGroup: 'sekisho-prod',
    },
  };
}

type Column = readonly [name: string, type: string, precision?: number];

function page(columns: readonly Column[], rows: readonly (readonly (string | null)[])[], token?: string): Json {
  return {
    ...(token === undefined ? {} : { NextToken: token }),
    UpdateCount: 0,
    ResultSet: {
      ResultSetMetadata: {
        ColumnInfo: columns.map(([Name, Type, Precision = 0]) => ({
          CatalogName: 'hive',
          SchemaName: '',
          TableName: '',
          Name,
          Label: Name,
          Type,
          Precision,
          Scale: 0,
          Nullable: 'UNKNOWN',
          CaseSensitive: false,
        })),
      },
      Rows: rows.map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
    },
  };
}

/** A query that succeeds at once with these pages. */
function succeeding(pages: readonly Json[]): (call: Call, earlier: number) => Answer {
  return ({ action }, earlier) => {
    if (action === 'StartQueryExecution') return { QueryExecutionId: ID };
    return action === 'GetQueryExecution' ? execution('SUCCEEDED', { scanned: 10_485_760 }) : pages[earlier]!;
  };
}

describe('values', () => {
  test.each<[string, string | null, unknown]>([
    ['varchar', '', ''],
    ['varchar', null, null],
    ['boolean', 'false', false],
    ['tinyint', '-7', -7],
    ['bigint', '9007199254740993', 9007199254740993n],
    ['double', '1.0E10', 1e10],
    ['double', 'NaN', 'NaN'],
    ['float', '-Infinity', '-Infinity'],
    ['decimal', '1.25', 1.25],
    ['decimal', '-0.001234567890123', -0.001234567890123],
    ['decimal', '12345678901234567.89', '12345678901234567.89'],
    ['date', '2026-11-03', '2026-11-03'],
    ['timestamp', '2026-11-03 04:05:06.000', '2026-11-03T04:05:06'],
    ['timestamp', '2026-11-03 04:05:06.500', '2026-11-03T04:05:06.5'],
    ['timestamp with time zone', '2026-11-03 04:05:06.120 UTC', '2026-11-03T04:05:06.12Z'],
    ['timestamp with time zone', '2026-11-03 04:05:06.000 Asia/Tokyo', '2026-11-03 04:05:06.000 Asia/Tokyo'],
    ['json', '{"a":1}', '{"a":1}'],
    ['array', '[eni-1, null, eni-2]', ['eni-1', null, 'eni-2']],
    ['array', '[]', []],
    ['array', '[[a, b], []]', [['a', 'b'], []]],
    ['row', '{id=1, list=[x, y], none=null}', { id: '1', list: ['x', 'y'], none: null }],
    ['map', '{}', {}],
    ['array', '[a, b', '[a, b'],
    ['row', '{a}', '{a}'],
  ])('of type %s, as %o, is %o', async (type, text, expected) => {
    const { engine } = await worldOf(succeeding([page([['x', type]], [['x'], [text]])]));
    const { columns, rows } = await engine.query('SELECT x');
    expect(columns).toEqual([{ name: 'x', type }]);
    expect(rows).toEqual([[expected]]);
  });

  test('an answer without the line of names keeps all its rows', async () => {
    const { engine } = await worldOf(succeeding([page([['tab_name', 'string']], [['flows_raw'], ['lists']])]));
    expect((await engine.query('SHOW TABLES')).rows).toEqual([['flows_raw'], ['lists']]);
  });
});

describe('a query', () => {
  test('runs in its workgroup and database under a token of its own, and tells what it read', async () => {
    const one = page([['x', 'integer']], [['x'], ['1']]);
    const { engine, calls } = await worldOf(succeeding([one, one]));
    await engine.query('SELECT 1 AS x');
    await engine.query('SELECT 1 AS x');
    const starts = calls.filter(({ action }) => action === 'StartQueryExecution').map(({ input }) => input);
    expect(starts[0]).toMatchObject({
      QueryString: 'SELECT 1 AS x',
      WorkGroup: 'sekisho-prod',
      QueryExecutionContext: { Database: 'sekisho_prod', Catalog: 'AwsDataCatalog' },
    });
    const [first, second] = starts.map((input) => String(input['ClientRequestToken']));
    expect(first!.length).toBeGreaterThanOrEqual(32);
    expect(second).not.toBe(first);
    expect(engine.bytesScanned()).toBe(2 * 10_485_760);
  });

  test('is looked at until it has ended', async () => {
    const states = ['QUEUED', 'RUNNING', 'SUCCEEDED'];
    const rest = succeeding([page([['x', 'integer']], [['x'], ['1']])]);
    const { engine } = await worldOf((call, earlier) =>
      call.action === 'GetQueryExecution' ? execution(states[earlier]!) : rest(call, earlier),
    );
    expect((await engine.query('SELECT 1 AS x')).rows).toEqual([[1]]);
  });

  test('with more rows than a few pages hold is read from its file', async () => {
    const columns: readonly Column[] = [
      ['n', 'bigint'],
      ['text', 'varchar'],
    ];
    const pages = Array.from({ length: 11 }, (_, at) => page(columns, at === 0 ? [['n', 'text']] : [], `${at + 1}`));
    const file = '"n","text"\n"1","a ""quoted"", word"\n"2",\n,""\n"9007199254740993","two\nlines"\n';
    const { engine, calls } = await worldOf(succeeding(pages), { file });
    expect((await engine.query('SELECT n, text')).rows).toEqual([
      [1, 'a "quoted", word'],
      [2, null],
      [null, ''],
      [9007199254740993n, 'two\nlines'],
    ]);
    expect(calls.filter(({ action }) => action === 'GetQueryResults')).toHaveLength(10);
    expect(calls.at(-1)!.input['path']).toContain(`/transit/athena-results/${ID}.csv`);
  });

  test('that runs out of time is stopped', async () => {
    const { engine, calls } = await worldOf(
      ({ action }) => {
        if (action === 'StartQueryExecution') return { QueryExecutionId: ID };
        return action === 'GetQueryExecution' ? execution('RUNNING') : {};
      },
      { remaining: () => 250 },
    );
    await expect(engine.query('SELECT 1')).rejects.toThrow('the query ran out of time and was stopped');
    expect(calls.at(-1)).toMatchObject({ action: 'StopQueryExecution', input: { QueryExecutionId: ID } });
  });

  test('for which no time is left is not started', async () => {
    const { engine, calls } = await worldOf(() => ({}), { remaining: () => 0 });
    await expect(engine.query('SELECT 1')).rejects.toThrow('there is no time left for the query');
    expect(calls).toEqual([]);
  });

  test('is stopped when the engine is closed', async () => {
    const { engine, calls } = await worldOf(({ action }) => {
      if (action === 'StartQueryExecution') return { QueryExecutionId: ID };
      return action === 'GetQueryExecution' ? execution('RUNNING') : {};
    });
    const result = engine.query('SELECT 1').catch(String);
    while (calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await engine.close();
    expect(await result).toContain('closed');
    expect(calls.at(-1)!.action).toBe('StopQueryExecution');
  });

  test('that Athena gave up for a reason of its own is started again', async () => {
    const failed = { StateChangeReason: 'Query exhausted resources at this scale factor', AthenaError: { ErrorCategory: 1, ErrorType: 2, Retryable: true } }; // prettier-ignore
    const rest = succeeding([page([['x', 'integer']], [['x'], ['1']])]);
    const { engine, calls } = await worldOf(
      (call, earlier) =>
      call.action === 'GetQueryExecution' && earlier === 0 ? execution('FAILED', { status: failed, scanned: 5 }) : rest(call, earlier), // prettier-ignore
    );
    expect((await engine.query('SELECT 1 AS x')).rows).toEqual([[1]]);
    expect(engine.bytesScanned()).toBe(5 + 10_485_760);
    const tokens = calls.filter(({ action }) => action === 'StartQueryExecution').map(({ input }) => input['ClientRequestToken']); // prettier-ignore
    expect(new Set(tokens).size).toBe(2);
  });

  test('whose start is throttled is tried again under the same token', async () => {
    const throttled = { status: 400, body: { __type: 'TooManyRequestsException', message: 'Rate exceeded' } };
    const rest = succeeding([page([['x', 'integer']], [['x'], ['1']])]);
    const { engine, calls } = await worldOf((call, earlier) =>
      call.action === 'StartQueryExecution' && earlier < 2 ? throttled : rest(call, earlier),
    );
    expect((await engine.query('SELECT 1 AS x')).rows).toEqual([[1]]);
    const tokens = calls.filter(({ action }) => action === 'StartQueryExecution').map(({ input }) => input['ClientRequestToken']); // prettier-ignore
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens).size).toBe(1);
  });
});

describe('an error has the words of Athena and what to do', () => {
  test.each<[string, Json, string]>([
    [
      'a line of SQL',
      { StateChangeReason: "COLUMN_NOT_FOUND: line 1:8: Column 'no_such' cannot be resolved", AthenaError: { ErrorCategory: 2, ErrorType: 1006, Retryable: false, ErrorMessage: "COLUMN_NOT_FOUND: line 1:8: Column 'no_such' cannot be resolved" } }, // prettier-ignore
      "COLUMN_NOT_FOUND: line 1:8: Column 'no_such' cannot be resolved",
    ],
    [
      'a view that is not there',
      { StateChangeReason: "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.sekisho_prod.flows' does not exist" },
      "Table 'awsdatacatalog.sekisho_prod.flows' does not exist; views are made by the first run of the scheduled rules",
    ],
    [
      'objects that may not be read',
      { StateChangeReason: 'Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)' },
      'Error Code: AccessDenied); allow `s3:GetObject` and `s3:ListBucket` on the lake',
    ],
    [
      'a source whose region was not said',
      { StateChangeReason: 'CONSTRAINT_VIOLATION: For the injected projected partition column aws_region, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.' }, // prettier-ignore
      "must be present.; say in WHERE which account and region is meant, such as `aws_region = 'us-east-1'`",
    ],
    ['nothing at all', {}, 'the query failed'],
  ])('of %s', async (_, status, expected) => {
    const { engine } = await worldOf(({ action }) =>
      action === 'StartQueryExecution' ? { QueryExecutionId: ID } : execution('FAILED', { status }),
    );
    await expect(engine.query('SELECT 1')).rejects.toThrow(expected);
  });

  test('of a query that read more than it may', async () => {
    const status = { StateChangeReason: 'Query cancelled! : Bytes scanned limit was exceeded' };
    const { engine } = await worldOf(({ action }) =>
      action === 'StartQueryExecution' ? { QueryExecutionId: ID } : execution('CANCELLED', { status, scanned: 99 }),
    );
    await expect(engine.query('SELECT 1')).rejects.toThrow(
      'Bytes scanned limit was exceeded; ask for a shorter time or fewer columns, or raise `budgets.query_scan`',
    );
    expect(engine.bytesScanned()).toBe(99);
  });

  test.each<[string, string, string, string]>([
    ['of syntax', 'InvalidRequestException', "line 1:1: mismatched input 'selekt'", "line 1:1: mismatched input 'selekt'"], // prettier-ignore
    ['of a permission', 'AccessDeniedException', 'You are not authorized to perform: athena:StartQueryExecution on the resource.', 'on the resource.; allow `athena:StartQueryExecution` on the workgroup `sekisho-prod`'], // prettier-ignore
    ['of a workgroup', 'InvalidRequestException', 'WorkGroup sekisho-prod is not found.', 'is not found.; deploy first, or check the name of the workgroup `sekisho-prod`'], // prettier-ignore
    ['of too many queries', 'TooManyRequestsException', 'You have exceeded the limit for the number of queries you can run concurrently.', 'concurrently.; too many queries run in this account and region'], // prettier-ignore
  ])('%s, before it starts', async (_, name, message, expected) => {
    const { engine } = await worldOf(() => ({ status: 400, body: { __type: name, message, Message: message } }), {
      maxAttempts: 1,
    });
    const failed = engine.query('selekt 1');
    await expect(failed).rejects.toThrow(expected);
    await expect(failed).rejects.toMatchObject({ cause: { name } });
  });
});
