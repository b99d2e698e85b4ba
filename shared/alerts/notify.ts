/** From alerts that were created to people and programs that hear of them: read, plan, tell, remember. */
import type { Rule, Severity } from '../rules/rule.ts';
import type { AlertSink, Clock, ObjectStore } from '../ports.ts';
import type { Alert } from './alert.ts';
import { createdAlerts } from './created.ts';
import { noAlertMemory, rememberAlerts, type AlertMemory } from './memory.ts';
import { planNotifications, remainderOf, type Notice, type Notification } from './notifications.ts';
import { rankOf } from './order.ts';
import { recallQuieting } from './recall.ts';
import { decodeAlert } from './stored.ts';
import { Untold } from './untold.ts';

/** Where alerts are told. */
export interface AlertChannel {
  readonly name: string;
  readonly atLeast: Severity;
  /** True where people read: only so many a minute are told one by one. */
  readonly capped: boolean;
  readonly sink: AlertSink<Notice>;
}

/** What a process remembers of what it told; forgetting it repeats alerts (with the same ids), and loses none. */
export interface NoticeMemory {
  readonly alerts: AlertMemory;
  /** Channel and id of what was told there, one by one or as a number, the oldest first. */
  readonly told: Set<string>;
  /** The minute that `counts` is about, in minutes since 1970. */
  minute: number;
  /** How many alerts each channel was told one by one in this minute. */
  readonly counts: Map<string, Map<Severity, number>>;
}

/** A memory of nothing. */
export function noNoticeMemory(): NoticeMemory {
  return { alerts: noAlertMemory(), told: new Set(), minute: 0, counts: new Map() };
}

/** What telling depends on. */
export interface NotifyOptions {
  readonly store: ObjectStore;
  readonly channels: readonly AlertChannel[];
  readonly perMinute: number;
  /**
   * Rules that others quiet, by id, with the longest suppress period of these, seconds: for such alerts the store is asked
   * for what may quiet them, each day of it once a process.
   */
  readonly quietable: ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly memory: NoticeMemory;
}

/** A message of the queue. */
export interface CreatedMessage {
  readonly id: string;
  readonly body: string;
}

/** What became of the messages. */
export interface NotifyResult {
  /** Messages that have to come again, with the reason; all others are done. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  /** Alerts told one by one, on any channel. */
  readonly told: readonly Alert[];
  /** How many were told as a number on a channel, and on none one by one. */
  readonly heldBack: number;
  /** What is wrong though every alert was told. */
  readonly warnings: readonly string[];
}

/**
 * Tells of the alerts that the messages name. What is quieted or gone is done; an alert that can't be read, or not be told
 * on one of its channels, fails the messages that name it and no others. The number of those that are held back is told at
 * the end of every call, as a process may never get another one.
 */
export async function notify(messages: readonly CreatedMessage[], options: NotifyOptions): Promise<NotifyResult> {
  const { store, channels, quietable, clock, memory } = options;
  const named = messages.map(({ id, body }) => ({ id, keys: createdAlerts(body) }));
  const read = await readAlerts([...new Set(named.flatMap(({ keys = [] }) => keys))], store);
  const warnings: string[] = [];
  const alerts = [...new Map([...read.alerts.values()].map((alert) => [alert.id, alert])).values()];
  const fresh = alerts.filter((alert) => channels.some((channel) => isDue(alert, channel, memory)));

  const reaches = fresh.flatMap(({ rule }) => quietable.get(rule.id) ?? []);
  if (reaches.length > 0) {
    const general = fresh.filter(({ rule, quieted_by }) => quietable.has(rule.id) && quieted_by === null);
    await recallQuieting(general, Math.max(...reaches), store, memory.alerts).catch((error: unknown) => {
      // an alert too many is better than none
      warnings.push(`alerts that may quiet others could not be read: ${reasonOf(error)}`);
    });
  }
  const known = memory.alerts.quieting.values();
  const { told: waiting } = planNotifications(fresh, { perMinute: Number.POSITIVE_INFINITY, known });
  rememberAlerts(memory.alerts, alerts);

  startMinute(memory, clock);
  const outcomes = await Promise.all(channels.map((channel) => tellOn(channel, waiting, options)));
  const untold = new Map(outcomes.flatMap(({ untold, problem }) => untold.map(({ id }) => [id, problem])));
  const told = new Set(outcomes.flatMap(({ told }) => told));
  const counted = new Set(outcomes.flatMap(({ counted }) => counted));
  const failureOf = (key: string): string | undefined =>
    read.unreadable.get(key) ?? untold.get(read.alerts.get(key)?.id ?? '');
  return {
    failed: named.flatMap(({ id, keys }) => {
      const reason = keys === undefined ? 'it is no notification of S3' : keys.map(failureOf).find((why) => why);
      return reason === undefined ? [] : [{ id, reason }];
    }),
    told: [...told],
    heldBack: [...counted].filter((alert) => !told.has(alert)).length,
    warnings,
  };
}

/** Rules that others quiet, by id, with the longest suppress period of these. */
export function quietableRules(rules: readonly Pick<Rule, 'quiets' | 'suppress'>[]): NotifyOptions['quietable'] {
  const reaches = new Map<string, number>();
  for (const { quiets, suppress } of rules) {
    for (const id of quiets) reaches.set(id, Math.max(reaches.get(id) ?? 0, suppress));
  }
  return reaches;
}

/** Objects read at once. */
const CHUNK = 16;

interface ReadAlerts {
  /** By key; those that are gone are missing. */
  readonly alerts: ReadonlyMap<string, Alert>;
  /** By key, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>;
}

async function readAlerts(keys: readonly string[], store: ObjectStore): Promise<ReadAlerts> {
  const alerts = new Map<string, Alert>();
  const unreadable = new Map<string, string>();
  for (let at = 0; at < keys.length; at += CHUNK) {
    await Promise.all(
      keys.slice(at, at + CHUNK).map(async (key) => {
        try {
          const object = await store.get(key);
          if (object === undefined) return;
          const alert = decodeAlert(object.body);
          if (alert === undefined) unreadable.set(key, `\`${key}\` holds no alert that this version can read`);
          else alerts.set(key, alert);
        } catch (error) {
          unreadable.set(key, reasonOf(error));
        }
      }),
    );
  }
  return { alerts, unreadable };
}

function isDue(alert: Alert, { name, atLeast }: AlertChannel, { told }: NoticeMemory): boolean {
  return rankOf(alert.rule.severity) <= rankOf(atLeast) && !told.has(`${name}/${alert.id}`);
}

function startMinute(memory: NoticeMemory, clock: Clock): void {
  const minute = Math.floor(clock.now().getTime() / 60_000);
  if (minute === memory.minute) return;
  memory.minute = minute;
  memory.counts.clear();
}

interface Outcome {
  /** Told one by one. */
  readonly told: readonly Alert[];
  /** Told as a number. */
  readonly counted: readonly Alert[];
  readonly untold: readonly Alert[];
  /** Why these were not. */
  readonly problem: string;
}

async function tellOn(
  channel: AlertChannel,
  waiting: readonly Notification[],
  { perMinute, clock, memory }: NotifyOptions,
): Promise<Outcome> {
  const due = waiting.filter(({ alert }) => isDue(alert, channel, memory));
  const counts = memory.counts.get(channel.name) ?? new Map<Severity, number>();
  const most = channel.capped ? perMinute : Number.POSITIVE_INFINITY;
  const plan = planNotifications(
    due.map(({ alert }) => alert),
    { perMinute: most, told: counts },
  );
  const notices: Notice[] = [...plan.told];
  if (plan.held.length > 0) notices.push(remainderOf(plan.held, clock.now()));
  if (notices.length === 0) return { told: [], counted: [], untold: [], problem: '' };

  let untold: ReadonlySet<Notice> = new Set();
  let problem = '';
  try {
    await channel.sink.publish(notices);
  } catch (error) {
    untold = error instanceof Untold ? (error as Untold<Notice>).untold : new Set(notices);
    problem = `route \`${channel.name}\`: ${reasonOf(error)}`;
  }
  const done = notices.filter((notice) => !untold.has(notice));
  const told = done.flatMap((notice) => (notice.kind === 'more' ? [] : [notice.alert]));
  const counted = done.flatMap((notice) => (notice.kind === 'more' ? notice.alerts : []));
  for (const { rule } of told) counts.set(rule.severity, (counts.get(rule.severity) ?? 0) + 1);
  memory.counts.set(channel.name, counts);
  remember(
    memory,
    [...told, ...counted].map(({ id }) => `${channel.name}/${id}`),
  );
  return { told, counted, untold: [...untold].flatMap(alertsOf), problem };
}

function alertsOf(notice: Notice): readonly Alert[] {
  return notice.kind === 'more' ? notice.alerts : [notice.alert];
}

/** Each is some 50 bytes; S3 repeats an event within minutes, if at all. */
const MOST_REMEMBERED = 20_000;

function remember({ told }: NoticeMemory, keys: readonly string[]): void {
  for (const key of keys) told.add(key);
  for (const key of told) {
    if (told.size <= MOST_REMEMBERED) return;
    told.delete(key);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
