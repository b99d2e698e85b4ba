/** The folded state of one event hour: a union of deltas, in which a batch counts once however often it comes. */
import { noContributions, type Contributions } from './contributions.ts';
import { unpackInts } from './pack.ts';
import { Pairs } from './pairs.ts';
import { decodeState, encodeState, type Unreadable } from './state.ts';
import { readContributions, storedContributions } from './stored.ts';

const SCHEMA = 'sekisho.window-hour/3';

/**
 * What groups did within one event hour; a row of `cells` is the only one of its group and minute. Samples are in order
 * of their cells.
 */
export interface Hour extends Contributions {
  /** When something was added last, Unix ms by the clock of whoever added it. */
  readonly arrived: number;
  readonly batches: string[];
  /** Of which batches a rule's groups were folded: indices into `rules` and `batches`. */
  readonly folded: Pairs;
}

/** An hour in which nothing was folded. */
export function noHour(): Hour {
  return { ...noContributions(), arrived: 0, batches: [], folded: new Pairs() };
}

/** An hour as bytes. */
export function encodeHour(hour: Hour): Uint8Array {
  const { head, columns } = storedContributions(hour);
  const { firsts: rule, seconds: batch } = hour.folded;
  return encodeState(SCHEMA, {
    head: { arrived: hour.arrived, batches: hour.batches, ...head },
    columns: { ...columns, 'folded.rule': rule, 'folded.batch': batch },
  });
}

/** Reads the bytes of {@link encodeHour} or {@link encodeClosed}. */
export function decodeHour(bytes: Uint8Array): Hour | 'closed' | Unreadable {
  if (bytes.length === CLOSED.length && CLOSED.equals(bytes)) return 'closed';
  return decodeState(SCHEMA, bytes, (state) => ({
    ...readContributions(state),
    arrived: Number(state.head['arrived']),
    batches: state.head['batches'] as string[],
    folded: new Pairs(unpackInts(state.column('folded.rule')), unpackInts(state.column('folded.batch'))),
  }));
}

/** What replaces an hour that takes no more contributions. */
export function encodeClosed(): Uint8Array {
  return CLOSED;
}

const CLOSED = Buffer.from(`{"schema":"${SCHEMA}","closed":true}\n`);
