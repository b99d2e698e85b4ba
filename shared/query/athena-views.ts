/** The views that a lake on AWS is read through, as SQL for Athena; for DuckDB see views.ts. */
import { athenaAlertQuery } from './athena-alert-view.ts';
import { athenaFlowQuery } from './athena-flow-view.ts';
import { QUARANTINE_TABLE } from './athena-tables.ts';
import { awsQuery } from './aws-view.ts';
import type { Published } from './flow-view.ts';

/** A view's name and the query behind it. */
export interface AthenaView {
  readonly name: string;
  readonly query: string;
}

/** All views, in an order in which each finds those that it reads. */
export function athenaViews(published: Published): readonly AthenaView[] {
  return [
    { name: 'flows', query: athenaFlowQuery('vpc', published) },
    { name: 'vpc_flow_logs', query: awsQuery() },
    { name: 'tgw_flows', query: athenaFlowQuery('tgw', published) },
    { name: 'alerts', query: athenaAlertQuery() },
    { name: 'quarantine', query: quarantineQuery() },
  ];
}

/** All rejects, each once however often its delivery came, as quarantine-view.ts has them. */
function quarantineQuery(): string {
  return (
    `SELECT batch, line, min(reason) AS reason, min(source) AS source, number, min("day") AS "day" ` +
    `FROM ${QUARANTINE_TABLE} GROUP BY batch, line, number`
  );
}
