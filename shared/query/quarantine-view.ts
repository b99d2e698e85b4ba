/** The query behind `quarantine`: one row a line that could not be read. */
import { QUARANTINE } from '../lake/layout.ts';
import { emptyRelation, globPath, literal, type SqlColumn } from './sql.ts';

const COLUMNS: readonly SqlColumn[] = [
  { name: 'batch', type: 'VARCHAR' },
  { name: 'line', type: 'VARCHAR' },
  { name: 'reason', type: 'VARCHAR' },
  { name: 'source', type: 'VARCHAR' },
  { name: 'number', type: 'BIGINT' },
  { name: 'day', type: 'DATE' },
];

/** All rejects, each once however often its delivery came, and from whichever file: a line is known by its batch and place. */
export function quarantineQuery(folder: string, present: boolean): string {
  if (!present) return emptyRelation(COLUMNS);
  const glob = `${globPath(folder)}/${QUARANTINE}day=*/*.jsonl`;
  const day = `TRY_CAST(regexp_extract(filename, '/day=([^/]*)/[^/]*$', 1) AS DATE)`;
  return (
    `SELECT batch, line, min(reason) AS reason, min(source) AS source, TRY_CAST(number AS BIGINT) AS number, ` +
    `min(${day}) AS "day" ` +
    `FROM read_json(${literal(glob)}, format = 'newline_delimited', filename = true, columns = ` +
    `{batch: 'VARCHAR', line: 'VARCHAR', reason: 'VARCHAR', source: 'VARCHAR', number: 'VARCHAR'}) ` +
    `GROUP BY batch, line, number`
  );
}
