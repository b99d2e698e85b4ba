/** Runs scheduled rules over the records of a test: the lake that the test wrote becomes a folder, and DuckDB reads it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '../../alerts/alert.ts';
import { noAlertMemory } from '../../alerts/memory.ts';
import { tierPrefix } from '../../lake/layout.ts';
import type { ObjectStore } from '../../ports.ts';
import { findContents } from '../../query/contents.ts';
import { NOTHING_PUBLISHED } from '../../query/flow-view.ts';
import { runRule } from '../../query/run-rules.ts';
import { createViews } from '../../query/views.ts';
import type { Rule } from '../../rules/rule.ts';
import { fixedClock } from './clock.ts';
import { openDuckDb } from './duckdb.ts';
import { openFolderStore } from './object-store.ts';

/** Runs rules over what stores hold; `close` removes everything it made. */
export interface ScheduledTests {
  run(this: void, rule: Rule, store: ObjectStore): Promise<readonly Alert[]>;
  close(this: void): Promise<void>;
}

/** Later than any test's records, so that the records alone tell what is absent. */
const LATER = fixedClock(new Date('9999-01-01T00:00:00Z'));

/**
 * Starts nothing before the first run; one engine serves all of them, one after the other.
 *
 * @param networks the owner's networks (CIDR)
 */
export function openScheduledTests(networks: readonly string[]): ScheduledTests {
  const engine = openDuckDb();
  const folders: string[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  const runInTurn = async (rule: Rule, store: ObjectStore): Promise<readonly Alert[]> => {
    const folder = await mkdtemp(join(tmpdir(), 'sekisho-rule-test-'));
    folders.push(folder);
    const lake = openFolderStore(folder);
    for (const table of ['vpc', 'tgw'] as const) {
      for await (const { key } of store.list(tierPrefix(table, 'raw'))) {
        const object = await store.get(key);
        if (object !== undefined) await lake.put(key, object.body);
      }
    }
    const lakeOfViews = { folder, contents: await findContents(lake), published: NOTHING_PUBLISHED };
    await engine.query(createViews(lakeOfViews).join(';\n'));
    return (await runRule(rule, { engine, store, clock: LATER, networks, rules: [rule], seen: noAlertMemory() }))
      .created;
  };

  return {
    run(rule, store) {
      const result = turn.then(() => runInTurn(rule, store));
      turn = result.catch(() => undefined);
      return result;
    },
    async close() {
      await engine.close();
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
