/** Alerts as incidents: what one source did in one stretch of time, whatever number of rules saw it. */
import type { FieldValue } from '../flow/columns.ts';
import { addressTest } from '../flow/networks.ts';
import { PRIVATE_NETWORKS } from '../rules/lists.ts';
import type { Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import { compareText, rankOf, sortByTime } from './order.ts';
import { findQuieted } from './quieting.ts';
import { spanOf } from './span.ts';

/** What one source did, without a break. */
export interface Incident {
  /** An address, else `to` the address it was done to, else an interface; undefined where the records have none in common. */
  readonly who: string | undefined;
  /** That of the worst finding. */
  readonly severity: Severity;
  /** One a rule, the worst first; never empty. */
  readonly findings: readonly Finding[];
  /** Alerts that one of the findings quiets. */
  readonly quieted: readonly Alert[];
  /** ISO 8601. */
  readonly first_seen: string;
  readonly last_seen: string;
}

/** What one rule found in an incident: alerts about several groups, or about one group in several periods. */
export interface Finding {
  readonly rule: Alert['rule'];
  /** The one that measured most. */
  readonly strongest: Alert;
  /** All, by time. */
  readonly alerts: readonly Alert[];
}

/** What {@link incidentsOf} makes of alerts: each stands in one place. */
export interface Incidents {
  /** Most severe first, then by when they were first seen. */
  readonly incidents: readonly Incident[];
  /** Alerts quieted by one that is not among those given. */
  readonly heldBack: readonly Alert[];
}

/**
 * Puts alerts together by who did it: the client or source in the group, else the source that all samples share, else
 * the target in the group, else the interface. Those whose suppress periods overlap or follow each other are one incident, continuing alerts included.
 * What is quieted goes with what quiets it.
 */
export function incidentsOf(alerts: readonly Alert[]): Incidents {
  const standIns = findStandIns(alerts);
  const bySource = Map.groupBy(
    alerts.filter(({ id }) => !standIns.has(id)),
    (alert) => actorOf(alert).key,
  );
  const quieted = Map.groupBy(
    alerts.filter(({ id }) => standIns.has(id)),
    ({ id }) => standIns.get(id),
  );
  const incidents = [...bySource.values()].flatMap(stretches).map((stretch) =>
    incidentOf(
      stretch,
      stretch.flatMap((alert) => quieted.get(alert) ?? []),
    ),
  );
  return {
    incidents: incidents.toSorted(
      (a, b) =>
        rankOf(a.severity) - rankOf(b.severity) ||
        compareText(a.first_seen, b.first_seen) ||
        compareText(a.findings[0]!.strongest.id, b.findings[0]!.strongest.id),
    ),
    heldBack: quieted.get('elsewhere') ?? [],
  };
}

const isPrivate = addressTest(PRIVATE_NETWORKS);

/** Group fields that name who did it, and to whom it was done. */
const ACTORS = ['client', 'srcaddr', 'pkt_srcaddr'];
const TARGETS = ['server', 'dstaddr', 'pkt_dstaddr'];

/** Who is behind an alert, and what tells them from others. */
function actorOf(alert: Alert): { readonly key: string; readonly who: string | undefined } {
  const { group, interfaces, account_id, rule } = alert;
  const named = (columns: readonly string[]): FieldValue | undefined =>
    columns.map((column) => group[column]).find((value) => value != null);
  // private addresses are other machines in other accounts
  const keyOf = (address: string): string => JSON.stringify([address, isPrivate(address) ? account_id : null]);

  const source = named(ACTORS) ?? commonSource(alert);
  if (source !== undefined) return { key: keyOf(`${source}`), who: `${source}` };
  const target = named(TARGETS);
  if (target !== undefined) return { key: `to ${keyOf(`${target}`)}`, who: `to ${target}` };
  const place = group['interface_id'] ?? (interfaces.length === 1 ? interfaces[0] : undefined);
  if (place != null) return { key: JSON.stringify(place), who: `${place}` };
  return { key: JSON.stringify([rule.id, group]), who: undefined };
}

/** The source that all samples share; none where there are known to be several. */
function commonSource({ samples, measure }: Alert): FieldValue | undefined {
  if (ACTORS.some((column) => (measure[`distinct(${column})`] ?? 0) > 1)) return undefined;
  const sources = new Set(samples.flatMap(({ srcaddr }) => srcaddr ?? []));
  return sources.size === 1 ? [...sources][0] : undefined;
}

/** Which alert is shown instead of each quieted one; none where that is not among the alerts. */
function findStandIns(alerts: readonly Alert[]): ReadonlyMap<string, Alert | 'elsewhere'> {
  const direct = findQuieted(alerts);
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  const standIns = new Map<string, Alert | 'elsewhere'>();
  for (const alert of alerts) {
    let last: Alert | 'elsewhere' = alert;
    const met = new Set<string>();
    while (last !== 'elsewhere') {
      const by: string | null = direct.get(last.id) ?? last.quieted_by;
      // what quiets each other, as rules were edited in between, is shown
      if (by === null || met.has(by)) break;
      met.add(by);
      last = byId.get(by) ?? 'elsewhere';
    }
    if (last !== alert) standIns.set(alert.id, last);
  }
  return standIns;
}

/** Cuts one source's alerts where nothing of it goes on. */
function stretches(alerts: readonly Alert[]): readonly (readonly Alert[])[] {
  const found: Alert[][] = [];
  let until = '';
  for (const { alert, start, end } of alerts
    .map((alert) => ({ alert, ...spanOf(alert) }))
    .sort((a, b) => compareText(a.start, b.start))) {
    if (found.length === 0 || start > until) found.push([]);
    found.at(-1)!.push(alert);
    if (end > until) until = end;
  }
  return found;
}

function incidentOf(alerts: readonly Alert[], quieted: readonly Alert[]): Incident {
  const findings = [...Map.groupBy(sortByTime(alerts), ({ rule }) => rule.id).values()].map(findingOf);
  findings.sort(
    (a, b) =>
      rankOf(a.rule.severity) - rankOf(b.rule.severity) ||
      compareText(a.alerts[0]!.first_seen, b.alerts[0]!.first_seen),
  );
  return {
    who: actorOf(alerts[0]!).who,
    severity: findings[0]!.rule.severity,
    findings,
    quieted,
    first_seen: alerts.map(({ first_seen }) => first_seen).reduce((a, b) => (b < a ? b : a)),
    last_seen: alerts.map(({ last_seen }) => last_seen).reduce((a, b) => (b > a ? b : a)),
  };
}

function findingOf(alerts: readonly Alert[]): Finding {
  const measured = ({ measure }: Alert): number => Object.values(measure)[0] ?? 0;
  const strongest = alerts.reduce((best, alert) => (measured(alert) > measured(best) ? alert : best));
  return { rule: strongest.rule, strongest, alerts };
}
