/**
 * Makes the views of a lake on AWS where they are missing. They are not part of the stack, because compaction writes what
 * it has published into their text and no deployment may take that back; so whoever needs them first makes them.
 */
import type { QueryEngine } from '../ports.ts';
import { athenaViews } from './athena-views.ts';
import { NOTHING_PUBLISHED, type Published } from './flow-view.ts';
import { identifier } from './sql.ts';

/** What the lake's database knows. */
export interface ViewCatalog {
  /** True where there is a table or view of that name. */
  has(name: string): Promise<boolean>;
}

/**
 * Creates the views that are missing and leaves the others as they are; the names of those that this call created.
 * `CREATE VIEW` refuses a name that is taken, so that of two callers only one creates a view.
 */
export async function ensureViews(
  engine: QueryEngine,
  catalog: ViewCatalog,
  published: Published = NOTHING_PUBLISHED,
): Promise<readonly string[]> {
  const views = athenaViews(published);
  const present = await Promise.all(views.map(({ name }) => catalog.has(name)));
  const created: string[] = [];
  for (const { name, query } of views.filter((_, index) => !present[index])) {
    try {
      await engine.query(`CREATE VIEW ${identifier(name)} AS\n${query}`);
      created.push(name);
    } catch (error) {
      // somebody else was faster
      if (!(await catalog.has(name))) throw error;
    }
  }
  return created;
}
