/** A query's result: by pages where it is small, else the file that Athena wrote. */
import {
  GetQueryResultsCommand,
  type AthenaClient,
  type ColumnInfo,
  type GetQueryResultsCommandOutput,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { QueryResult, ResultValue } from '../../ports.ts';
import { parseAthenaCsv } from './athena-csv.ts';
import { athenaValue } from './athena-values.ts';
import { OBJECTS } from './limits.ts';
import { s3Error } from './s3-errors.ts';

/** Pages of a thousand rows that are asked for one by one; after them the file is one request for all. */
const MOST_PAGES = 10;

type Cells = readonly (string | null)[];

/** Who is asked for a result. */
export interface ResultClients {
  readonly client: AthenaClient;
  /** Undefined: one is made for a file. */
  readonly files: S3Client | undefined;
}

/** Reads all rows of a query that has succeeded. */
export async function readResults({ client, files }: ResultClients, execution: QueryExecution): Promise<QueryResult> {
  const id = execution.QueryExecutionId!;
  const first = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
  const info = first.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
  const all: Cells[] = [...cellsOf(first)];
  let token = first.NextToken;
  for (let pages = 1; token !== undefined && pages < MOST_PAGES; pages++) {
    const next = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token }));
    for (const row of cellsOf(next)) all.push(row);
    token = next.NextToken;
  }
  const place = execution.ResultConfiguration?.OutputLocation;
  const cells = token === undefined || place === undefined ? all : parseAthenaCsv(await readObject(place, files));
  return {
    columns: info.map(({ Name, Type }) => ({ name: Name!, type: Type! })),
    rows: withoutHeader(cells, info).map((row) => valuesOf(row, info)),
  };
}

function cellsOf({ ResultSet }: GetQueryResultsCommandOutput): readonly Cells[] {
  // a cell without a value is null, one with an empty text is not
  return (ResultSet?.Rows ?? []).map(({ Data }) => (Data ?? []).map(({ VarCharValue }) => VarCharValue ?? null));
}

/** Answers of SELECT begin with the columns' names; those of most other statements do not. */
function withoutHeader(rows: readonly Cells[], info: readonly ColumnInfo[]): readonly Cells[] {
  const isHeader = rows[0] !== undefined && info.every(({ Name }, index) => rows[0]![index] === Name);
  return isHeader ? rows.slice(1) : rows;
}

function valuesOf(row: Cells, info: readonly ColumnInfo[]): readonly ResultValue[] {
  return info.map(({ Type }, index) => athenaValue(row[index] ?? null, Type!));
}

async function readObject(place: string, given: S3Client | undefined): Promise<string> {
  const { hostname: bucket, pathname } = new URL(place);
  const files = given ?? new S3Client(OBJECTS);
  try {
    const { Body } = await files.send(new GetObjectCommand({ Bucket: bucket, Key: pathname.slice(1) }));
    return await Body!.transformToString();
  } catch (error) {
    throw s3Error('read', place, error);
  } finally {
    if (given === undefined) files.destroy();
  }
}
