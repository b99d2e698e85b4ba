/** The lake as others see it: Athena over the stack's tables, and readers of Parquet that are not ours. */
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { describe, expect, it } from 'vitest';
import { clientOf } from '../support/deploy.ts';
import { hasPyarrow, readWithPyarrow, type Row } from '../support/parquet-readers.ts';
import { lakeOf } from './expected.ts';
import { deployed, until, useSystem, type System } from './system.ts';
import { makeTraffic, type Traffic } from './traffic.ts';

describe.skipIf(deployed === undefined)('the lake of the deployed system', () => {
  const open = useSystem();

  async function fill(system: System): Promise<Traffic> {
    const traffic = makeTraffic();
    await system.deliverTraffic(traffic);
    await until('its records', async () => (await lakeOf(system, [traffic])).records.length > 0);
    return traffic;
  }

  it.skipIf(!hasPyarrow)('is read by pyarrow', async () => {
    const system = open();
    const { interfaceId, events } = await fill(system);
    const keys = await system.keys('Lake', 'flows/raw/');
    const rows: Row[] = [];
    for (const key of keys) rows.push(...(await readWithPyarrow(await system.object('Lake', key))));
    const lines = rows
      .filter((row) => row['interface_id'] === interfaceId)
      .map((row) => COLUMNS.map((column) => row[column]).join(' '));
    expect(lines.toSorted()).toEqual(events.map(({ message }) => message).toSorted());
  });

  it('answers queries of Athena', async () => {
    const system = open();
    const { interfaceId, events } = await fill(system);
    const rows = await ask(
      system,
      `SELECT dstport, count(*) FROM flows_raw WHERE interface_id = '${interfaceId}' GROUP BY dstport ORDER BY dstport`,
    );
    const ports = events.map(({ message }) => message.split(' ')[6]!);
    const expected = [...new Set(ports)].map((port) => [port, `${ports.filter((each) => each === port).length}`]);
    expect(rows.slice(1)).toEqual(expected.toSorted(([a], [b]) => Number(a) - Number(b)));
  });
});

const COLUMNS =
  'version account_id interface_id srcaddr dstaddr srcport dstport protocol packets bytes start end action log_status'.split(
    ' ',
  );

/** The rows of a query's answer, the first one being the names of its columns. */
async function ask({ outputs }: System, sql: string): Promise<readonly (readonly (string | undefined)[])[]> {
  const athena = new AthenaClient(clientOf(deployed!.env));
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: outputs['Workgroup'],
      QueryExecutionContext: { Database: outputs['Database'] },
    }),
  );
  await until('the query has ended', async () => {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const { State, StateChangeReason } = QueryExecution!.Status!;
    if (State === 'FAILED' || State === 'CANCELLED') throw new Error(`${State}: ${StateChangeReason}`);
    return State === 'SUCCEEDED';
  });
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
  return ResultSet!.Rows!.map(({ Data }) => Data!.map(({ VarCharValue }) => VarCharValue));
}
