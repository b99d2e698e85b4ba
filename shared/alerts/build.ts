/** From what was found to alerts, ready to be created. */
import { recordAt, type ColumnBatch, type FieldValue, type FlowRecord, type Source } from '../flow/columns.ts';
import { fieldReader } from '../flow/derived.ts';
import { textOfCondition, type Measure, type Rule } from '../rules/rule.ts';
import type { MatchedDelivery } from '../windows/contribute.ts';
import type { Crossing, Evidence } from '../windows/evidence.ts';
import { placeAt, type Place } from '../windows/places.ts';
import { SAMPLES } from '../windows/samples.ts';
import type { Alert } from './alert.ts';
import { alertId, periodStart } from './identity.ts';
import type { QueriesOf } from './queries.ts';
import { isoTime } from './span.ts';
import { summarise } from './summary.ts';

/** The alert of a window that met its rule's threshold. */
export function alertOfCrossing(crossing: Crossing, queriesOf: QueriesOf): Alert {
  const { rule, group, time, start, end, value, usual, evidence } = crossing;
  const id = alertId(rule, group, periodStart(rule, time));
  const window = { start, end };
  const records = recordsOf(crossing);
  return alertOf({ id, rule, group, time, window, records, value, usual, evidence }, queriesOf);
}

/** From when to when the records start that a crossing is about. */
function recordsOf({ rule, time, start, end }: Crossing): Parts['records'] {
  switch (rule.condition.kind) {
    case 'match':
      return { from: start, to: periodStart(rule, time) + rule.suppress };
    case 'absence':
      // it is the minute before it that has records
      return { from: time, to: time + 60 };
    case 'window':
      // a sequel comes after its window
      return { from: start, to: Math.max(end, time + 60) };
    case 'new':
    case 'baseline':
      return { from: start, to: end };
  }
}

/**
 * The alerts of one delivery's matches of rules without a window: one for each rule, group and suppress period, with
 * the delivery's records as evidence. Matches of windowed rules are passed over.
 */
export function alertsOfMatches(
  { source, batches }: Omit<MatchedDelivery, 'id'>,
  queriesOf: QueriesOf,
): readonly Alert[] {
  const found = new Map<string, Incident>();
  for (const { batch, matches } of batches) {
    for (const { rule, rows } of matches) {
      if (rule.condition.kind === 'match' && rows.length > 0) gather(found, batch, source, rule, rows);
    }
  }
  return Array.from(found.values(), (incident) => {
    const { rule, group, time, first, last, places } = incident;
    const id = alertId(rule, group, periodStart(rule, time));
    const window = { start: first, end: last };
    const records = { from: incident.earliest, to: incident.latest + 1 };
    const evidence = { ...incident, places: [...places.values()] };
    return alertOf({ id, rule, group, time, window, records, value: incident.records, evidence }, queriesOf);
  });
}

/** Evidence of one alert while it grows. */
interface Incident {
  readonly rule: Rule;
  readonly group: readonly FieldValue[];
  /** The first record's event time. */
  readonly time: number;
  records: number;
  packets: number;
  bytes: number;
  first: number;
  last: number;
  /** Event times. */
  earliest: number;
  latest: number;
  readonly places: Map<string, Place>;
  readonly samples: FlowRecord[];
}

function gather(found: Map<string, Incident>, batch: ColumnBatch, source: Source, rule: Rule, rows: Uint32Array): void {
  const by = rule.by.map((column) => fieldReader(batch, column));
  const int = (column: string, row: number): number | undefined => {
    const data = batch.columns.get(column);
    return data?.kind === 'int' && data.values[row]! >= 0 ? data.values[row]! : undefined;
  };
  for (const row of rows) {
    const group = by.map((read) => read(row));
    const time = batch.time[row]!;
    const key = JSON.stringify([rule.id, periodStart(rule, time), group]);
    let incident = found.get(key);
    if (incident === undefined) {
      incident = noEvidence(rule, group, time);
      found.set(key, incident);
    }
    incident.records += 1;
    incident.packets += int('packets', row) ?? 0;
    incident.bytes += int('bytes', row) ?? 0;
    incident.first = Math.min(incident.first, int('start', row) ?? time);
    incident.last = Math.max(incident.last, int('end', row) ?? time);
    incident.earliest = Math.min(incident.earliest, time);
    incident.latest = Math.max(incident.latest, time);
    const place = placeAt(batch, source, row);
    incident.places.set(JSON.stringify(place), place);
    if (incident.samples.length < SAMPLES) incident.samples.push(recordAt(batch, row));
  }
}

function noEvidence(rule: Rule, group: readonly FieldValue[], time: number): Incident {
  const [first, last] = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  const times = { first, last, earliest: first, latest: last };
  return { rule, group, time, records: 0, packets: 0, bytes: 0, ...times, places: new Map(), samples: [] };
}

interface Parts {
  readonly id: string;
  readonly rule: Rule;
  readonly group: readonly FieldValue[];
  /** Event time, Unix seconds. */
  readonly time: number;
  readonly window: { readonly start: number; readonly end: number };
  /** Event times of the records behind it, as far as is known; `to` does not belong to them. */
  readonly records: { readonly from: number; readonly to: number };
  readonly value: number;
  readonly usual?: number | undefined;
  readonly evidence: Evidence;
}

function alertOf(parts: Parts, queriesOf: QueriesOf): Alert {
  const { id, rule, group, time, window, value, usual, evidence } = parts;
  const { records, packets, bytes, first, last, samples } = evidence;
  const places = [...evidence.places];
  const named = new Map(rule.by.map((column, index) => [column, group[index] ?? null]));
  const interfaces = [...new Set(places.flatMap((place) => place.interface ?? []))].sort();
  const period = periodStart(rule, time);
  return {
    schema: 'sekisho.alert/1',
    id,
    rule: { id: rule.id, title: rule.title, severity: rule.severity, tags: rule.tags, quiets: rule.quiets },
    summary: summarise({ rule, group, value, usual, interfaces, samples }),
    first_seen: isoTime(first),
    last_seen: isoTime(last),
    window: { start: isoTime(window.start), end: isoTime(window.end) },
    period: { start: isoTime(period), end: isoTime(period + rule.suppress) },
    // what other alerts there are is known when this one is created
    continues: null,
    quieted_by: null,
    group: Object.fromEntries(named),
    measure: { [measureText(rule)]: value, ...(usual === undefined ? {} : { usual }) },
    threshold: textOfCondition(rule.condition) ?? null,
    records,
    packets,
    bytes,
    interfaces,
    account_id: common(places, 'account'),
    region: common(places, 'region'),
    vpc_id: common(places, 'vpc'),
    samples,
    queries: queriesOf({ rule, group, ...parts.records }),
    runbook: rule.runbook ?? null,
  };
}

/** What was measured, as in a rule file; the number of records where every match alerts. */
function measureText(rule: Rule): string {
  const { condition } = rule;
  const measure =
    condition.kind === 'window' ? condition.when.measure : condition.kind === 'baseline' ? condition.measure : COUNT;
  return measure.kind === 'count' ? 'count()' : `${measure.kind}(${measure.field ?? ''})`;
}

const COUNT: Measure = { kind: 'count' };

/** What all places have in common; null where nothing is known, or they differ. */
function common(places: readonly Place[], fact: 'account' | 'region' | 'vpc'): string | null {
  const known = new Set(places.flatMap((place) => place[fact] ?? []));
  return known.size === 1 ? [...known][0]! : null;
}
