/** Row groups: which records of which batches are encoded together. */
import type { ColumnBatch, DecodedDelivery } from '../flow/columns.ts';
import type { FlowTable } from '../flow/fields.ts';

/** Consecutive records of one batch. */
export interface Slice {
  readonly delivery: DecodedDelivery;
  readonly batch: ColumnBatch;
  /** The first record, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** The records of one table, in the order given, in groups of at most `most`. */
export function planRowGroups(
  deliveries: readonly DecodedDelivery[],
  table: FlowTable,
  most: number,
): readonly (readonly Slice[])[] {
  const groups: Slice[][] = [];
  let room = 0;
  for (const delivery of deliveries) {
    for (const batch of delivery.batches) {
      if (batch.table !== table) continue;
      for (let from = 0; from < batch.length;) {
        if (room === 0) {
          groups.push([]);
          room = most;
        }
        const to = Math.min(batch.length, from + room);
        groups.at(-1)!.push({ delivery, batch, from, to });
        room -= to - from;
        from = to;
      }
    }
  }
  return groups;
}

/** How many records the slices hold. */
export function countRows(slices: readonly Slice[]): number {
  return slices.reduce((sum, { from, to }) => sum + to - from, 0);
}
