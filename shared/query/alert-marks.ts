/**
 * What alerts say of each other, worked out in SQL from those that are there: which one an alert continues, and which
 * one quiets it. The same as shared/alerts/identity.ts and quieting.ts say, but right in whatever order they were created.
 */
import { SEVERITIES } from '../rules/rule.ts';
import { literal } from './sql.ts';

/**
 * The rest of a query that begins with a relation `alert` of the view's columns: adds `continues` and `quieted_by`.
 * Every join is one of equal values, so that it takes many alerts.
 *
 * @param columns the view's columns in their order, as identifiers
 */
export function markedQuery(columns: readonly string[]): string {
  const steps = [
    // asked several times, worked out once
    `keyed AS MATERIALIZED (${KEYED})`,
    `before AS (${BEFORE})`,
    `shape AS (${SHAPE})`,
    `quieting AS (${QUIETING})`,
    `covered AS (${COVERED})`,
    `quieter AS (${QUIETER})`,
  ];
  return `${steps.join(', ')} SELECT ${columns.join(', ')} FROM alert LEFT JOIN before USING (id) LEFT JOIN quieter USING (id)`;
}

/** What is compared: a group by its fields' names and their values, whatever order it is written in. */
const KEYED = `SELECT * EXCLUDE ("group"), list_sort(map_keys(fields)) AS names,
  list_transform(list_sort(map_keys(fields)), lambda f: fields[f]) AS "values" FROM (
    SELECT id, rule, severity, first_seen, period_start, period_end, quiets, samples, interfaces, "group",
      TRY_CAST("group" AS MAP(VARCHAR, VARCHAR)) AS fields,
      least(period_start, window_start) AS span_start, greatest(period_end, window_end) AS span_end FROM alert)`;

/** The period directly before, of the same length. */
const BEFORE = `SELECT later.id, min(earlier.id) AS continues FROM keyed AS later JOIN keyed AS earlier
  ON earlier.rule = later.rule AND earlier.names = later.names AND earlier."values" = later."values"
  AND earlier.period_end = later.period_start
  AND earlier.period_end - earlier.period_start = later.period_end - later.period_start GROUP BY later.id`;

/** By which fields the alerts of a rule are grouped: rules are edited. */
const SHAPE = 'SELECT DISTINCT rule, names FROM keyed';

/** An alert once for each rule that it quiets, with what it covers: a record has the values of its group. */
const QUIETING = `SELECT *, unnest(quiets) AS quieted, list_concat(
    ${sampleReadings('src', 'dst')}, ${sampleReadings('dst', 'src')},
    CASE WHEN coalesce(json_array_length(samples), 0) = 0 THEN [fields] ELSE [] END
  ) AS readings FROM keyed WHERE len(quiets) > 0`;

/** A sample does not hold who opened its connection: it is read both ways. */
function sampleReadings(client: 'src' | 'dst', server: 'src' | 'dst'): string {
  return `list_transform(TRY_CAST(samples AS MAP(VARCHAR, VARCHAR)[]), lambda r: map_concat(r, MAP {
      'initiator': ${literal(client)}, 'client': r['${client}addr'], 'server': r['${server}addr'],
      'client_port': r['${client}port'], 'server_port': r['${server}port']}, fields))`;
}

/**
 * The groups of the quieted rules that a quieting alert covers. All its interfaces are known, where samples are only a
 * few records: each reading stands for every one of them.
 */
const COVERED = `SELECT DISTINCT id, rule, severity, first_seen, span_start, span_end, quieted, names,
  list_transform(names, lambda f: CASE WHEN f = 'interface_id' THEN interface ELSE reading[f] END) AS "values" FROM (
    SELECT *, unnest(CASE WHEN list_contains(names, 'interface_id') AND NOT list_contains(map_keys(fields), 'interface_id')
      THEN list_concat([reading['interface_id']], interfaces) ELSE [reading['interface_id']] END) AS interface FROM (
        SELECT quieting.* EXCLUDE (names, "values"), shape.names, unnest(readings) AS reading
        FROM quieting JOIN shape ON shape.rule = quieting.quieted))`;

/** Of several that quiet an alert the worst, then the earliest; rules that name each other quiet nothing. */
const QUIETER = `SELECT general.id,
    arg_min(covered.id, row(-list_position([${SEVERITIES.map(literal).join(', ')}], covered.severity), covered.first_seen, covered.id))
      AS quieted_by
  FROM keyed AS general JOIN covered ON covered.quieted = general.rule AND covered.names = general.names
    AND covered."values" = general."values"
  WHERE covered.rule <> general.rule AND NOT coalesce(list_contains(general.quiets, covered.rule), false)
    AND covered.span_start < general.span_end AND general.span_start < covered.span_end GROUP BY general.id`;
