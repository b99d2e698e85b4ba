/** What every command that needs rules sets up: rule files, found, read and checked. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRuleFiles as readFiles } from '../shared/adapters/local/rule-files.ts';
import { formatDiagnostic, type Diagnostic, type SourceText } from '../shared/rules/diagnostics.ts';
import { loadRules, type LoadedRules } from '../shared/rules/load.ts';
import { reloadedOf, RuleSource } from '../shared/rule-source.ts';
import { UsageError } from './exit.ts';
import { readLists } from './lists.ts';
import { tell } from './output.ts';
import type { Settings } from './settings.ts';

/** The folder of the built-in rules, beside the program's own. */
const BUILT_IN = fileURLToPath(new URL('../rules', import.meta.url));

/** Rules as they were loaded, and the texts that their diagnostics are about, by name. */
interface ReadRules extends LoadedRules {
  readonly sources: ReadonlyMap<string, SourceText>;
  /** The same rules for a run that goes on while its outside lists change. */
  readonly source: () => RuleSource;
}

/** The rule files of a deployment: the built-in ones, and the configuration's. */
export function readDeployedRuleFiles({ config, folder }: Settings): readonly SourceText[] {
  return readRuleFiles([BUILT_IN, ...config.rules.map((path) => join(folder, path))]);
}

/** Loads the rules that were named, or else the built-in ones and the configuration's; `lake` may hold their lists. */
export async function readRules(
  settings: Settings,
  paths: readonly string[],
  lake = 'sekisho-lake',
): Promise<ReadRules> {
  const files = paths.length > 0 ? readRuleFiles(paths) : readDeployedRuleFiles(settings);
  const { outside, diagnostics, loadOptions } = await readLists(settings, files, lake);
  const load = (): LoadedRules => loadRules(files, loadOptions());
  const loaded = load();
  return {
    ...loaded,
    diagnostics: [...loaded.diagnostics, ...diagnostics],
    sources: new Map([...files, ...outside.texts].map((file) => [file.name, file])),
    source: () => new RuleSource(loaded.rules, outside, () => reloadedOf(load())),
  };
}

/** The rules for a run: errors in them are errors of the configuration. */
export async function readCheckedRules(
  settings: Settings,
  paths: readonly string[],
  lake?: string,
): Promise<ReadRules> {
  const loaded = await readRules(settings, paths, lake);
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const texts = errors.map((each) => formatDiagnostic(each, loaded.sources.get(each.file)!.text));
    throw new UsageError([...texts, 'nothing was read: mend the rules, and check them with `sekisho rules check`']);
  }
  for (const each of loaded.diagnostics.filter(isAboutLists)) {
    tell(`${formatDiagnostic(each, loaded.sources.get(each.file)!.text)}\n`);
  }
  return loaded;
}

/** Warnings about what others wrote: nobody who checks the rules before a run could have seen it. */
function isAboutLists({ severity, code }: Diagnostic): boolean {
  return severity === 'warning' && code.startsWith('W4');
}

/** The rule files at some paths, each a file or a folder of them. */
export function readRuleFiles(paths: readonly string[]): readonly SourceText[] {
  const read = readFiles(paths, BUILT_IN);
  if (read.kind === 'failed') throw new UsageError([read.message]);
  return read.files;
}
