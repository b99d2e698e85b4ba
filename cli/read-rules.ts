/** What every command that needs rules sets up: rule files, found, read and checked. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatDiagnostic, type SourceText } from '../shared/rules/diagnostics.ts';
import { loadRules, type LoadedRules } from '../shared/rules/load.ts';
import { UsageError } from './exit.ts';
import { readText, type Settings } from './settings.ts';

/** The folder of the built-in rules, beside the program's own. */
const BUILT_IN = fileURLToPath(new URL('../rules', import.meta.url));

/** Rules as they were loaded, and the texts that their diagnostics are about, by name. */
interface ReadRules extends LoadedRules {
  readonly sources: ReadonlyMap<string, SourceText>;
}

/** Loads the rules that were named, or else the built-in ones and the configuration's. */
export async function readRules({ config, folder }: Settings, paths: readonly string[]): Promise<ReadRules> {
  const named = paths.length > 0 ? paths : [BUILT_IN, ...config.rules.map((path) => join(folder, path))];
  const files = named.flatMap(ruleFiles);
  const loaded = loadRules(files, { networks: config.networks, lists: config.lists });
  return { ...loaded, sources: new Map(files.map((file) => [file.name, file])) };
}

/** The rules for a run: errors in them are errors of the configuration. */
export async function readCheckedRules(settings: Settings, paths: readonly string[]): Promise<LoadedRules> {
  const loaded = await readRules(settings, paths);
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const texts = errors.map((each) => formatDiagnostic(each, loaded.sources.get(each.file)!.text));
    throw new UsageError([...texts, 'nothing was read: mend the rules, and check them with `sekisho rules check`']);
  }
  return loaded;
}

function ruleFiles(path: string): SourceText[] {
  const name = path === BUILT_IN ? 'rules' : path;
  if (!existsSync(path))
    throw new UsageError([`there are no rules at \`${name}\`: name a rule file or a folder of them`]);
  if (!statSync(path).isDirectory()) return [{ name, text: readText(path, 'the rule file') }];
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) throw new UsageError([`there is no rule file (.yml) in \`${name}\``]);
  return files.map((file) => ({
    name: path === BUILT_IN ? join('rules', relative(resolve(path), file)) : file,
    text: readText(file, 'the rule file'),
  }));
}
