/**
 * What people were told in a minute, over all processes: a value that each of them reads, changes and replaces only if
 * nobody else did. Whoever is about to tell takes room first; whoever finds none counts the alert, to be told as a number.
 *
 * A number is told once its minute is over, by whoever comes next. Somebody has to come, even if nothing else happens:
 * the message of one alert held back in each minute stays in the queue until then (a *bell*).
 */
import type { Alert } from './alert.ts';
import { fillRoom, type Notification } from './notifications.ts';
import {
  addTallies,
  holdBack,
  isNamed,
  mergeHeld,
  NOTHING_HELD,
  tally,
  type HeldBack,
  type Tally,
} from './remainder.ts';

/** What is remembered of a minute, on all routes that people read. */
export interface Minute {
  readonly schema: 'sekisho.minute/1';
  /** Minutes since 1970. */
  readonly minute: number;
  readonly routes: Readonly<Record<string, RouteMinute>>;
  /** By the id of the alert whose message stays in the queue. */
  readonly bells: Readonly<Record<string, Bell>>;
  /** The last changes, so that a process whose answer was lost finds its own. */
  readonly changes: readonly string[];
}

/** What is remembered of a route. */
export interface RouteMinute {
  /** How many were told one by one in this minute. */
  readonly told: Tally;
  /** What is to be told as a number. */
  readonly held?: Waiting | undefined;
  /** What is being told as a number. */
  readonly sending?: Sending | undefined;
  /** The minute in which a number was told last. */
  readonly summed: number;
}

interface Waiting extends HeldBack {
  /** The minute in which the first was held back. */
  readonly since: number;
}

interface Sending extends Waiting {
  /** The change that took it. */
  readonly by: string;
  /** Until then nobody else tells it, milliseconds since 1970. */
  readonly until: number;
}

interface Bell {
  /** The minute whose numbers it is for. */
  readonly since: number;
  /** Routes whose number it is for. */
  readonly routes: readonly string[];
  /** Routes that have nothing to hear of the alert when it comes again. */
  readonly done: readonly string[];
}

/** Nothing was told yet. */
export const NO_MINUTE: Minute = { schema: 'sekisho.minute/1', minute: 0, routes: {}, bells: {}, changes: [] };

const MINUTE = 60_000;

/** Longer than an invocation may take: whoever has not told a number by then never will. */
const LEASE = 90_000;

/** One is made a minute and route, at most; they are looked at when they come again, a minute later. */
const MOST_BELLS = 200;

/** Who wants to tell what. */
export interface Wish {
  readonly now: Date;
  readonly perMinute: number;
  /** The routes that people read, with what they wait to be told, the worst first. */
  readonly routes: ReadonlyMap<string, readonly Notification[]>;
  /** Of this change alone. */
  readonly change: string;
}

/** What a route is to be told now. */
export interface Share {
  readonly tell: readonly Notification[];
  /** The number, of a minute that is over. */
  readonly number?: HeldBack | undefined;
  /** These are counted, and will be told as a number. */
  readonly held: readonly Alert[];
  /** These were counted, or told, when their message came before. */
  readonly settled: readonly Alert[];
  /** Ids of what can't be told now, with the reason. */
  readonly refused?: ReadonlyMap<string, string>;
}

/** Room that was taken. */
export interface Claim {
  /** The change that made it. */
  readonly change: string;
  readonly after: Minute;
  /** False where `after` says nothing new. */
  readonly changed: boolean;
  /** By route. */
  readonly shares: ReadonlyMap<string, Share>;
}

/**
 * Takes room for what is to be told, and what a minute that is over left to be told as a number.
 *
 * Less severe alerts take no room from worse ones that come after them: of each severity, with all that is worse, at most
 * `perMinute` are told in a minute, whatever else was.
 */
export function claimRoom(before: Minute, { now, perMinute, routes, change }: Wish): Claim {
  const state = turnTo(before, now);
  const { minute } = state;
  const bells: Record<string, Bell> = { ...state.bells };
  const after: Record<string, RouteMinute> = { ...state.routes };
  const shares = new Map<string, Share>();
  let changed = false;
  for (const [name, waiting] of routes) {
    const route = state.routes[name] ?? { told: {}, summed: 0 };
    let [held, sending] = takeBack(route, now);
    let number: HeldBack | undefined;
    if (held !== undefined && sending === undefined && held.since < minute && route.summed < minute) {
      sending = { ...held, by: change, until: now.getTime() + LEASE };
      number = held;
      held = undefined;
    }
    const isSettled = ({ alert }: Notification): boolean =>
      bells[alert.id]?.done.includes(name) === true ||
      [held, sending].some((these) => these !== undefined && isNamed(these, alert));
    const fresh = waiting.filter((each) => !isSettled(each));
    const plan = fillRoom(fresh, perMinute, route.told);
    const over = plan.held.map(({ alert }) => alert);
    if (over.length > 0) {
      held = { ...holdBack(held ?? NOTHING_HELD, over), since: held?.since ?? minute };
      if (!Object.values(bells).some((bell) => bell.since === minute && bell.routes.includes(name))) {
        const { id } = over.find((alert) => bells[alert.id] !== undefined) ?? over[0]!;
        const { routes = [], done = [] } = bells[id] ?? {};
        bells[id] = { since: minute, routes: [...routes, name], done: [...done, name] };
      }
    }
    changed ||= plan.told.length > 0 || over.length > 0 || number !== undefined;
    const told = addTallies(route.told, tally(plan.told.map(({ alert }) => alert.rule.severity)));
    const summed = number === undefined ? route.summed : minute;
    after[name] = { told, held, sending, summed };
    shares.set(name, {
      tell: plan.told,
      number,
      held: over,
      settled: waiting.filter(isSettled).map(({ alert }) => alert),
    });
  }
  return { after: changedBy({ ...state, routes: after, bells: latest(bells) }, change), change, changed, shares };
}

/** What became of a claim. */
export interface Settlement {
  /** The change that made the claim. */
  readonly claim: string;
  /** Of this change alone. */
  readonly change: string;
  /** The minute of the claim. */
  readonly minute: number;
  /** Alerts that were not told after all, by route: their room is free again. */
  readonly untold: ReadonlyMap<string, readonly Alert[]>;
  /** Routes that the claim had a number for, and whether it was told. */
  readonly numbers: ReadonlyMap<string, boolean>;
  /** Bells, with all routes that have nothing more to hear of these alerts. */
  readonly bells: ReadonlyMap<string, readonly string[]>;
}

/** Gives back the room that was not used, and remembers which numbers were told. */
export function settleClaim(before: Minute, { claim, change, minute, untold, numbers, bells }: Settlement): Minute {
  const routes: Record<string, RouteMinute> = { ...before.routes };
  const rung: Record<string, Bell> = { ...before.bells };
  for (const [name, alerts] of untold) {
    const route = routes[name];
    if (route === undefined || before.minute !== minute) continue;
    routes[name] = { ...route, told: addTallies(route.told, tally(alerts.map(({ rule }) => rule.severity)), -1) };
  }
  for (const [name, wasTold] of numbers) {
    const route = routes[name];
    // it took too long, and was taken away
    if (route?.sending?.by !== claim) continue;
    const { sending, ...rest } = route;
    routes[name] = wasTold ? rest : { ...rest, held: join(sending, route.held), summed: minute - 1 };
  }
  for (const [id, done] of bells) {
    const bell = rung[id];
    if (bell !== undefined) rung[id] = { ...bell, done: [...new Set([...bell.done, ...done])] };
  }
  return changedBy({ ...before, routes, bells: rung }, change);
}

/** Milliseconds after which something is looked at that should have happened by then. */
const AFTER = 1000;

/** Seconds until the message of a bell has to come again; undefined where there is nothing to wait for. */
export function waitOf({ bells, routes }: Minute, id: string, now: Date): number | undefined {
  const bell = bells[id];
  if (bell === undefined) return undefined;
  const times = bell.routes.flatMap((name) => {
    const { held, sending, summed = 0 } = routes[name] ?? {};
    return [
      ...(held !== undefined && held.since <= bell.since ? [(Math.max(held.since, summed) + 1) * MINUTE] : []),
      // whoever tells it now is done long before that, or gone
      ...(sending !== undefined && sending.since <= bell.since ? [sending.until] : []),
    ];
  });
  if (times.length === 0) return undefined;
  return Math.max(1, Math.ceil((Math.max(...times) + AFTER - now.getTime()) / 1000));
}

/** The state as of now; clocks of two machines are never quite the same. */
function turnTo(state: Minute, now: Date): Minute {
  const minute = Math.floor(now.getTime() / MINUTE);
  if (minute === state.minute || minute === state.minute - 1) return state;
  const routes = Object.entries(state.routes).map(([name, route]) => [name, { ...route, told: {} }]);
  return { ...state, minute, routes: Object.fromEntries(routes) as Minute['routes'] };
}

/** What waits, and what is being told: whoever wanted to tell it may be gone. */
function takeBack({ held, sending }: RouteMinute, now: Date): [Waiting | undefined, Sending | undefined] {
  if (sending === undefined || now.getTime() < sending.until) return [held, sending];
  return [join(sending, held), undefined];
}

function join({ counts, named, since }: Waiting, held: Waiting | undefined): Waiting {
  return { ...mergeHeld({ counts, named }, held ?? NOTHING_HELD), since };
}

function latest(bells: Readonly<Record<string, Bell>>): Readonly<Record<string, Bell>> {
  const all = Object.entries(bells).sort(([, a], [, b]) => b.since - a.since);
  return Object.fromEntries(all.slice(0, MOST_BELLS));
}

/** Changes that are remembered: more than can be made while one is under way. */
const MOST_CHANGES = 20;

function changedBy(state: Minute, change: string): Minute {
  return { ...state, changes: [change, ...state.changes].slice(0, MOST_CHANGES) };
}
