/** Alerts that others created: a run that has just begun remembers none of those that may quiet its own. */
import type { ObjectStore } from '../ports.ts';
import type { Alert } from './alert.ts';
import { ALERTS } from './layout.ts';
import { rememberAlerts, type AlertMemory } from './memory.ts';
import { isoTime, spanOf } from './span.ts';
import { decodeAlert } from './stored.ts';

/** Objects of a day that are read at most; the lake's view `alerts` takes all of them into account. */
const MOST_READ = 2000;

/** Objects asked for at once. */
const CHUNK = 16;

const DAY = 86_400;

/**
 * Remembers the alerts of rules that quiet others, of the days in which one may lie that quiets one of these. Each day is
 * read once.
 *
 * @param reach the longest suppress period of a rule that quiets them, seconds: so long before may it begin
 */
export async function recallQuieting(
  alerts: readonly Alert[],
  reach: number,
  store: ObjectStore,
  memory: AlertMemory,
): Promise<void> {
  for (const day of new Set(alerts.flatMap((alert) => daysAround(alert, reach)))) {
    if (memory.recalled.has(day)) continue;
    memory.recalled.add(day);
    const found = await readDay(store, day);
    rememberAlerts(
      memory,
      found.filter(({ rule }) => rule.quiets.length > 0),
    );
  }
}

/** The days under which alerts are kept whose suppress period may overlap. */
function daysAround(alert: Alert, reach: number): readonly string[] {
  const { start, end } = spanOf(alert);
  const [first, last] = [Date.parse(start) / 1000 - reach, Date.parse(end) / 1000 - 1];
  const days: string[] = [];
  for (let day = Math.floor(first / DAY); day <= Math.floor(last / DAY); day++)
    days.push(isoTime(day * DAY).slice(0, 10));
  return days;
}

async function readDay(store: ObjectStore, day: string): Promise<readonly Alert[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(`${ALERTS}day=${day}/`)) {
    keys.push(key);
    if (keys.length === MOST_READ) break;
  }
  const alerts: Alert[] = [];
  for (let at = 0; at < keys.length; at += CHUNK) {
    const objects = await Promise.all(keys.slice(at, at + CHUNK).map((key) => store.get(key)));
    alerts.push(...objects.flatMap((object) => (object === undefined ? [] : (decodeAlert(object.body) ?? []))));
  }
  return alerts;
}
