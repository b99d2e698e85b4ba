/**
 * Folding: deltas into hours, hours into crossings, in an order that lets any number of writers run at once and be
 * interrupted anywhere.
 *
 * 1. Every hour that a delta touches is replaced only if unchanged, else read again: a union, keyed by batch.
 * 2. Only when all hours are stored are they read again and evaluated. Of two writers that each hold one half of an
 *    incident, the one that stored last therefore sees both.
 * 3. Whatever crossed is raised, again if need be, and only then are the deltas deleted: a writer that dies earlier
 *    leaves them to the next one, for which folding is nothing new and evaluating is.
 * 4. What is decided by the clock comes after all of that: absences are judged, and only then are old hours closed.
 *
 * An hour whose state can't be read is set aside: the others go on, and every delta that is about it, or about an hour
 * beside it, stays until somebody has mended it.
 */
import type { Clock, ObjectStore, ObjectSummary } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';
import { closeHours, finishClosing } from './close.ts';
import { decodeDelta, type Delta } from './delta.ts';
import { evaluateHour } from './evaluate.ts';
import type { Crossing } from './evidence.ts';
import { rowsByHour, type HourRows } from './hour-rows.ts';
import { encodeHour, noHour, type Hour } from './hour.ts';
import { isClosed, isUnreadable, listHours, loadHour, readHour, type UnreadableState } from './hours.ts';
import { startJudging, type Judging } from './judging.ts';
import { DELTAS, hourKey } from './layout.ts';
import { openHour } from './open-hour.ts';
import { sequelKey } from './sequence.ts';

/** What folding works with. */
export interface FoldOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /**
   * As of when absences are judged: a moment up to which everything is there that is not late; `arrived` where it
   * keeps coming, and what came tells how far that is (see progress.ts); `later` while more is about to come. Then no
   * hour is closed either, as a closed one can't be judged.
   */
  readonly judgeAt: Date | 'arrived' | 'later';
  readonly rules: readonly Rule[];
  /** Makes alerts of crossings, known ones included; resolves when they are safe. */
  readonly raise: (crossings: readonly Crossing[]) => Promise<void>;
}

/** What folding did. */
export interface FoldResult {
  /** Deltas folded and deleted. */
  readonly deltas: number;
  /** Records that came for an hour already closed, by rule id: not evaluated. */
  readonly late: ReadonlyMap<string, number>;
  /** Deltas and hours that could not be read; they are left where they are. */
  readonly unreadable: readonly {
    readonly key: string;
    readonly reason: string;
  }[];
  /** Hours closed. */
  readonly closed: number;
  /** The window state that is left: bytes as they are stored, and how many event hours are open. */
  readonly state: { readonly bytes: number; readonly hours: number };
}

/** Bytes and number of deltas that are held in memory at once, where they take some ten times as much. */
const GROUP_BYTES = 2 * 2 ** 20;
const GROUP_DELTAS = 100;

/** How long a delta of a rule that this writer does not know waits for one that does: rules change in deployments. */
const UNKNOWN_RULE_MS = 15 * 60_000;

/** Folds every delta there is, raises what crossed, judges what is absent, and closes old hours. */
export async function foldWindows(options: FoldOptions): Promise<FoldResult> {
  const { store, clock, rules, judgeAt } = options;
  const run: Run = {
    ...options,
    byKey: new Map(rules.map((rule) => [rule.stateKey, rule])),
    reach: rules.some(({ condition: c }) => c.kind === 'window' && c.then !== undefined) ? 2 : 1,
    late: new Map(),
    unreadable: new Map(),
    aside: new Set(),
  };
  const judging = judgeAt === 'later' ? undefined : startJudging({ ...options, judgeAt, byKey: run.byKey });
  const waiting: ObjectSummary[] = [];
  for await (const summary of store.list(DELTAS)) waiting.push(summary);
  let deltas = 0;
  let done: readonly string[] = [];
  for (const group of grouped(waiting)) {
    // before a delta is gone it is remembered what it says of arrivals; of the last ones, together with what was judged
    if (done.length > 0) await judging?.save();
    await deleteAll(store, done);
    done = await foldGroup(run, group, judging);
    deltas += done.length;
  }
  const hours = await listHours(store);
  const judged = await judging?.judge(hours);
  await judging?.save();
  await deleteAll(store, done);
  for (const state of judged?.unreadable ?? []) run.unreadable.set(state.key, state.reason);
  const closed = judged === undefined ? new Set() : await closeHours(store, clock, hours, judged.waiting);
  const open = hours.filter(({ hour }) => !closed.has(hour));
  return {
    deltas,
    late: run.late,
    unreadable: Array.from(run.unreadable, ([key, reason]) => ({ key, reason })),
    closed: closed.size,
    state: { bytes: open.reduce((sum, { size }) => sum + size, 0), hours: open.length },
  };
}

interface Run extends FoldOptions {
  readonly byKey: ReadonlyMap<string, Rule>;
  /** How many hours after a contribution's own it may show in: a sequence's window ends up to an hour before the sequel. */
  readonly reach: number;
  readonly late: Map<string, number>;
  /** Reasons by key. */
  readonly unreadable: Map<string, string>;
  /** Hours whose state can't be read. */
  readonly aside: Set<number>;
}

interface WaitingDelta {
  readonly summary: ObjectSummary;
  readonly delta: Delta;
  readonly hours: ReadonlyMap<number, HourRows>;
}

async function deleteAll(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) await store.delete(key);
}

/** Cuts the list where memory asks for it. */
function* grouped(waiting: readonly ObjectSummary[]): Generator<readonly ObjectSummary[]> {
  let group: ObjectSummary[] = [];
  let bytes = 0;
  for (const summary of waiting) {
    if (group.length > 0 && (bytes + summary.size > GROUP_BYTES || group.length === GROUP_DELTAS)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(summary);
    bytes += summary.size;
  }
  if (group.length > 0) yield group;
}

/** Steps 1 to 3 for some deltas; those of them that may be deleted. */
async function foldGroup(
  run: Run,
  group: readonly ObjectSummary[],
  judging: Judging | undefined,
): Promise<readonly string[]> {
  const read = await Promise.all(group.map((summary) => readDelta(run, summary)));
  const deltas = read.filter((delta) => delta !== undefined);
  const hours = new Set(deltas.flatMap((delta) => [...delta.hours.keys()]).sort((a, b) => a - b));
  const closed = new Set<number>();
  for (const hour of hours) if ((await storeHour(run, hour, deltas)) === 'closed') closed.add(hour);
  await evaluateHours(run, hours);
  judging?.note(deltas.flatMap(({ delta }) => delta.arrivals ?? []));
  const done = deltas.filter((delta) => !mayBeKnownSoon(run, delta) && !isSetAside(run, delta));
  for (const delta of done) countLate(run, delta, closed);
  return done.map(({ summary }) => summary.key);
}

/** Whether windows that a delta shows in need an hour that could not be read: they have to be looked at again. */
function isSetAside({ aside, reach }: Run, { hours }: WaitingDelta): boolean {
  return [...aside].some((hour) => [...hours.keys()].some((own) => Math.abs(own - hour) <= reach));
}

function setAside({ aside, unreadable }: Run, hour: number, { key, reason }: UnreadableState): void {
  aside.add(hour);
  unreadable.set(key, reason);
}

/** A delta that is gone was folded, and evaluated, by somebody else. */
async function readDelta(run: Run, summary: ObjectSummary): Promise<WaitingDelta | undefined> {
  const stored = await run.store.get(summary.key);
  if (stored === undefined) return undefined;
  const delta = decodeDelta(stored.body);
  if ('kind' in delta) {
    run.unreadable.set(summary.key, delta.reason);
    return undefined;
  }
  return { summary, delta, hours: rowsByHour(delta) };
}

function mayBeKnownSoon(run: Run, { summary, delta }: WaitingDelta): boolean {
  const age = run.clock.now().getTime() - summary.modified.getTime();
  return age >= 0 && age < UNKNOWN_RULE_MS && delta.rules.some(({ key }) => !isKnown(run, key));
}

function isKnown({ byKey, rules }: Run, key: string): boolean {
  return byKey.has(key) || rules.some(({ stateKey }) => sequelKey(stateKey) === key);
}

/** Step 1; what became of the hour. */
async function storeHour(
  run: Run,
  hour: number,
  deltas: readonly WaitingDelta[],
): Promise<'open' | 'closed' | 'unreadable'> {
  const { store } = run;
  const key = hourKey(hour);
  for (;;) {
    const stored = await store.get(key);
    const state = stored === undefined ? await startOrClosed(store, hour) : readHour(key, stored.body);
    if (state === 'closed') {
      if (stored !== undefined) await finishClosing(store, hour);
      return 'closed';
    }
    if (isUnreadable<UnreadableState>(state)) {
      setAside(run, hour, state);
      return 'unreadable';
    }
    const open = openHour(state);
    let changed = false;
    for (const { delta, hours } of deltas) {
      const rows = hours.get(hour);
      if (rows !== undefined && open.add(delta, rows)) changed = true;
    }
    // An hour is written only when it grew, so that its age is that of its last arrival.
    if (!changed) return 'open';
    const body = encodeHour(open.build(run.clock.now().getTime()));
    if ((await store.putIfUnchanged(key, body, stored?.version)) !== undefined) return 'open';
  }
}

async function startOrClosed(store: ObjectStore, hour: number): Promise<Hour | 'closed'> {
  return (await isClosed(store, hour)) ? 'closed' : noHour();
}

function countLate(
  { late }: Run,
  { delta: { rules, sets, rows }, hours }: WaitingDelta,
  closed: ReadonlySet<number>,
): void {
  for (const [hour, own] of hours) {
    if (!closed.has(hour)) continue;
    for (const row of own.rows) {
      for (const rule of sets.rulesOf(rows.set[row]!)) {
        const { id } = rules[rule]!;
        late.set(id, (late.get(id) ?? 0) + rows.count[row]!);
      }
    }
  }
}

/** Step 2: a contribution shows in what ends in its hour or in the ones after that it reaches. */
async function evaluateHours(run: Run, touched: ReadonlySet<number>): Promise<void> {
  const reached = (hour: number): number[] => Array.from({ length: run.reach + 1 }, (_, more) => hour + more);
  const ends = new Set([...touched].flatMap(reached).sort((a, b) => a - b));
  /** Hours read so far that the next one needs; nothing else fills memory. */
  let known = new Map<number, Hour | undefined>();
  for (const end of ends) {
    const needed = new Map<number, Hour | undefined>();
    for (const hour of reached(end - run.reach)) {
      needed.set(hour, known.has(hour) ? known.get(hour) : await readableHour(run, hour));
    }
    known = needed;
    const state = known.get(end);
    if (state === undefined) continue;
    const crossings = [...evaluateHour(run.byKey, state, [known.get(end - 1), known.get(end - 2)])];
    if (crossings.length > 0) await run.raise(crossings);
  }
}

/** The state of an hour; undefined where there is none that takes part. */
async function readableHour(run: Run, hour: number): Promise<Hour | undefined> {
  const state = await loadHour(run.store, hour);
  if (isUnreadable<UnreadableState>(state)) setAside(run, hour, state);
  return typeof state === 'object' && !isUnreadable<UnreadableState>(state) ? state : undefined;
}
