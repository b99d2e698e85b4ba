/** From what was found to alerts, ready to be created. */
import { recordAt, type ColumnBatch, type FieldValue, type FlowRecord, type Source } from '../flow/columns.ts';
import { fieldReader } from '../flow/derived.ts';
import type { Condition, Measure, Rule } from '../rules/rule.ts';
import { tableOfRule } from '../rules/table.ts';
import type { MatchedDelivery } from '../windows/contribute.ts';
import type { Crossing, Evidence } from '../windows/evidence.ts';
import { placeAt, type Place } from '../windows/places.ts';
import { SAMPLES } from '../windows/samples.ts';
import type { Alert } from './alert.ts';
import { alertId, periodStart } from './identity.ts';
import { athenaQuery, insightsQuery, isoTime } from './queries.ts';
import { summarise } from './summary.ts';

/** The alert of a window that met its rule's threshold. */
export function alertOfCrossing({ rule, group, time, start, end, value, usual, evidence }: Crossing): Alert {
  const id = alertId(rule, group, periodStart(rule, time));
  return alertOf({ id, rule, group, time, window: { start, end }, value, usual, evidence });
}

/**
 * The alerts of one delivery's matches of rules without a window: one for each rule, group and suppress period, with
 * the delivery's records as evidence. Matches of windowed rules are passed over.
 */
export function alertsOfMatches({ source, batches }: Omit<MatchedDelivery, 'id'>): readonly Alert[] {
  const found = new Map<string, Incident>();
  for (const { batch, matches } of batches) {
    for (const { rule, rows } of matches) {
      if (rule.condition.kind === 'match' && rows.length > 0) gather(found, batch, source, rule, rows);
    }
  }
  return Array.from(found.values(), (incident) => {
    const { rule, group, time, records, first, last, places } = incident;
    const id = alertId(rule, group, periodStart(rule, time));
    const evidence = { ...incident, places: [...places.values()] };
    return alertOf({ id, rule, group, time, window: { start: first, end: last }, value: records, evidence });
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
    const place = placeAt(batch, source, row);
    incident.places.set(JSON.stringify(place), place);
    if (incident.samples.length < SAMPLES) incident.samples.push(recordAt(batch, row));
  }
}

function noEvidence(rule: Rule, group: readonly FieldValue[], time: number): Incident {
  const [first, last] = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  return { rule, group, time, records: 0, packets: 0, bytes: 0, first, last, places: new Map(), samples: [] };
}

interface Parts {
  readonly id: string;
  readonly rule: Rule;
  readonly group: readonly FieldValue[];
  /** Event time, Unix seconds. */
  readonly time: number;
  readonly window: { readonly start: number; readonly end: number };
  readonly value: number;
  readonly usual?: number | undefined;
  readonly evidence: Evidence;
}

function alertOf({ id, rule, group, time, window, value, usual, evidence }: Parts): Alert {
  const { records, packets, bytes, first, last, samples } = evidence;
  const places = [...evidence.places];
  const named = new Map(rule.by.map((column, index) => [column, group[index] ?? null]));
  const interfaces = [...new Set(places.flatMap((place) => place.interface ?? []))].sort();
  const sought = {
    table: tableOfRule(rule),
    group: named,
    from: Math.min(first, window.start),
    to: Math.max(last, window.end),
  };
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
    threshold: thresholdText(rule.condition),
    records,
    packets,
    bytes,
    interfaces,
    account_id: common(places, 'account'),
    region: common(places, 'region'),
    vpc_id: common(places, 'vpc'),
    samples,
    queries: { athena: athenaQuery(sought), insights: insightsQuery(sought) },
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

function thresholdText(condition: Condition): string | null {
  switch (condition.kind) {
    case 'match':
      return null;
    case 'window':
      return condition.when.text;
    case 'absence':
    case 'new':
    case 'baseline':
      return condition.text;
  }
}

/** What all places have in common; null where nothing is known, or they differ. */
function common(places: readonly Place[], fact: 'account' | 'region' | 'vpc'): string | null {
  const known = new Set(places.flatMap((place) => place[fact] ?? []));
  return known.size === 1 ? [...known][0]! : null;
}
