/** A specific alert quiets the general one about the same traffic: which does, told from the alerts alone. */
import type { FieldValue, FlowRecord } from '../flow/columns.ts';
import type { Alert } from './alert.ts';
import { sortForReading } from './order.ts';
import { overlap, spanOf } from './span.ts';

/**
 * Which of the alerts are quieted, by id, and by which one.
 *
 * An alert quiets another if its rule names the other's, they are about the same time, and it covers the other's group.
 * Which was created first makes no difference. Of several the first for reading counts. One that is itself quieted still
 * quiets others: they are all about what the most specific one says. Rules that name each other quiet nothing.
 *
 * @param others alerts that may quiet, beside the alerts themselves
 */
export function findQuieted(alerts: readonly Alert[], others: Iterable<Alert> = []): ReadonlyMap<string, string> {
  const shapes = shapesOf(alerts);
  const specific = [...alerts, ...others].filter(({ rule }) => rule.quiets.some((id) => shapes.has(id)));
  const byGroup = new Map<string, Alert[]>();
  for (const alert of sortForReading(specific)) {
    for (const group of coveredGroups(alert, shapes)) {
      const those = byGroup.get(group);
      if (those === undefined) byGroup.set(group, [alert]);
      else those.push(alert);
    }
  }
  const quieted = new Map<string, string>();
  if (byGroup.size === 0) return quieted;
  for (const alert of alerts) {
    const names = fieldsOf(alert);
    const group = textOf(alert.rule.id, names, alert.group);
    const by = byGroup.get(group)?.find((specific) => mayQuiet(specific, alert));
    if (by !== undefined) quieted.set(alert.id, by.id);
  }
  return quieted;
}

function mayQuiet(specific: Alert, general: Alert): boolean {
  return (
    specific.rule.id !== general.rule.id &&
    !general.rule.quiets.includes(specific.rule.id) &&
    overlap(spanOf(specific), spanOf(general))
  );
}

/** By which fields the alerts of a rule are grouped, by rule: rules are edited, so there may be several ways. */
function shapesOf(alerts: readonly Alert[]): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  const shapes = new Map<string, Map<string, readonly string[]>>();
  for (const alert of alerts) {
    const names = fieldsOf(alert);
    const those = shapes.get(alert.rule.id) ?? new Map<string, readonly string[]>();
    shapes.set(alert.rule.id, those.set(names.join(), names));
  }
  return shapes;
}

function fieldsOf({ group }: Alert): readonly string[] {
  return Object.keys(group).sort();
}

/** A rule's group as a text, to be looked up. */
function textOf(rule: string, names: readonly string[], values: Readonly<Record<string, FieldValue>>): string {
  return JSON.stringify([rule, names.map((name) => [name, values[name] ?? null])]);
}

/** The groups of the rules it quiets that an alert covers: each field has a value of its group, else of one of its samples. */
function coveredGroups(alert: Alert, shapes: ReturnType<typeof shapesOf>): ReadonlySet<string> {
  const covered = new Set<string>();
  const readings = readingsOf(alert);
  for (const rule of alert.rule.quiets) {
    for (const names of shapes.get(rule)?.values() ?? []) {
      // all interfaces are known, where samples are only a few records
      const places = names.includes('interface_id') && !('interface_id' in alert.group) ? alert.interfaces : [];
      for (const reading of readings) {
        covered.add(textOf(rule, names, reading));
        for (const interface_id of places) covered.add(textOf(rule, names, { ...reading, interface_id }));
      }
    }
  }
  return covered;
}

/**
 * The records that the alert shows, with its group's values. They do not hold who opened the connection, which a
 * general rule may group by: each is read both ways.
 */
function readingsOf({ group, samples }: Alert): readonly FlowRecord[] {
  if (samples.length === 0) return [group];
  return samples.flatMap((sample) => {
    const { srcaddr = null, dstaddr = null, srcport = null, dstport = null } = sample;
    const asked = { initiator: 'src', client: srcaddr, server: dstaddr, client_port: srcport, server_port: dstport };
    const answered = { initiator: 'dst', client: dstaddr, server: srcaddr, client_port: dstport, server_port: srcport };
    return [
      { ...sample, ...asked, ...group },
      { ...sample, ...answered, ...group },
    ];
  });
}
