/** A specific alert quiets the general one about the same traffic: which does, told from the alerts alone. */
import type { FieldValue, FlowRecord } from '../flow/columns.ts';
import type { Alert } from './alert.ts';
import { sortForReading } from './order.ts';
import { overlap, spanOf } from './span.ts';

/**
 * Whether `specific` quiets `general`: its rule names the other's, they are about the same time, and it covers the
 * other's group. Which of the two was created first makes no difference. Rules that name each other quiet nothing.
 */
export function quiets(specific: Alert, general: Alert): boolean {
  return (
    specific.rule.id !== general.rule.id &&
    specific.rule.quiets.includes(general.rule.id) &&
    !general.rule.quiets.includes(specific.rule.id) &&
    overlap(spanOf(specific), spanOf(general)) &&
    covers(specific, general)
  );
}

/**
 * Which of the alerts are quieted, by id, and by which one: the first for reading of those that quiet it. An alert that
 * is itself quieted still quiets others: they are all about what the most specific one says.
 *
 * @param others alerts that may quiet, beside the alerts themselves
 */
export function findQuieted(alerts: readonly Alert[], others: Iterable<Alert> = []): ReadonlyMap<string, string> {
  const quieting = sortForReading([...alerts, ...others].filter(({ rule }) => rule.quiets.length > 0));
  const byQuieted = new Map<string, Alert[]>();
  for (const alert of quieting) {
    for (const rule of alert.rule.quiets) byQuieted.set(rule, [...(byQuieted.get(rule) ?? []), alert]);
  }
  const quieted = new Map<string, string>();
  for (const alert of alerts) {
    const by = byQuieted.get(alert.rule.id)?.find((specific) => quiets(specific, alert));
    if (by !== undefined) quieted.set(alert.id, by.id);
  }
  return quieted;
}

/** Whether every field of the other's group has the same value here: in the group, else in one of the samples. */
function covers(specific: Alert, general: Alert): boolean {
  const wanted = Object.entries(general.group).filter(
    ([column, value]) => !(column === 'interface_id' && !(column in specific.group) && isAmong(specific, value)),
  );
  return readingsOf(specific).some((reading) => wanted.every(([column, value]) => (reading[column] ?? null) === value));
}

/** All interfaces are known, where samples are only a few records. */
function isAmong({ interfaces }: Alert, value: FieldValue): boolean {
  return typeof value === 'string' && interfaces.includes(value);
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
