/** What the tests of windows share: deliveries, writers that fold them, and how they may die. */
import { createAlerts } from '../../shared/alerts/create.ts';
import { alertOfCrossing } from '../../shared/alerts/build.ts';
import type { Alert } from '../../shared/alerts/alert.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { arrivalsOf } from '../../shared/windows/arrivals.ts';
import { startDelta, type MatchedDelivery } from '../../shared/windows/contribute.ts';
import { encodeDelta } from '../../shared/windows/delta.ts';
import { foldWindows, type FoldOptions, type FoldResult } from '../../shared/windows/fold.ts';
import { deltaKey } from '../../shared/windows/layout.ts';
import { sequelOf } from '../../shared/windows/sequence.ts';
import { matches } from '../rules/naive.ts';
import { batchId, delivery } from '../support/batches.ts';
import { noQueries } from '../support/rules.ts';
import type { Fields } from './naive.ts';

export type { Fields } from './naive.ts';

/** A delivery of records in the default format, and what rules and their sequels match in it. */
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
      matches: rules
        .flatMap((rule) => [rule, ...sequelOf(rule)])
        .map((rule) => ({ rule, rows: rowsOf(rule, records) })),
    })),
  };
}

function rowsOf(rule: Rule, records: readonly Fields[]): Uint32Array {
  return Uint32Array.from(
    records.flatMap((fields, row) => (matches(rule, (column) => fields[column] ?? null) ? row : [])),
  );
}

/** Writes a delta of the deliveries under a name of its own; one that came `at` a time (Unix seconds) says so. */
export async function putDelta(
  store: ObjectStore,
  name: string,
  deliveries: readonly MatchedDelivery[],
  at?: number,
): Promise<void> {
  const builder = startDelta();
  for (const one of deliveries) builder.add(one);
  const batches = deliveries.flatMap((one) => one.batches.map(({ batch }) => batch));
  const delta = builder.build(at === undefined ? undefined : arrivalsOf(batches, at));
  if (delta !== undefined) await store.put(deltaKey(name), encodeDelta(delta));
}

/** Folds what waits in the store and creates its alerts there. */
export async function fold(
  store: ObjectStore,
  rules: readonly Rule[],
  now = new Date(),
  judgeAt: FoldOptions['judgeAt'] = now,
): Promise<FoldResult & { readonly created: readonly Alert[] }> {
  const created: Alert[] = [];
  const result = await foldWindows({
    store,
    clock: { now: () => now },
    judgeAt,
    rules,
    async raise(crossings) {
      created.push(
        ...(
          await createAlerts(
            crossings.map((crossing) => alertOfCrossing(crossing, noQueries)),
            { store },
          )
        ).created,
      );
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

/** The store as one writer sees it that is killed after so many operations; writers take turns at every operation. */
export function mortal(store: ObjectStore, operations: number): ObjectStore {
  let left = operations;
  const turn = async (): Promise<void> => {
    await othersTurn();
    if (left-- <= 0) throw new Error('killed');
  };
  return {
    ...store,
    get: (key) => turn().then(() => store.get(key)),
    putIfAbsent: (key, body) => turn().then(() => store.putIfAbsent(key, body)),
    putIfUnchanged: (key, body, version) => turn().then(() => store.putIfUnchanged(key, body, version)),
    delete: (key) => turn().then(() => store.delete(key)),
  };
}

/** Lets others work that wait. */
export function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
