/** From alerts that were created to people and programs that hear of them: read, plan, tell, remember. */
import type { Clock, ObjectStore } from '../ports.ts';
import type { Alert } from './alert.ts';
import type { AlertChannel, Outcome } from './channel.ts';
import { createdAlerts } from './created.ts';
import { noAlertMemory, rememberAlerts, type AlertMemory } from './memory.ts';
import { noMinuteMemory, type MinuteMemory } from './minute-store.ts';
import { sortForTelling, type Notification } from './notifications.ts';
import { isHeard, recallFor, unquieted, type Quieters } from './quiet-channel.ts';
import { readAlerts } from './read-created.ts';
import { settleRoom, takeRoom, type Room } from './room.ts';
import { tellOn } from './tell.ts';

/** What a process remembers of what it told; forgetting it repeats alerts (with the same ids), and loses none. */
export interface NoticeMemory {
  readonly alerts: AlertMemory;
  /** Channel and id of what was told there, one by one or as a number, the oldest first. */
  readonly told: Set<string>;
  /** What is known of the minute that all processes share. */
  readonly minute: MinuteMemory;
}

/** A memory of nothing; `process` is another one for every process. */
export function noNoticeMemory(process: string): NoticeMemory {
  return { alerts: noAlertMemory(), told: new Set(), minute: noMinuteMemory(process) };
}

/** What telling depends on. */
export interface NotifyOptions {
  readonly store: ObjectStore;
  /** The store's bucket, where it is one: messages may still tell of another that was the lake before. */
  readonly bucket?: string;
  readonly channels: readonly AlertChannel[];
  readonly perMinute: number;
  /** Rules that others quiet: for their alerts the store is asked for what may quiet them, each day of it once a process. */
  readonly quietable: ReadonlyMap<string, Quieters>;
  readonly clock: Clock;
  readonly memory: NoticeMemory;
}

/** A message of the queue. */
export interface CreatedMessage {
  readonly id: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly received?: number | undefined;
}

/** What became of the messages. */
export interface NotifyResult {
  /** Messages that have to come again, with the reason. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  /** Messages with which nothing is wrong, and that have to come again after some seconds; all others are done. */
  readonly waiting: readonly { readonly id: string; readonly seconds: number }[];
  /** Alerts told one by one, on any channel. */
  readonly told: readonly Alert[];
  /** How many are told as a number on a channel, and were on none one by one. */
  readonly heldBack: number;
  /** What is wrong though no message says so. */
  readonly warnings: readonly string[];
}

/**
 * Tells of the alerts that the messages name. What is quieted or gone is done; an alert that can't be read, or not be told
 * on one of its channels, fails the messages that name it and no others. Where people read, all processes together tell
 * `perMinute` alerts a minute, and count the others; the number is told when the minute is over, by the first call after
 * that. So that there is one, a message waits in the queue.
 */
export async function notify(messages: readonly CreatedMessage[], options: NotifyOptions): Promise<NotifyResult> {
  const { store, channels, clock, memory } = options;
  const named = messages.map(({ id, body, received = 1 }) => {
    const created = createdAlerts(body, options.bucket);
    const [keys, untellable] = 'reason' in created ? [[], created.reason] : [created, undefined];
    return { id, keys, untellable, isBack: received > 1 };
  });
  const read = await readAlerts(
    named.flatMap(({ keys }) => keys),
    store,
  );
  const warnings: string[] = [];
  const alerts = [...new Map([...read.alerts.values()].map((alert) => [alert.id, alert])).values()];
  rememberAlerts(memory.alerts, alerts);
  const wanted = new Map<AlertChannel, readonly Notification[]>();
  for (const channel of channels) wanted.set(channel, await wantedOn(channel, alerts, options, warnings));

  const idOf = (key: string): string => read.alerts.get(key)?.id ?? '';
  const back = new Set(named.flatMap(({ keys, isBack }) => (isBack ? keys.map(idOf) : [])));
  const room = await takeRoom(wanted, back, options);
  const outcomes = new Map<AlertChannel, Outcome>();
  await Promise.all(channels.map(async (each) => outcomes.set(each, await tellOn(each, room.shareOf(each), clock))));
  await settleRoom(room, outcomes, options);
  warnings.push(...room.warnings);

  remember(memory, outcomes, room);
  const untold = new Map([...outcomes.values()].flatMap((outcome) => [...outcome.untold]));
  const told = new Set([...outcomes.values()].flatMap((outcome) => outcome.told));
  const held = new Set(channels.flatMap((channel) => room.shareOf(channel).held));
  const failureOf = (key: string): string | undefined => read.unreadable.get(key) ?? untold.get(idOf(key));
  const now = clock.now();
  const problem = [...outcomes.values()].find((outcome) => outcome.problem !== undefined)?.problem;
  const failed: { id: string; reason: string }[] = [];
  const waiting: { id: string; seconds: number }[] = [];
  for (const { id, keys, untellable } of named) {
    const reason = untellable ?? keys.map(failureOf).find((why) => why);
    const waits = keys.flatMap((key) => room.waitOf(idOf(key), now) ?? []);
    if (reason !== undefined) failed.push({ id, reason });
    else if (waits.length > 0 && problem !== undefined) failed.push({ id, reason: problem });
    else if (waits.length > 0) waiting.push({ id, seconds: Math.max(...waits) });
  }
  // the number is not lost: it is told when its message comes again, or before that
  if (problem !== undefined && failed.every(({ reason }) => reason !== problem)) warnings.push(problem);
  return { failed, waiting, told: [...told], heldBack: [...held].filter((alert) => !told.has(alert)).length, warnings };
}

/** What the channel is to hear of that it has not heard, the worst first. */
async function wantedOn(
  channel: AlertChannel,
  alerts: readonly Alert[],
  { store, quietable, memory }: NotifyOptions,
  warnings: string[],
): Promise<readonly Notification[]> {
  const { name, atLeast } = channel;
  const due = alerts.filter(({ id, rule }) => isHeard(rule.severity, atLeast) && !memory.told.has(`${name}/${id}`));
  if (due.length === 0) return [];
  await recallFor(due, atLeast, quietable, store, memory.alerts).catch((error: unknown) => {
    // an alert too many is better than none
    warnings.push(`alerts that may quiet others could not be read: ${reasonOf(error)}`);
  });
  return sortForTelling(unquieted(due, [...alerts, ...memory.alerts.quieting.values()], atLeast, quietable));
}

/** Each is some 50 bytes; S3 repeats an event within minutes, if at all. */
const MOST_REMEMBERED = 20_000;

function remember({ told }: NoticeMemory, outcomes: ReadonlyMap<AlertChannel, Outcome>, room: Room): void {
  for (const [channel, outcome] of outcomes) {
    const { held, settled } = room.shareOf(channel);
    for (const { id } of [...outcome.told, ...held, ...settled]) {
      // what waits in the queue has to be looked at when it comes again
      if (!room.isBell(id)) told.add(`${channel.name}/${id}`);
    }
  }
  for (const key of told) {
    if (told.size <= MOST_REMEMBERED) return;
    told.delete(key);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
