/** The rules of a deployment: every file read and checked, with the lists that are at hand. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeFileError } from '../shared/adapters/local/file-errors.ts';
import { readRuleFiles } from '../shared/adapters/local/rule-files.ts';
import type { Config, ListSetting } from '../shared/config/config.ts';
import type { RuntimeList } from '../shared/deployed-rules.ts';
import { formatDiagnostic, type Diagnostic, type SourceText } from '../shared/rules/diagnostics.ts';
import { operandsOf } from '../shared/rules/expression.ts';
import { decodeListBytes } from '../shared/rules/list-bytes.ts';
import { formatPlace, parseListSource, type ListSource } from '../shared/rules/list-source.ts';
import { readListText } from '../shared/rules/list-text.ts';
import { loadRules } from '../shared/rules/load.ts';
import type { ReadList } from '../shared/rules/outside-lists.ts';
import type { Rule } from '../shared/rules/rule.ts';

/** Rules, and which of their lists are read where they run. */
export interface ReadRules {
  readonly rules: readonly Rule[];
  readonly lists: readonly RuntimeList[];
}

/** The names of the lists that a rule is about. */
function listsOf({ where, except, condition }: Rule): readonly string[] {
  const then = condition.kind === 'window' ? condition.then?.where : undefined;
  const operands = [where, except, then].flatMap((part) => (part === undefined ? [] : operandsOf(part)));
  return operands.flatMap((operand) => (operand.kind === 'list' ? [operand.name] : []));
}

const BUILT_IN = resolve(import.meta.dirname, '../rules');

/** A list of S3 as it is when the rules are packaged: nobody knows what it will hold. */
const NOT_READ: ReadList = { kind: 'content', entries: [], diagnostics: [] };

/** Reads the rule files at `paths`; throws everything that is wrong with them, as `sekisho rules check` says it. */
export function readDeployedRules(
  { networks, lists }: Config,
  configPath: string,
  paths: readonly string[],
  warn: (message: string) => void,
): ReadRules {
  const found = readRuleFiles(paths, BUILT_IN);
  if (found.kind === 'failed') throw new Error(found.message);
  const { files } = found;
  const reader = new ListFiles();
  const inline: Record<string, readonly string[]> = {};
  const runtime: RuntimeList[] = [];
  const outside = new Set<string>();
  const doubts: Diagnostic[] = [];
  for (const [name, setting] of Object.entries(lists)) {
    if (isInline(setting)) {
      inline[name] = setting;
      continue;
    }
    const source = sourceOf(name, setting, configPath);
    const read = reader.read(source);
    if (read.kind === 'failed') throw new Error(`${configPath}: the list \`${name}\`: ${read.message}`);
    inline[name] = read.entries;
    outside.add(name);
    doubts.push(...read.diagnostics);
    if (source.place.kind !== 'file') runtime.push({ name, source });
  }
  const loaded = loadRules(files, { networks, lists: inline, outside, readOutside: (source) => reader.read(source) });
  for (const { name, source } of loaded.lists.values()) {
    if (source !== undefined && source.place.kind !== 'file') runtime.push({ name, source });
  }
  const texts = new Map([...files, ...reader.texts].map(({ name, text }) => [name, text]));
  const tell = (each: Diagnostic): string => formatDiagnostic(each, texts.get(each.file)!).trimEnd();
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const advice = 'nothing was packaged: mend the rules, and check them with `sekisho rules check`';
    throw new Error([...errors.map(tell), advice].join('\n\n'));
  }
  for (const each of [...loaded.diagnostics, ...doubts].filter(isAboutLists)) warn(tell(each));
  const used = new Set(loaded.rules.flatMap(listsOf));
  return { rules: loaded.rules, lists: runtime.filter(({ name }) => used.has(name)) };
}

/** Warnings about what others wrote: nobody who checked the rules before could have seen it. */
function isAboutLists({ severity, code }: Diagnostic): boolean {
  return severity === 'warning' && code.startsWith('W4');
}

function isInline(setting: ListSetting): setting is readonly string[] {
  return Array.isArray(setting);
}

function sourceOf(name: string, setting: Exclude<ListSetting, readonly string[]>, configPath: string): ListSource {
  const source = parseListSource(setting, configPath);
  if (!('code' in source)) return source;
  const hint = source.hint === undefined ? '' : `; ${source.hint}`;
  throw new Error(`${configPath}: the list \`${name}\`: ${source.message}${hint}`);
}

/** Lists that are files, each read once. */
class ListFiles {
  readonly texts: SourceText[] = [];
  readonly #known = new Map<string, ReadList>();

  read(source: ListSource): ReadList {
    if (source.place.kind !== 'file') return NOT_READ;
    const key = JSON.stringify([source.place, source.column]);
    let read = this.#known.get(key);
    if (read === undefined) this.#known.set(key, (read = this.#read(source)));
    return read;
  }

  #read({ place, column }: ListSource): ReadList {
    const name = formatPlace(place);
    let text: string;
    try {
      text = decodeListBytes(readFileSync(name));
    } catch (error) {
      return { kind: 'failed', message: describeFileError('read the list', name, error) };
    }
    this.texts.push({ name, text });
    const read = readListText({ name, text }, column);
    return read.kind === 'none'
      ? { kind: 'failed', message: `cannot use \`${name}\` as a list: ${read.reason}` }
      : read;
  }
}
