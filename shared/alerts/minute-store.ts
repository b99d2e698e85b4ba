/** The minute's state as an object that all processes share, replaced only if it is unchanged. */
import type { ObjectStore } from '../ports.ts';
import { TELLING } from './layout.ts';
import { NO_MINUTE, type Minute } from './minute.ts';

/** The key of the state. */
export const MINUTE_KEY = `${TELLING}minute.json`;

/** What a process knows of the state. */
export interface MinuteMemory {
  /** Tells the changes of processes apart. */
  readonly process: string;
  changes: number;
  /** As it was read or written last. */
  last: { readonly state: Minute; readonly version: string | undefined } | undefined;
  /** What was told while the state could not be had. */
  alone: Minute;
}

/** A memory of nothing; `process` is another one for every process. */
export function noMinuteMemory(process: string): MinuteMemory {
  return { process, changes: 0, last: undefined, alone: NO_MINUTE };
}

/** A state that replaces another, unless it is not `changed`. */
export interface Changed {
  readonly after: Minute;
  readonly changed: boolean;
}

/** Each conflict means that another process went on: there are two. */
const MOST_CONFLICTS = 20;

/**
 * Replaces the state by what `change` makes of it, tried again until nobody else was faster: one request, two where another
 * process changed it. `name` is new for every attempt, and must be among the `changes` of what `change` returns.
 */
export async function changeMinute<C extends Changed>(
  store: ObjectStore,
  memory: MinuteMemory,
  change: (state: Minute, name: string) => C,
): Promise<C> {
  const tries = new Map<string, C>();
  for (let conflicts = 0; conflicts <= MOST_CONFLICTS; conflicts++) {
    const isRemembered = memory.last !== undefined;
    const { state, version } = (memory.last ??= await read(store));
    // a write whose answer was lost looks like somebody else's
    const [, written] = [...tries].find(([name]) => state.changes.includes(name)) ?? [];
    if (written !== undefined) return { ...written, after: state };
    const name = `${memory.process}-${++memory.changes}`;
    const result = change(state, name);
    if (!result.changed) {
      if (!isRemembered) return result;
      memory.last = undefined;
      continue;
    }
    tries.set(name, result);
    memory.last = undefined;
    const next = await store.putIfUnchanged(MINUTE_KEY, encodeMinute(result.after), version);
    if (next === undefined) continue;
    memory.last = { state: result.after, version: next };
    return result;
  }
  throw new Error(`\`${MINUTE_KEY}\` was changed by others ${MOST_CONFLICTS} times in a row`);
}

async function read(store: ObjectStore): Promise<NonNullable<MinuteMemory['last']>> {
  const object = await store.get(MINUTE_KEY);
  return { state: decodeMinute(object?.body) ?? NO_MINUTE, version: object?.version };
}

function encodeMinute(state: Minute): Uint8Array {
  return Buffer.from(`${JSON.stringify(state)}\n`);
}

/** Undefined where there is none, or one of another version: what that counted is counted again where it comes again. */
function decodeMinute(body: Uint8Array | undefined): Minute | undefined {
  if (body === undefined) return undefined;
  try {
    const state = JSON.parse(Buffer.from(body).toString()) as Minute | null;
    return state?.schema === NO_MINUTE.schema ? state : undefined;
  } catch {
    return undefined;
  }
}
