/**
 * What alerts say of each other, worked out in SQL from those that are there: which one an alert continues, and which
 * one quiets it. The same as shared/alerts/quieting.ts and identity.ts say, but right in whatever order they were created.
 */
import { SEVERITIES } from '../rules/rule.ts';
import { literal } from './sql.ts';

/**
 * Adds `continues` and `quieted_by` to a relation of alerts, named `alert`, that has the view's columns.
 *
 * @param columns the view's columns in their order, as identifiers
 */
export function markedQuery(columns: readonly string[]): string {
  return (
    // groups are compared by what they hold, whatever the order of their fields
    `keyed AS (SELECT *, ` +
    `TRY_CAST("group" AS MAP(VARCHAR, VARCHAR)) AS fields, ` +
    `list_sort(map_entries(TRY_CAST("group" AS MAP(VARCHAR, VARCHAR)))) AS sorted, ` +
    `least(period_start, window_start) AS span_start, greatest(period_end, window_end) AS span_end FROM alert), ` +
    // the period directly before, of the same length
    `before AS (SELECT later.id, min(earlier.id) AS continues FROM keyed AS later JOIN keyed AS earlier ` +
    `ON earlier.rule = later.rule AND earlier.sorted = later.sorted AND earlier.period_end = later.period_start ` +
    `AND earlier.period_end - earlier.period_start = later.period_end - later.period_start GROUP BY later.id), ` +
    `quieting AS (SELECT *, ${READINGS} AS readings, unnest(quiets) AS quieted FROM keyed), ` +
    `quieter AS (SELECT g.id, arg_min(s.id, ${FIRST_FOR_READING}) AS quieted_by ` +
    `FROM keyed AS g JOIN quieting AS s ON s.quieted = g.rule AND s.rule <> g.rule ` +
    `AND NOT coalesce(list_contains(g.quiets, s.rule), false) ` +
    `AND s.span_start < g.span_end AND g.span_start < s.span_end AND ${COVERS} GROUP BY g.id) ` +
    `SELECT ${columns.join(', ')} FROM keyed LEFT JOIN before USING (id) LEFT JOIN quieter USING (id)`
  );
}

/** Worst first, then earliest, then by id. */
const FIRST_FOR_READING = `row(-list_position([${SEVERITIES.map(literal).join(', ')}], s.severity), s.first_seen, s.id)`;

/** A sample does not hold who opened its connection: it is read both ways, with the group's values over it. */
const READINGS =
  `list_concat(${sampleReadings('src', 'dst')}, ${sampleReadings('dst', 'src')}, ` +
  `CASE WHEN coalesce(json_array_length(samples), 0) = 0 THEN [fields] ELSE [] END)`;

function sampleReadings(client: 'src' | 'dst', server: 'src' | 'dst'): string {
  const derived =
    `MAP {'initiator': ${literal(client)}, 'client': r['${client}addr'], 'server': r['${server}addr'], ` +
    `'client_port': r['${client}port'], 'server_port': r['${server}port']}`;
  return `list_transform(TRY_CAST(samples AS MAP(VARCHAR, VARCHAR)[]), lambda r: map_concat(r, ${derived}, fields))`;
}

/** One reading has all values of the general alert's group; interfaces are all known, where samples are only a few records. */
const COVERS =
  `len(list_filter(s.readings, lambda r: len(list_filter(map_keys(g.fields), lambda f: ` +
  `r[f] IS DISTINCT FROM g.fields[f] AND NOT (f = 'interface_id' AND NOT list_contains(map_keys(s.fields), f) ` +
  `AND coalesce(list_contains(s.interfaces, g.fields[f]), false)))) = 0)) > 0`;
