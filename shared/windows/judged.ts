/**
 * What is remembered of judging absences, in one object: how far records have come, and which hours were judged. Of
 * these the second is only a hint: without it every open hour is judged again, and the same alerts come of it.
 */
import type { ObjectStore } from '../ports.ts';
import { JUDGED } from './layout.ts';
import { NO_PROGRESS, unionOfProgress, withoutOver, type Progress } from './progress.ts';

const SCHEMA = 'sekisho.window-judged/2';

/** How an hour looked in a listing before it was read, and as of when it was judged, Unix seconds. */
export interface Judgement {
  readonly looks: string;
  readonly until: number;
}

/** Judgements by hour (Unix time in hours). */
export type Judgements = ReadonlyMap<number, Judgement>;

/** What is remembered, and which version of the object says so. */
export interface Memory {
  readonly progress: Progress;
  readonly judgements: Judgements;
  readonly stored: { readonly body: Uint8Array; readonly version: string } | undefined;
}

interface Stored {
  readonly schema: typeof SCHEMA;
  readonly reached: number | null;
  readonly held: readonly (readonly [hour: number, until: number])[];
  /** Keys of the rules that were known. */
  readonly rules: readonly string[];
  readonly hours: readonly (readonly [hour: number, looks: string, until: number])[];
}

/** Reads what is remembered; judgements by other rules than those with the given keys are of no use. */
export async function recall(store: ObjectStore, rules: readonly string[]): Promise<Memory> {
  const stored = await store.get(JUDGED);
  const read = stored === undefined ? undefined : parse(stored.body);
  if (read === undefined) return { progress: NO_PROGRESS, judgements: new Map(), stored };
  const { reached, held, hours } = read;
  const isSame = read.rules.join('\n') === rules.join('\n');
  return {
    progress: { reached: reached ?? undefined, held: new Map(held) },
    judgements: new Map(isSame ? hours.map(([hour, looks, until]) => [hour, { looks, until }]) : []),
    stored,
  };
}

/** Writes what is remembered, together with what somebody else wrote since it was read; returns what is stored then. */
export async function remember(
  store: ObjectStore,
  rules: readonly string[],
  memory: Memory,
  now: number,
): Promise<Memory> {
  let { progress, judgements, stored } = memory;
  for (;;) {
    const body = format(rules, withoutOver(progress, now), judgements);
    // a lake that nothing was written to stays so
    const isNothing = stored === undefined && progress.reached === undefined && judgements.size === 0;
    if (isNothing || (stored !== undefined && body.equals(stored.body))) return { progress, judgements, stored };
    const version = await store.putIfUnchanged(JUDGED, body, stored?.version);
    if (version !== undefined) return { progress, judgements, stored: { body, version } };
    const theirs = await recall(store, rules);
    progress = unionOfProgress(theirs.progress, progress);
    judgements = new Map([...theirs.judgements, ...judgements]);
    stored = theirs.stored;
  }
}

function format(rules: readonly string[], { reached, held }: Progress, judgements: Judgements): Buffer {
  const hours = Array.from(judgements, ([hour, { looks, until }]) => [hour, looks, until] as const);
  const stored: Stored = { schema: SCHEMA, reached: reached ?? null, held: [...held], rules, hours };
  return Buffer.from(`${JSON.stringify(stored)}\n`);
}

function parse(body: Uint8Array): Stored | undefined {
  try {
    const stored = JSON.parse(Buffer.from(body).toString()) as Stored;
    return stored.schema === SCHEMA ? stored : undefined;
  } catch {
    return undefined;
  }
}
