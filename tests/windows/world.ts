/** What the tests of windows share: deliveries of which every record matches, and writers that fold them. */
import { createAlerts } from '../../shared/alerts/create.ts';
import { alertOfCrossing } from '../../shared/alerts/build.ts';
import type { Alert } from '../../shared/alerts/alert.ts';
import type { FieldValue } from '../../shared/flow/columns.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { startDelta, type MatchedDelivery } from '../../shared/windows/contribute.ts';
import { encodeDelta } from '../../shared/windows/delta.ts';
import { foldWindows, type FoldResult } from '../../shared/windows/fold.ts';
import { deltaKey } from '../../shared/windows/layout.ts';
import { batchId, delivery } from '../support/batches.ts';

/** A record's fields by column name; what is left out is null. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** A delivery of records in the default format, each of which matches every rule. */
export function matched(number: number, rules: readonly Rule[], records: readonly Fields[]): MatchedDelivery {
  const { id, source, batches } = delivery({
    id: batchId(number),
    batches: [{ format: 'default', records: records.map((fields) => ({ fields })) }],
  });
  return {
    id,
    source,
    batches: batches.map((batch) => ({
      batch,
      matches: rules.map((rule) => ({ rule, rows: Uint32Array.from(records, (_, row) => row) })),
    })),
  };
}

/** Writes a delta of the deliveries under a name of its own. */
export async function putDelta(
  store: ObjectStore,
  name: string,
  deliveries: readonly MatchedDelivery[],
): Promise<void> {
  const builder = startDelta();
  for (const one of deliveries) builder.add(one);
  const delta = builder.build();
  if (delta !== undefined) await store.put(deltaKey(name), encodeDelta(delta));
}

/** Folds what waits in the store and creates its alerts there. */
export async function fold(
  store: ObjectStore,
  rules: readonly Rule[],
  now = new Date(),
  judgeAt: Date | 'later' = now,
): Promise<FoldResult & { readonly created: readonly Alert[] }> {
  const created: Alert[] = [];
  const result = await foldWindows({
    store,
    clock: { now: () => now },
    judgeAt,
    rules,
    async raise(crossings) {
      created.push(...(await createAlerts(crossings.map(alertOfCrossing), { store })).created);
    },
  });
  return { ...result, created };
}

/** The ids of all alerts in the store, sorted. */
export async function alertIds(store: ObjectStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const { key } of store.list('alerts/')) ids.push(/([0-9a-f]{32})\.json$/.exec(key)![1]!);
  return ids.sort();
}
