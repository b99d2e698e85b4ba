import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compactKey, ledgerKey } from '../../shared/lake/layout.ts';
import { batchId, delivery } from '../support/batches.ts';
import { testLake, type TestLake } from '../support/lakes.ts';

const START = Date.UTC(2026, 10, 5, 13) / 1000;

/** A delivery of one record, of as many bytes as its number says. */
function deliveryOf(id: number) {
  const records = [{ fields: { bytes: id, start: START } }];
  return delivery({ id: batchId(id), batches: [{ format: 'default', records }] });
}

/** What a compaction run would leave of these deliveries: their rows with the run's number, and the ledger's entry. */
async function compact(lake: TestLake, run: number, ids: readonly number[]): Promise<void> {
  const file = path.join(lake.folder, compactKey('vpc', '2026-11-05', `run${run}`));
  mkdirSync(path.dirname(file), { recursive: true });
  const rows = ids.map((id) => `(${id}::BIGINT, '${batchId(id)}', ${START}::BIGINT, ${run}::BIGINT)`);
  await lake.rows(`COPY (FROM (VALUES ${rows.join()}) t(bytes, batch, start, run)) TO '${file}' (FORMAT parquet)`);
  const entry = JSON.stringify({ run, batches: ids.map(batchId), watermark: '2026-11-05-13', files: [file] });
  await lake.store.put(ledgerKey(new Date('2026-11-05T16:00:00Z'), run), new TextEncoder().encode(entry));
}

const BYTES = 'SELECT bytes FROM flows ORDER BY bytes';

describe('while compaction goes on, each record is there once', () => {
  const beforeRun = { run: 0, watermark: null };
  const afterRun = { run: 1, watermark: '2026-11-05-13' };

  async function filledLake(): Promise<TestLake> {
    const lake = testLake();
    await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1), deliveryOf(2)]);
    await lake.writeRaw('2026-11-05T13:20:00Z', [deliveryOf(2)]);
    await lake.writeRaw('2026-11-05T14:10:00Z', [deliveryOf(2), deliveryOf(3)]);
    await compact(lake, 1, [1, 2]);
    return lake;
  }

  test('as long as the run is not published', async () => {
    using lake = await filledLake();
    expect(await lake.rows(BYTES, beforeRun)).toEqual([[1], [2], [3]]);
    expect(await lake.rows(`${BYTES} LIMIT (SELECT count(*) FROM flows WHERE arrived IS NULL)`, beforeRun)).toEqual([]);
  });

  test('once it is, also where a compacted delivery came again in an open hour', async () => {
    using lake = await filledLake();
    expect(await lake.rows(BYTES, afterRun)).toEqual([[1], [2], [3]]);
    const sql = 'SELECT bytes, CAST(day AS VARCHAR), arrived FROM flows ORDER BY bytes';
    expect(await lake.rows(sql, afterRun)).toEqual([
      [1, '2026-11-05', null],
      [2, '2026-11-05', null],
      [3, '2026-11-05', '2026-11-05-14'],
    ]);
  });

  test('when the next run has written but not published', async () => {
    using lake = await filledLake();
    await compact(lake, 2, [3]);
    expect(await lake.rows(BYTES, afterRun)).toEqual([[1], [2], [3]]);
    expect(await lake.rows(BYTES, { run: 2, watermark: '2026-11-05-14' })).toEqual([[1], [2], [3]]);
  });

  test('when nothing is left in raw', async () => {
    using lake = testLake();
    await compact(lake, 1, [1, 2]);
    expect(await lake.rows(BYTES, afterRun)).toEqual([[1], [2]]);
  });
});
