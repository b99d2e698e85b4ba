/** The query behind `vpc_flow_logs`, one text for Athena and DuckDB. */
import { flowColumns } from './flow-view.ts';
import { identifier } from './sql.ts';

/**
 * `flows` under the name of AWS's published queries, with their `"date"`.
 *
 * Source: Amazon Athena User Guide, "Query Amazon VPC flow logs".
 */
export function awsQuery(): string {
  const columns = flowColumns('vpc').map(({ name }) => identifier(name));
  return `SELECT ${columns.join(', ')}, "day" AS "date" FROM flows`;
}
