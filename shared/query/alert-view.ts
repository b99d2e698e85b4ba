/** The query behind `alerts`: one row an alert object, whatever newer versions may have added to it. */
import { ALERTS } from '../alerts/layout.ts';
import { markedQuery } from './alert-marks.ts';
import { emptyRelation, globPath, identifier, literal, type SqlColumn } from './sql.ts';

/** A column of `alerts`, in the words of DuckDB. */
export interface AlertColumn extends SqlColumn {
  /** Where the alert's JSON holds it. */
  readonly path: string;
}

/** The columns that are read out of an alert's JSON, in their order. */
export const ALERT_COLUMNS: readonly AlertColumn[] = [
  { name: 'id', type: 'VARCHAR', path: '$.id' },
  { name: 'rule', type: 'VARCHAR', path: '$.rule.id' },
  { name: 'title', type: 'VARCHAR', path: '$.rule.title' },
  { name: 'severity', type: 'VARCHAR', path: '$.rule.severity' },
  { name: 'tags', type: 'VARCHAR[]', path: '$.rule.tags' },
  { name: 'quiets', type: 'VARCHAR[]', path: '$.rule.quiets' },
  { name: 'summary', type: 'VARCHAR', path: '$.summary' },
  { name: 'first_seen', type: 'TIMESTAMP', path: '$.first_seen' },
  { name: 'last_seen', type: 'TIMESTAMP', path: '$.last_seen' },
  { name: 'window_start', type: 'TIMESTAMP', path: '$.window.start' },
  { name: 'window_end', type: 'TIMESTAMP', path: '$.window.end' },
  { name: 'period_start', type: 'TIMESTAMP', path: '$.period.start' },
  { name: 'period_end', type: 'TIMESTAMP', path: '$.period.end' },
  { name: 'group', type: 'JSON', path: '$.group' },
  { name: 'measure', type: 'JSON', path: '$.measure' },
  { name: 'threshold', type: 'VARCHAR', path: '$.threshold' },
  { name: 'records', type: 'BIGINT', path: '$.records' },
  { name: 'packets', type: 'BIGINT', path: '$.packets' },
  { name: 'bytes', type: 'BIGINT', path: '$.bytes' },
  { name: 'interfaces', type: 'VARCHAR[]', path: '$.interfaces' },
  { name: 'account_id', type: 'VARCHAR', path: '$.account_id' },
  { name: 'region', type: 'VARCHAR', path: '$.region' },
  { name: 'vpc_id', type: 'VARCHAR', path: '$.vpc_id' },
  { name: 'samples', type: 'JSON', path: '$.samples' },
  { name: 'queries', type: 'JSON', path: '$.queries' },
  { name: 'runbook', type: 'VARCHAR', path: '$.runbook' },
];

/** What alerts say of each other: not as it was known when they were created, but as all of them tell. */
export const ALERT_MARKS: readonly SqlColumn[] = [
  { name: 'continues', type: 'VARCHAR' },
  { name: 'quieted_by', type: 'VARCHAR' },
];

const DAY: SqlColumn = { name: 'day', type: 'DATE' };

/**
 * All alerts. Each value is looked for on its own: what a newer or broken object holds in another shape is null,
 * and the row stays, with the id of its name.
 */
export function alertQuery(folder: string, present: boolean): string {
  const columns = [...ALERT_COLUMNS, ...ALERT_MARKS, DAY];
  if (!present) return emptyRelation(columns);
  const glob = `${globPath(folder)}/${ALERTS}day=*/*.json`;
  const values = ALERT_COLUMNS.map((column) => `${valueOf(column)} AS ${identifier(column.name)}`);
  return (
    // every file is read once
    `WITH object AS MATERIALIZED (SELECT filename, CASE WHEN json_valid(content) THEN CAST(content AS JSON) END AS alert ` +
    `FROM read_text(${literal(glob)})), ` +
    `alert AS (SELECT ${values.join(', ')}, ` +
    `TRY_CAST(regexp_extract(filename, '/day=([^/]*)/[^/]*$', 1) AS DATE) AS "day" FROM object), ` +
    markedQuery(columns.map(({ name }) => identifier(name)))
  );
}

function valueOf({ name, type, path }: AlertColumn): string {
  const at = literal(path);
  if (name === 'id')
    return `coalesce(json_extract_string(alert, ${at}), regexp_extract(filename, '([^/]*)\\.json$', 1))`;
  switch (type) {
    case 'VARCHAR':
      return `json_extract_string(alert, ${at})`;
    case 'JSON':
      return `json_extract(alert, ${at})`;
    case 'VARCHAR[]':
      return `TRY_CAST(json_extract(alert, ${at}) AS VARCHAR[])`;
    default:
      return `TRY_CAST(json_extract_string(alert, ${at}) AS ${type})`;
  }
}
