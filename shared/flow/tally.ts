/** How many records of which kind: what every run and report says first. */
import type { ColumnBatch } from './columns.ts';

/** Counts of records; `accepted` and `rejected` by action, `nodata` and `skipdata` by log status. */
export interface Tally {
  readonly records: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly nodata: number;
  readonly skipdata: number;
}

/** Nothing counted. */
export const EMPTY_TALLY: Tally = { records: 0, accepted: 0, rejected: 0, nodata: 0, skipdata: 0 };

/** Counts the records of some batches, on top of what was counted before. */
export function tally(batches: readonly ColumnBatch[], before: Tally = EMPTY_TALLY): Tally {
  return batches.reduce((sum, batch) => {
    const actions = countTexts(batch, 'action');
    const statuses = countTexts(batch, 'log_status');
    return {
      records: sum.records + batch.length,
      accepted: sum.accepted + (actions.get('ACCEPT') ?? 0),
      rejected: sum.rejected + (actions.get('REJECT') ?? 0),
      nodata: sum.nodata + (statuses.get('NODATA') ?? 0),
      skipdata: sum.skipdata + (statuses.get('SKIPDATA') ?? 0),
    };
  }, before);
}

function countTexts(batch: ColumnBatch, column: string): ReadonlyMap<string, number> {
  const data = batch.columns.get(column);
  if (data?.kind !== 'text') return new Map();
  const counts = new Float64Array(data.dictionary.length);
  for (const code of data.codes) counts[code]!++;
  return new Map(data.dictionary.map((text, code) => [text, counts[code]!]));
}
