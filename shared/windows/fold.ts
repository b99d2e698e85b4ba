/**
 * Folding: deltas into hours, hours into crossings, in an order that lets any number of writers run at once and be
 * interrupted anywhere.
 *
 * 1. Every hour that a delta touches is replaced only if unchanged, else read again: a union, keyed by batch.
 * 2. Only when all hours are stored are they read again and evaluated. Of two writers that each hold one half of an
 *    incident, the one that stored last therefore sees both.
 * 3. Whatever crossed is raised, again if need be, and only then are the deltas deleted: a writer that dies earlier
 *    leaves them to the next one, for which folding is nothing new and evaluating is.
 */
import type { Clock, ObjectStore, ObjectSummary } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';
import { closeHours, finishClosing } from './close.ts';
import { decodeDelta, type Delta } from './delta.ts';
import { evaluateHour } from './evaluate.ts';
import type { Crossing } from './evidence.ts';
import { decodeHour, encodeHour, noHour, openHour, rowsByHour, type Hour, type HourRows } from './hour.ts';
import { closedKey, DELTAS, hourKey } from './layout.ts';
import { rulesOfPaths } from './paths.ts';

/** What folding works with. */
export interface FoldOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
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
  /** Deltas that could not be read; they are left where they are. */
  readonly unreadable: readonly {
    readonly key: string;
    readonly reason: string;
  }[];
  /** Hours closed. */
  readonly closed: number;
}

/** Bytes and number of deltas that are held in memory at once, where they take some ten times as much. */
const GROUP_BYTES = 2 * 2 ** 20;
const GROUP_DELTAS = 100;

/** How long a delta of a rule that this writer does not know waits for one that does: rules change in deployments. */
const UNKNOWN_RULE_MS = 15 * 60_000;

/** Folds every delta there is, raises what crossed, and closes old hours. */
export async function foldWindows(options: FoldOptions): Promise<FoldResult> {
  const run: Run = {
    ...options,
    byKey: new Map(options.rules.map((rule) => [rule.stateKey, rule])),
    late: new Map(),
    unreadable: [],
  };
  const waiting: ObjectSummary[] = [];
  for await (const summary of options.store.list(DELTAS)) waiting.push(summary);
  let deltas = 0;
  for (const group of grouped(waiting)) deltas += await foldGroup(run, group);
  const closed = await closeHours(options.store, options.clock);
  return { deltas, late: run.late, unreadable: run.unreadable, closed };
}

interface Run extends FoldOptions {
  readonly byKey: ReadonlyMap<string, Rule>;
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
  return age >= 0 && age < UNKNOWN_RULE_MS && delta.rules.some(({ key }) => !run.byKey.has(key));
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

function countLate({ late }: Run, { delta, hours }: WaitingDelta, hour: number): void {
  const rules = rulesOfPaths(delta.paths);
  for (const row of hours.get(hour)?.cells ?? []) {
    const { id } = delta.rules[rules[delta.cells.group(row)]!]!;
    late.set(id, (late.get(id) ?? 0) + delta.cells.count[row]!);
  }
}

/** Step 2: a contribution shows in the windows that end in its hour or in the one after. */
async function evaluateHours(run: Run, touched: ReadonlySet<number>): Promise<void> {
  const ends = new Set([...touched].flatMap((hour) => [hour, hour + 1]).sort((a, b) => a - b));
  let last: { readonly hour: number; readonly state: Hour | undefined } | undefined;
  for (const end of ends) {
    const state = await loadHour(run.store, end);
    if (state !== undefined) {
      const before = last?.hour === end - 1 ? last.state : await loadHour(run.store, end - 1);
      const crossings = [...evaluateHour(run.byKey, state, before)];
      if (crossings.length > 0) await run.raise(crossings);
    }
    last = { hour: end, state };
  }
}

async function loadHour(store: ObjectStore, hour: number): Promise<Hour | undefined> {
  const key = hourKey(hour);
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  const state = readHour(key, stored.body);
  return state === 'closed' ? undefined : state;
}

function readHour(key: string, body: Uint8Array): Hour | 'closed' {
  const hour = decodeHour(body);
  if (hour === 'closed' || !('kind' in hour)) return hour;
  throw new Error(
    `the window state \`${key}\` can't be read (${hour.reason}): restore it, or delete it to start that hour afresh`,
  );
}
