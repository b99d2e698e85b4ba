/** The query behind `alerts` on Athena: the same columns and rows as alert-view.ts says for DuckDB. */
import { ALERT_COLUMNS, ALERT_MARKS, type AlertColumn } from './alert-view.ts';
import { athenaMarkedQuery } from './athena-alert-marks.ts';
import { ALERTS_TABLE } from './athena-tables.ts';
import { identifier, literal } from './sql.ts';

/**
 * All alerts. Each value is looked for on its own: what a newer or broken object holds in another shape is null,
 * and the row stays, with the id of its name. What DuckDB has as JSON is its text here.
 */
export function athenaAlertQuery(): string {
  const names = [...ALERT_COLUMNS, ...ALERT_MARKS].map(({ name }) => identifier(name));
  const values = ALERT_COLUMNS.map((column) => `${valueOf(column)} AS ${identifier(column.name)}`);
  return (
    `WITH alert AS (SELECT ${values.join(', ')}, "day" FROM ${ALERTS_TABLE}), ` + athenaMarkedQuery([...names, '"day"'])
  );
}

function valueOf({ name, type, path }: AlertColumn): string {
  const at = literal(path);
  const text = `json_extract_scalar(alert, ${at})`;
  if (name === 'id') return `coalesce(${text}, regexp_extract("$path", '([^/]*)[.]json$', 1))`;
  switch (type) {
    case 'VARCHAR':
      return text;
    case 'JSON':
      return `json_format(json_extract(alert, ${at}))`;
    case 'VARCHAR[]':
      return `TRY_CAST(json_extract(alert, ${at}) AS array(varchar))`;
    case 'TIMESTAMP':
      return `TRY(CAST(from_iso8601_timestamp(${text}) AT TIME ZONE 'UTC' AS timestamp(3)))`;
    default:
      return `TRY_CAST(${text} AS ${type})`;
  }
}
