/** The delta: what one run of the archiver saw of windowed rules, kept apart by batch so that repeats can be told. */
import type { Contributions } from './contributions.ts';
import { unpackInts } from './pack.ts';
import { decodeState, encodeState, type Unreadable } from './state.ts';
import { readContributions, storedContributions } from './stored.ts';

const SCHEMA = 'sekisho.window-delta/2';

/** Contributions of many batches to any number of event hours. */
export interface Delta extends Contributions {
  readonly batches: readonly string[];
  /** By row of `cells`, which is the only one of its batch, group and minute: the batch, an index into `batches`. */
  readonly batch: Int32Array;
}

/** A delta as bytes. */
export function encodeDelta(delta: Delta): Uint8Array {
  const { head, columns } = storedContributions(delta);
  const { batches, batch } = delta;
  return encodeState(SCHEMA, {
    head: { batches, ...head },
    columns: { batch, ...columns },
  });
}

/** Reads the bytes of {@link encodeDelta}. */
export function decodeDelta(bytes: Uint8Array): Delta | Unreadable {
  return decodeState(SCHEMA, bytes, (state) => ({
    ...readContributions(state),
    batches: state.head['batches'] as readonly string[],
    batch: unpackInts(state.column('batch')),
  }));
}
