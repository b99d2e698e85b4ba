/** Lists that the configuration and rule files keep elsewhere, read before the rules that name them. */
import { join } from 'node:path';
import { listPlaces } from '../shared/adapters/local/list-places.ts';
import { openFolderStore } from '../shared/adapters/local/object-store.ts';
import type { Diagnostic, SourceText } from '../shared/rules/diagnostics.ts';
import { parseListSource, type ListSource } from '../shared/rules/list-source.ts';
import { listSourcesOf, type LoadOptions } from '../shared/rules/load.ts';
import { OutsideLists } from '../shared/rules/outside-lists.ts';
import { UsageError } from './exit.ts';
import type { Settings } from './settings.ts';

/** The outside lists of a run, and what the rules are loaded with. */
export interface ReadLists {
  readonly outside: OutsideLists;
  /** What is wrong with lines of the configuration's lists; that of rule files comes with the rules. */
  readonly diagnostics: readonly Diagnostic[];
  /** Anew for each loading, as the lists are by then. */
  readonly loadOptions: () => LoadOptions;
}

/** Reads every outside list that the configuration or one of the files names; `lake` holds those that are objects. */
export async function readLists(settings: Settings, files: readonly SourceText[], lake: string): Promise<ReadLists> {
  const { config, clock } = settings;
  const inline = new Map<string, readonly string[]>();
  const elsewhere = new Map<string, ListSource>();
  for (const [name, setting] of Object.entries(config.lists)) {
    if (isInline(setting)) inline.set(name, setting);
    else elsewhere.set(name, sourceOf(settings, name, setting));
  }
  const outside = new OutsideLists(listPlaces({ store: openFolderStore(lake), fetchFromS3 }));
  await outside.load([...elsewhere.values(), ...listSourcesOf(files)], clock.now());
  const problems: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [name, source] of elsewhere) {
    const read = outside.read(source);
    if (read.kind === 'failed') problems.push(`${where(settings, name)}: ${read.message}`);
    else diagnostics.push(...read.diagnostics);
  }
  if (problems.length > 0) throw new UsageError(problems);
  const loadOptions = (): LoadOptions => {
    const read = [...elsewhere].map(([name, source]) => [name, outside.read(source)] as const);
    const entries = read.map(([name, list]) => [name, list.kind === 'content' ? list.entries : []] as const);
    return {
      networks: config.networks,
      lists: Object.fromEntries([...inline, ...entries]),
      outside: new Set(elsewhere.keys()),
      readOutside: (source) => outside.read(source),
    };
  };
  return { outside, diagnostics, loadOptions };
}

function isInline(setting: Settings['config']['lists'][string]): setting is readonly string[] {
  return Array.isArray(setting);
}

function sourceOf(settings: Settings, name: string, setting: Parameters<typeof parseListSource>[0]): ListSource {
  const source = parseListSource(setting, join(settings.folder, 'sekisho.yml'));
  if (!('code' in source)) return source;
  const hint = source.hint === undefined ? '' : `; ${source.hint}`;
  throw new UsageError([`${where(settings, name)}: ${source.message}${hint}`]);
}

function where({ folder }: Settings, name: string): string {
  return `${join(folder, 'sekisho.yml')}: the list \`${name}\``;
}

/** The client of S3 is loaded by those who have a list there. */
const fetchFromS3: Parameters<typeof listPlaces>[0]['fetchFromS3'] = async (bucket, key, known) => {
  const { fetchListObject } = await import('../shared/adapters/aws/list-object.ts');
  return fetchListObject(bucket, key, known);
};
