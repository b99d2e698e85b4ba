/**
 * Which hours to judge for absences: those that became due or have changed since they were judged last. What is
 * remembered of that is only a hint: without it every open hour is judged again, and the same alerts come of it.
 */
import type { ObjectStore } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';
import { dueAt, judgeHour, type JudgedHour } from './absence.ts';
import type { Crossing } from './evidence.ts';
import { decodeHour, type Hour } from './hour.ts';
import type { ListedHour } from './hours.ts';
import { closedKey, hourKey, JUDGED } from './layout.ts';

const SCHEMA = 'sekisho.window-judged/1';

/** What judging works with. */
export interface JudgeOptions {
  readonly store: ObjectStore;
  /** By `stateKey`. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** The hours that are stored. */
  readonly hours: readonly ListedHour[];
  /** As of when, Unix seconds. */
  readonly now: number;
  /** Makes alerts of crossings, known ones included; resolves when they are safe. */
  readonly raise: (crossings: readonly Crossing[]) => Promise<void>;
}

/** An hour that could not be judged, as its state can't be read. */
export interface UnreadableHour {
  readonly key: string;
  readonly reason: string;
}

/** What was judged, and when. */
interface Judged {
  readonly schema: typeof SCHEMA;
  /** Keys of the rules that were known. */
  readonly rules: readonly string[];
  /** By hour: how it looked in a listing before it was read, and as of when it was judged, Unix seconds. */
  readonly hours: Readonly<Record<string, { readonly looks: string; readonly until: number }>>;
}

/** Judges the absences of every hour that needs it; the hours that could not be read. */
export async function judgeAbsences({
  store,
  rules,
  hours,
  now,
  raise,
}: JudgeOptions): Promise<readonly UnreadableHour[]> {
  const spans = [...rules.values()].flatMap(({ condition: c }) => (c.kind === 'absence' ? c.seconds : []));
  if (spans.length === 0) return [];
  const keys = [...rules].flatMap(([key, { condition }]) => (condition.kind === 'absence' ? key : [])).sort();
  const stored = await store.get(JUDGED);
  const before = stored === undefined ? undefined : readJudged(stored.body, keys);
  const unreadable: UnreadableHour[] = [];
  const judged: Record<string, { looks: string; until: number }> = {};
  for (const listed of hours) {
    const { hour } = listed;
    const looks = `${listed.modified.getTime()} ${listed.size}`;
    const last = before?.hours[hour];
    const firstDue = dueAt(hour * 60, Math.min(...spans));
    const lastDue = dueAt(hour * 60 + 59, Math.max(...spans));
    if (now < firstDue) continue;
    if (last?.looks === looks && (last.until >= lastDue || last.until >= now)) {
      judged[hour] = last;
      continue;
    }
    const found = await readForJudging(store, hour);
    if ('reason' in found) unreadable.push(found);
    else if (found.state !== undefined) {
      const crossings = [...judgeHour(rules, { ...found, state: found.state }, now)];
      if (crossings.length > 0) await raise(crossings);
      judged[hour] = { looks, until: now };
    }
  }
  // a lake that nothing was written to stays so
  if (stored === undefined && Object.keys(judged).length === 0) return unreadable;
  const body = Buffer.from(`${JSON.stringify({ schema: SCHEMA, rules: keys, hours: judged } satisfies Judged)}\n`);
  // whoever is faster has judged as well: nothing is lost with what is not written
  const isNews = stored === undefined ? Object.keys(judged).length > 0 : !body.equals(stored.body);
  if (isNews) await store.putIfUnchanged(JUDGED, body, stored?.version);
  return unreadable;
}

/** What is remembered; undefined where that is of no use, as it is not to be read or other rules were judged. */
function readJudged(body: Uint8Array, keys: readonly string[]): Judged | undefined {
  try {
    const judged = JSON.parse(Buffer.from(body).toString()) as Judged;
    return judged.schema === SCHEMA && judged.rules.join('\n') === keys.join('\n') ? judged : undefined;
  } catch {
    return undefined;
  }
}

type Readable = Omit<JudgedHour, 'state'> & { readonly state: Hour | undefined };

/** Reads an hour and the one after it. */
async function readForJudging(store: ObjectStore, hour: number): Promise<Readable | UnreadableHour> {
  const [state, next] = [await readHour(store, hour), await readHour(store, hour + 1)];
  if (typeof state === 'object' && 'reason' in state) return state;
  if (typeof next === 'object' && 'reason' in next) return next;
  return { hour, state: state === 'closed' ? undefined : state, next };
}

async function readHour(store: ObjectStore, hour: number): Promise<Hour | 'closed' | UnreadableHour | undefined> {
  const key = hourKey(hour);
  const stored = await store.get(key);
  if (stored === undefined) return (await store.get(closedKey(hour))) === undefined ? undefined : 'closed';
  const state = decodeHour(stored.body);
  return typeof state === 'object' && 'kind' in state ? { key, reason: state.reason } : state;
}
