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
 */
import type { Clock, ObjectStore, ObjectSummary } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';
import { closeHours, finishClosing } from './close.ts';
import { decodeDelta, type Delta } from './delta.ts';
import { evaluateHour } from './evaluate.ts';
import type { Crossing } from './evidence.ts';
import { rowsByHour, type HourRows } from './hour-rows.ts';
import { encodeHour, noHour, type Hour } from './hour.ts';
import { listHours, loadHour, readHour, type ListedHour } from './hours.ts';
import { judgeAbsences } from './judge.ts';
import { closedKey, DELTAS, hourKey } from './layout.ts';
import { openHour } from './open-hour.ts';
import { sequelKey } from './sequence.ts';

/** What folding works with. */
export interface FoldOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /**
   * As of when absences are judged: a moment up to which everything is there that is not late; `later` while more is
   * about to come. Then no hour is closed either, as a closed one can't be judged.
   */
  readonly judgeAt: Date | 'later';
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
  /** Deltas, and hours to be judged, that could not be read; they are left where they are. */
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
  const run: Run = {
    ...options,
    byKey: new Map(options.rules.map((rule) => [rule.stateKey, rule])),
    reach: options.rules.some(({ condition: c }) => c.kind === 'window' && c.then !== undefined) ? 2 : 1,
    late: new Map(),
    unreadable: [],
  };
  const waiting: ObjectSummary[] = [];
  for await (const summary of options.store.list(DELTAS)) waiting.push(summary);
  let deltas = 0;
  for (const group of grouped(waiting)) deltas += await foldGroup(run, group);
  const hours = await listHours(options.store);
  const closed = await judgeAndClose(run, hours);
  const open = hours.filter(({ hour }) => !closed.has(hour));
  return {
    deltas,
    late: run.late,
    unreadable: run.unreadable,
    closed: closed.size,
    state: { bytes: open.reduce((sum, { size }) => sum + size, 0), hours: open.length },
  };
}

interface Run extends FoldOptions {
  readonly byKey: ReadonlyMap<string, Rule>;
  /** How many hours after a contribution's own it may show in: a sequence's window ends up to an hour before the sequel. */
  readonly reach: number;
  readonly late: Map<string, number>;
  readonly unreadable: { key: string; reason: string }[];
}

interface WaitingDelta {
  readonly summary: ObjectSummary;
  readonly delta: Delta;
  readonly hours: ReadonlyMap<number, HourRows>;
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

async function foldGroup(run: Run, group: readonly ObjectSummary[]): Promise<number> {
  const { hours, done } = await storeHours(run, group);
  await evaluateHours(run, hours);
  for (const key of done) await run.store.delete(key);
  return done.length;
}

/** Step 1; which hours were touched, and which deltas may be deleted once those are evaluated. */
async function storeHours(run: Run, group: readonly ObjectSummary[]): Promise<{ hours: Set<number>; done: string[] }> {
  const read = await Promise.all(group.map((summary) => readDelta(run, summary)));
  const deltas = read.filter((delta) => delta !== undefined);
  const hours = new Set(deltas.flatMap((delta) => [...delta.hours.keys()]).sort((a, b) => a - b));
  for (const hour of hours) await storeHour(run, hour, deltas);
  return {
    hours,
    done: deltas.filter((delta) => !mayBeKnownSoon(run, delta)).map(({ summary }) => summary.key),
  };
}

/** A delta that is gone was folded, and evaluated, by somebody else. */
async function readDelta(run: Run, summary: ObjectSummary): Promise<WaitingDelta | undefined> {
  const stored = await run.store.get(summary.key);
  if (stored === undefined) return undefined;
  const delta = decodeDelta(stored.body);
  if ('kind' in delta) {
    run.unreadable.push({ key: summary.key, reason: delta.reason });
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

async function storeHour(run: Run, hour: number, deltas: readonly WaitingDelta[]): Promise<void> {
  const { store } = run;
  const key = hourKey(hour);
  for (;;) {
    const stored = await store.get(key);
    const state = stored === undefined ? await startOrClosed(store, hour) : readHour(key, stored.body);
    if (state === 'closed') {
      if (stored !== undefined) await finishClosing(store, hour);
      for (const delta of deltas) countLate(run, delta, hour);
      return;
    }
    const open = openHour(state);
    let changed = false;
    for (const { delta, hours } of deltas) {
      const rows = hours.get(hour);
      if (rows !== undefined && open.add(delta, rows)) changed = true;
    }
    // An hour is written only when it grew, so that its age is that of its last arrival.
    if (!changed) return;
    if (
      (await store.putIfUnchanged(key, encodeHour(open.build(run.clock.now().getTime())), stored?.version)) !==
      undefined
    )
      return;
  }
}

async function startOrClosed(store: ObjectStore, hour: number): Promise<Hour | 'closed'> {
  return (await store.get(closedKey(hour))) === undefined ? noHour() : 'closed';
}

function countLate({ late }: Run, { delta: { rules, sets, rows }, hours }: WaitingDelta, hour: number): void {
  for (const row of hours.get(hour)?.rows ?? []) {
    for (const rule of sets.rulesOf(rows.set[row]!)) {
      const { id } = rules[rule]!;
      late.set(id, (late.get(id) ?? 0) + rows.count[row]!);
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
      needed.set(hour, known.has(hour) ? known.get(hour) : await loadHour(run.store, hour));
    }
    known = needed;
    const state = known.get(end);
    if (state === undefined) continue;
    const crossings = [...evaluateHour(run.byKey, state, [known.get(end - 1), known.get(end - 2)])];
    if (crossings.length > 0) await run.raise(crossings);
  }
}

/** Step 4; the hours that were closed. */
async function judgeAndClose(run: Run, hours: readonly ListedHour[]): Promise<ReadonlySet<number>> {
  const { store, clock, judgeAt, byKey: rules, raise } = run;
  if (judgeAt === 'later') return new Set();
  run.unreadable.push(...(await judgeAbsences({ store, rules, hours, now: judgeAt.getTime() / 1000, raise })));
  return closeHours(store, clock, hours);
}
