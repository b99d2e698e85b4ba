/** Room to tell in, taken from the minute that all processes share before anything is told, and given back after. */
import type { Clock, ObjectStore } from '../ports.ts';
import type { Alert } from './alert.ts';
import type { AlertChannel, Outcome } from './channel.ts';
import { changeMinute, type MinuteMemory } from './minute-store.ts';
import { claimRoom, settleClaim, waitOf, type Claim, type Minute, type Share, type Wish } from './minute.ts';
import type { Notification } from './notifications.ts';

/** What each channel may be told. */
export interface Room {
  readonly shareOf: (channel: AlertChannel) => Share;
  /** Whether the message of this alert has to come again for the number that it was held back for. */
  readonly isBell: (id: string) => boolean;
  /** When it has to come again, seconds. */
  readonly waitOf: (id: string, now: Date) => number | undefined;
  readonly warnings: string[];
  /** The claim on the shared minute; undefined where none was needed or none could be had. */
  readonly claim: Claim | undefined;
  /** The minute as it is known now. */
  minute: Minute | undefined;
}

type Wanted = ReadonlyMap<AlertChannel, readonly Notification[]>;

interface Options {
  readonly store: ObjectStore;
  readonly perMinute: number;
  readonly clock: Clock;
  readonly memory: { readonly minute: MinuteMemory };
}

/**
 * Takes room for what the channels want to hear. One or two requests, none where people are told nothing.
 *
 * Where the shared minute can't be had, this process counts for itself: it tells what it has room for, and the rest has to
 * come again.
 *
 * @param back ids of alerts whose messages came before: somebody may rely on their coming again until a number is told
 */
export async function takeRoom(wanted: Wanted, back: ReadonlySet<string>, options: Options): Promise<Room> {
  const { store, perMinute, clock, memory } = options;
  const capped = [...wanted].filter(([channel]) => channel.capped);
  if (back.size === 0 && capped.every(([, waiting]) => waiting.length === 0)) return roomOf(wanted, undefined);
  const routes = new Map(capped.map(([{ name }, waiting]) => [name, waiting]));
  const wish: Omit<Wish, 'change'> = { now: clock.now(), perMinute, routes };
  try {
    const claim = await changeMinute(store, memory.minute, (state, change) => claimRoom(state, { ...wish, change }));
    return roomOf(wanted, claim);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const reason = `what was told in this minute could not be counted: ${why}`;
    return { ...roomOf(wanted, undefined, countAlone(memory.minute, wish, back, reason)), warnings: [reason] };
  }
}

/** What there is room for as far as this process knows. */
function countAlone(
  memory: MinuteMemory,
  wish: Omit<Wish, 'change'>,
  back: ReadonlySet<string>,
  reason: string,
): ReadonlyMap<string, Share> {
  const fresh = [...wish.routes].map(
    ([name, waiting]) => [name, waiting.filter(({ alert }) => !back.has(alert.id))] as const,
  );
  const { after, shares } = claimRoom(memory.alone, { ...wish, routes: new Map(fresh), change: '' });
  const routes = Object.entries(after.routes).map(([name, { told }]) => [name, { told, summed: 0 }]);
  memory.alone = { ...after, routes: Object.fromEntries(routes) as Minute['routes'], bells: {} };
  const told = [...wish.routes].map(([name, waiting]): [string, Share] => {
    const tell = shares.get(name)?.tell ?? [];
    const refused = waiting.filter((each) => !tell.includes(each)).map(({ alert }) => [alert.id, reason] as const);
    return [name, { tell, held: [], settled: [], refused: new Map(refused) }];
  });
  return new Map(told);
}

function roomOf(wanted: Wanted, claim: Claim | undefined, shares = claim?.shares): Room {
  const room: Room = {
    shareOf: (channel) => {
      const share = channel.capped ? shares?.get(channel.name) : undefined;
      return share ?? uncappedShare(channel, wanted.get(channel) ?? [], claim);
    },
    isBell: (id) => room.waitOf(id, new Date(0)) !== undefined,
    waitOf: (id, now) => (room.minute === undefined ? undefined : waitOf(room.minute, id, now)),
    warnings: [],
    claim,
    minute: claim?.after,
  };
  return room;
}

/** Everything, but for what was told when the message of a bell came first. */
function uncappedShare({ name }: AlertChannel, waiting: readonly Notification[], claim: Claim | undefined): Share {
  const isSettled = ({ alert }: Notification): boolean => claim?.after.bells[alert.id]?.done.includes(name) === true;
  return {
    tell: waiting.filter((each) => !isSettled(each)),
    held: [],
    settled: waiting.filter(isSettled).map(({ alert }) => alert),
  };
}

/** Says what became of it, where that is not what was claimed. */
export async function settleRoom(
  room: Room,
  outcomes: ReadonlyMap<AlertChannel, Outcome>,
  { store, memory }: Options,
): Promise<void> {
  const { claim } = room;
  if (claim === undefined) return;
  const channels = [...outcomes];
  const capped = channels.filter(([channel]) => channel.capped);
  const untold = capped.flatMap(([channel, outcome]): [string, readonly Alert[]][] => {
    const alerts = room.shareOf(channel).tell.flatMap(({ alert }) => (outcome.untold.has(alert.id) ? [alert] : []));
    return alerts.length === 0 ? [] : [[channel.name, alerts]];
  });
  const numbers = capped.flatMap(([channel, { problem }]): [string, boolean][] =>
    room.shareOf(channel).number === undefined ? [] : [[channel.name, problem === undefined]],
  );
  const doneOf = (id: string): readonly string[] =>
    channels.filter(([, outcome]) => !outcome.untold.has(id)).map(([{ name }]) => name);
  const held = new Set(capped.flatMap(([channel]) => room.shareOf(channel).held.map(({ id }) => id)));
  const bells = [...held]
    .filter((id) => room.isBell(id))
    .map((id): [string, readonly string[]] => [id, doneOf(id)])
    .filter(([id, done]) => done.some((name) => claim.after.bells[id]?.done.includes(name) !== true));
  if (untold.length === 0 && numbers.length === 0 && bells.length === 0) return;
  const settlement = {
    claim: claim.change,
    minute: claim.after.minute,
    untold: new Map(untold),
    numbers: new Map(numbers),
    bells: new Map(bells),
  };
  try {
    const { after } = await changeMinute(store, memory.minute, (state, change) => ({
      after: settleClaim(state, { ...settlement, change }),
      changed: true,
    }));
    room.minute = after;
  } catch (error) {
    // a number may be told again, and some room is lost until the minute is over
    room.warnings.push(`what was told could not be noted: ${error instanceof Error ? error.message : String(error)}`);
  }
}
