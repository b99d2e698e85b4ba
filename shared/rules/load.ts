/** Rule files to rules: every file is read before anything is checked, so that lists serve all of them. */
import { error, placeFinding, warning, type Diagnostic, type SourceText, type Span } from './diagnostics.ts';
import type { ListSource } from './list-source.ts';
import { builtInLists, PRIVATE_NETWORKS, type Lists, type NamedList } from './lists.ts';
import type { ReadList } from './outside-lists.ts';
import { findOverlaps } from './overlaps.ts';
import { checkQuiets, type PlacedRule } from './quiets.ts';
import { loadExpectations } from './load-expectations.ts';
import { openFile } from './open-file.ts';
import { findListSources, readLists } from './read-lists.ts';
import { readRule } from './read-rule.ts';
import type { RuleTest } from './rule-test.ts';
import type { Rule } from './rule.ts';

/** What the configuration gives the rules. */
export interface LoadOptions {
  /** The owner's networks, `@networks`; {@link PRIVATE_NETWORKS} by default. */
  readonly networks?: readonly string[] | undefined;
  /** Lists by name. */
  readonly lists?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Those of the lists that are kept elsewhere. */
  readonly outside?: ReadonlySet<string>;
  /** What a list holds that a rule file keeps elsewhere, see {@link listSourcesOf}. */
  readonly readOutside?: (source: ListSource) => ReadList;
}

/** Where a rule stands. */
export interface RulePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Everything in some rule files. */
export interface LoadedRules {
  /** Rules without errors, in the order of the files. */
  readonly rules: readonly Rule[];
  /** Tests of the rules, in the order of the files. */
  readonly tests: readonly RuleTest[];
  readonly lists: Lists;
  /** By file, then by place; what is wrong with the texts of outside lists comes last. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where each rule begins, by its id; those of expectations where the first file expects something. */
  readonly places: () => ReadonlyMap<string, RulePlace>;
  /** Warnings about rules that say what others say; they are found when asked for, as comparing rules takes time. */
  readonly overlaps: () => readonly Diagnostic[];
}

/** Loads rule files; what is wrong with them is in `diagnostics`, and a rule with an error is not among `rules`. */
export function loadRules(files: readonly SourceText[], options: LoadOptions = {}): LoadedRules {
  const lists = new Map<string, NamedList>(builtInLists(options.networks ?? PRIVATE_NETWORKS));
  const builtIn = new Set(lists.keys());
  for (const [name, entries] of Object.entries(options.lists ?? {})) {
    lists.set(name, { name, entries, outside: options.outside?.has(name) ?? false });
  }
  const opened = files.map(openFile);
  const readOutside = options.readOutside ?? nothingOutside;
  const reading = { lists, builtIn, homes: new Map<string, string>(), readOutside, diagnostics: [] as Diagnostic[] };
  for (const { reader, mapping } of opened) {
    if (mapping !== undefined) readLists(reader, mapping, reading);
  }
  const expected = loadExpectations(opened, lists);
  const placed: PlacedRule[] = [];
  const seen = new Map<string, string>(expected.ids.map((id) => [id, '`expect:`']));
  for (const { reader, mapping, broken } of opened) {
    const entry = mapping?.entries.get('rules');
    const nodes = entry && reader.list(entry.value, '`rules`', entry.keySpan);
    for (const node of nodes ?? []) {
      const read = readRule(reader, node, lists, entry!.keySpan);
      if (read === undefined) continue;
      const home = seen.get(read.id);
      if (home !== undefined) {
        reader.report(
          'E006',
          read.idSpan,
          `there is a rule \`${read.id}\` already, in ${home}`,
          'ids are unique over all files',
        );
        continue;
      }
      seen.set(read.id, reader.source.name);
      placed.push({ read: broken ? { ...read, rule: undefined } : read, reader });
    }
  }
  const mute = checkQuiets(placed, new Set(seen.keys()));
  const ruled = placed.flatMap(({ read: { id, rule } }) => (rule === undefined || mute.has(id) ? [] : [rule]));
  const rules = [...ruled, ...expected.rules(new Set(seen.keys()))];
  const tests = [...placed.flatMap(({ read }) => read.tests), ...expected.tests];
  const ofRules = opened.flatMap(({ reader }) =>
    reader.diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column),
  );
  const diagnostics = [...ofRules, ...reading.diagnostics];
  const spans = new Map<string, Where>(
    placed.map(({ read, reader }) => [read.id, { span: read.idSpan, source: reader.source }]),
  );
  return {
    rules,
    tests,
    lists,
    diagnostics,
    places: () => placesOf(expected.place, expected.ids, spans),
    overlaps: () => placeOverlaps(ruled, spans),
  };
}

/** A place of a file's text. */
interface Where {
  readonly span: Span;
  readonly source: SourceText;
}

function placesOf(
  expected: Where | undefined,
  ids: readonly string[],
  spans: ReadonlyMap<string, Where>,
): ReadonlyMap<string, RulePlace> {
  const all = [...(expected === undefined ? [] : ids.map((id) => [id, expected] as const)), ...spans];
  return new Map(
    all.map(([id, { span, source }]) => {
      const { file, line } = placeFinding(error('E001', span, ''), source);
      return [id, { file, line }];
    }),
  );
}

function placeOverlaps(rules: readonly Rule[], places: ReadonlyMap<string, Where>): readonly Diagnostic[] {
  return findOverlaps(rules).map(({ rule, code, message, hint }) => {
    const { span, source } = places.get(rule)!;
    return placeFinding(warning(code, span, message, hint), source);
  });
}

function nothingOutside(): ReadList {
  return { kind: 'failed', message: 'lists that are kept elsewhere can not be read here' };
}

/** Where the lists are kept that rule files do not write out; they are to be read before the rules are loaded. */
export function listSourcesOf(files: readonly SourceText[]): readonly ListSource[] {
  // reading YAML takes time, and few files have such lists
  const opened = files.filter(({ text }) => /\blists\b/.test(text)).map(openFile);
  return opened.flatMap(({ reader, mapping }) => (mapping === undefined ? [] : findListSources(reader, mapping)));
}
