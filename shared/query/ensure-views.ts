/**
 * Makes the views of a lake on AWS where they are missing. They are not part of the stack, because compaction writes what
 * it has published into their text and no deployment may take that back; so whoever needs them first makes them.
 */
import { LEDGER, tierPrefix } from '../lake/layout.ts';
import type { ObjectStore, QueryEngine } from '../ports.ts';
import { athenaViews } from './athena-views.ts';
import type { Published } from './flow-view.ts';

/** What the lake's database knows. */
export interface ViewCatalog {
  /** True where there is a table or view of that name. */
  has(name: string): Promise<boolean>;
}

/** Where the views are to be, and over what. */
export interface ViewPlace {
  readonly engine: QueryEngine;
  readonly catalog: ViewCatalog;
  /** The lake. */
  readonly store: ObjectStore;
  /** As of when hours of arrival are told. */
  readonly now: Date;
}

/**
 * Creates the views that are missing and leaves the others as they are; the names of those that this call created.
 * `CREATE VIEW` refuses a name that is taken, so that of two callers only one creates a view.
 */
export async function ensureViews({ engine, catalog, store, now }: ViewPlace): Promise<readonly string[]> {
  const names = athenaViews(NO_RECORDS).map(({ name }) => name);
  const present = await Promise.all(names.map((name) => catalog.has(name)));
  if (present.every(Boolean)) return [];
  const views = athenaViews(await openingOf(store, now));
  const created: string[] = [];
  for (const { name, query } of views.filter((_, index) => !present[index])) {
    try {
      await engine.query(`CREATE VIEW ${name} AS\n${query}`);
      created.push(name);
    } catch (error) {
      // somebody else was faster
      if (!(await catalog.has(name))) throw error;
    }
  }
  return created;
}

/**
 * How long an object may appear after the hour that it is written into: that is the hour in which writing began, and a
 * function may run for a quarter of an hour. The rest is for clocks, and for whole hours.
 */
const MARGIN_MS = 2 * 3_600_000;

/** Names do not depend on how far compaction has come. */
const NO_RECORDS: Published = { run: 0, watermark: null };

/**
 * What is published before the first compaction: nothing, as of some hours before the first object. Hours before them can
 * never hold any, as objects are only written into the hour that it is, and Athena asks S3 for each hour that it may not
 * leave out: that would be a request for every hour of all years, at every look at a record.
 */
async function openingOf(store: ObjectStore, now: Date): Promise<Published> {
  await refuseCompacted(store);
  let first = now.getTime();
  for (const table of ['vpc', 'tgw'] as const) {
    for await (const { key } of store.list(tierPrefix(table, 'raw'))) {
      const [, day, hour] = /\/arrived=(\d{4}-\d\d-\d\d)-(\d\d)\//.exec(key) ?? [];
      if (day === undefined) continue;
      first = Math.min(first, Date.parse(`${day}T${hour}:00:00Z`));
      break;
    }
  }
  const before = new Date(first - MARGIN_MS);
  return { run: 0, watermark: before.toISOString().slice(0, 13).replace('T', '-') };
}

/** Views that begin anew would show nothing of what compaction has moved, and say nothing of it. */
async function refuseCompacted(store: ObjectStore): Promise<void> {
  for await (const { key } of store.list(LEDGER)) {
    throw new Error(
      `the lake holds compacted records (\`${key}\`), but the views that show them are gone: new ones would hide them. Deploy a version that compacts, or copy \`flows/\` and \`tgw/\` into a new lake`,
    );
  }
}
