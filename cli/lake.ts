/** A lake that is there already, opened for a command that asks it. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { openDuckDb } from '../shared/adapters/local/duckdb.ts';
import { openFolderStore } from '../shared/adapters/local/object-store.ts';
import type { ObjectStore, QueryEngine } from '../shared/ports.ts';
import { findContents } from '../shared/query/contents.ts';
import { NOTHING_PUBLISHED } from '../shared/query/flow-view.ts';
import { createViews } from '../shared/query/views.ts';
import { CommandFailure } from './exit.ts';

/** The lake's objects, and SQL over its views as they are now; `engine` is to be closed. */
export interface OpenLake {
  readonly store: ObjectStore;
  readonly engine: QueryEngine;
}

/** Opens the lake in a folder; fails where there is none. */
export async function openLake(path: string): Promise<OpenLake> {
  const folder = resolve(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CommandFailure([
      `there is no lake at \`${path}\`: make one with \`sekisho ingest INPUT --lake ${path}\``,
    ]);
  }
  const store = openFolderStore(folder);
  const contents = await findContents(store);
  const setup = createViews({ folder, contents, published: NOTHING_PUBLISHED }).join(';\n');
  return { store, engine: openDuckDb({ setup }) };
}
