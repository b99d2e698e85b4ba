/**
 * What alerts say of each other, in Trino's words: the same steps as alert-marks.ts takes in DuckDB's.
 *
 * Lists that may hold nulls are compared as JSON texts, as in Trino a list with a null equals nothing. Marks carry the
 * day of the alert they belong to, so that a condition on the view's `day` reaches them.
 */
import { SEVERITIES } from '../rules/rule.ts';
import { literal } from './sql.ts';

/**
 * The rest of a query that begins with a relation `alert` of the view's columns: adds `continues` and `quieted_by`.
 *
 * @param columns the view's columns in their order, as identifiers
 */
export function athenaMarkedQuery(columns: readonly string[]): string {
  const steps = [
    `keyed AS (${KEYED})`,
    `earlier_one AS (${BEFORE})`,
    `shape AS (${SHAPE})`,
    `quieting AS (${QUIETING})`,
    `covered AS (${COVERED})`,
    `quieter AS (${QUIETER})`,
  ];
  const own = columns.map((column) => MARKS.get(column) ?? `alert.${column}`);
  return (
    `${steps.join(', ')} SELECT ${own.join(', ')} FROM alert ` +
    `LEFT JOIN earlier_one ON earlier_one.id = alert.id AND earlier_one."day" = alert."day" ` +
    `LEFT JOIN quieter ON quieter.id = alert.id AND quieter."day" = alert."day"`
  );
}

const MARKS = new Map([
  ['"continues"', 'earlier_one.continues'],
  ['"quieted_by"', 'quieter.quieted_by'],
]);

const KEYED = `SELECT id, "day", rule, severity, first_seen, period_start, period_end, quiets, samples, interfaces, fields,
  names, json_format(CAST(names AS json)) AS shape, json_format(CAST(transform(names, f -> fields[f]) AS json)) AS place,
  span_start, span_end FROM (
    SELECT *, array_sort(map_keys(fields)) AS names FROM (
      SELECT id, "day", rule, severity, first_seen, period_start, period_end, quiets, samples, interfaces,
        TRY(CAST(json_parse("group") AS map(varchar, varchar))) AS fields,
        least(coalesce(period_start, window_start), coalesce(window_start, period_start)) AS span_start,
        greatest(coalesce(period_end, window_end), coalesce(window_end, period_end)) AS span_end FROM alert))`;

/** The period directly before, of the same length. */
const BEFORE = `SELECT later.id, later."day", min(earlier.id) AS continues FROM keyed later JOIN keyed earlier
  ON earlier.rule = later.rule AND earlier.shape = later.shape AND earlier.place = later.place
  AND earlier.period_end = later.period_start
  AND earlier.period_end - earlier.period_start = later.period_end - later.period_start GROUP BY later.id, later."day"`;

/** By which fields the alerts of a rule are grouped: rules are edited. */
const SHAPE = 'SELECT DISTINCT rule, names, shape FROM keyed';

/** An alert once for each rule that it quiets, with what it covers: a record has the values of its group. */
const QUIETING = `SELECT id, rule, severity, first_seen, span_start, span_end, interfaces, fields, quieted, concat(
    ${sampleReadings('src', 'dst')}, ${sampleReadings('dst', 'src')},
    CASE WHEN coalesce(json_array_length(samples), 0) = 0 THEN ARRAY[fields] ELSE ARRAY[] END
  ) AS readings FROM keyed CROSS JOIN UNNEST(quiets) AS q (quieted)`;

/** A sample does not hold who opened its connection: it is read both ways. */
function sampleReadings(client: 'src' | 'dst', server: 'src' | 'dst'): string {
  return `coalesce(transform(TRY(CAST(json_parse(samples) AS array(map(varchar, varchar)))), r -> map_concat(r, MAP(
      ARRAY['initiator', 'client', 'server', 'client_port', 'server_port'],
      ARRAY[${literal(client)}, element_at(r, '${client}addr'), element_at(r, '${server}addr'),
        element_at(r, '${client}port'), element_at(r, '${server}port')]), fields)), ARRAY[])`;
}

/**
 * The groups of the quieted rules that a quieting alert covers. All its interfaces are known, where samples are only a
 * few records: each reading stands for every one of them.
 */
const COVERED = `SELECT DISTINCT id, rule, severity, first_seen, span_start, span_end, quieted, shape, json_format(CAST(
  transform(names, f -> CASE WHEN f = 'interface_id' THEN interface ELSE element_at(reading, f) END) AS json)) AS place
  FROM (
    SELECT quieting.id, quieting.rule, quieting.severity, quieting.first_seen, quieting.span_start, quieting.span_end,
      quieting.quieted, quieting.interfaces, quieting.fields, shape.names, shape.shape, reading
    FROM quieting JOIN shape ON shape.rule = quieting.quieted CROSS JOIN UNNEST(readings) AS r (reading))
  CROSS JOIN UNNEST(CASE WHEN contains(names, 'interface_id') AND NOT contains(map_keys(fields), 'interface_id')
    THEN concat(ARRAY[element_at(reading, 'interface_id')], coalesce(interfaces, ARRAY[]))
    ELSE ARRAY[element_at(reading, 'interface_id')] END) AS i (interface)`;

const RANK = `array_position(ARRAY[${SEVERITIES.map(literal).join(', ')}], covered.severity)`;

/** Of several that quiet an alert the worst, then the earliest; rules that name each other quiet nothing. */
const QUIETER = `SELECT general.id, general."day",
    min_by(covered.id, ROW(-coalesce(${RANK}, 0), coalesce(covered.first_seen, TIMESTAMP '9999-12-31 00:00:00.000'), covered.id))
      AS quieted_by
  FROM keyed general JOIN covered ON covered.quieted = general.rule AND covered.shape = general.shape
    AND covered.place = general.place
  WHERE covered.rule <> general.rule AND NOT coalesce(contains(general.quiets, covered.rule), false)
    AND covered.span_start < general.span_end AND general.span_start < covered.span_end GROUP BY general.id, general."day"`;
