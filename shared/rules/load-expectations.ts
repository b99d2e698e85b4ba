/** The expectations of all rule files, taken together. */
import type { SourceText, Span } from './diagnostics.ts';
import { EXPECT_IDS } from './expectation.ts';
import { rulesOfExpectations } from './expect-rules.ts';
import { clausesOf, MAX_CLAUSES } from './clauses.ts';
import type { Lists } from './lists.ts';
import type { OpenedFile } from './open-file.ts';
import { readExpect, type ExpectSettings } from './read-expect.ts';
import type { RuleTest } from './rule-test.ts';
import type { Rule } from './rule.ts';
import { TextLine } from './value-set.ts';

/** What the expectations of all files come to. */
export interface LoadedExpectations {
  /** Ids that their rules take; none where no file expects anything. */
  readonly ids: readonly string[];
  /** Where the first file expects something. */
  readonly place: { readonly span: Span; readonly source: SourceText } | undefined;
  readonly tests: readonly RuleTest[];
  /** Their rules, none where something is wrong with any block; `others` are the ids of the rules there are besides. */
  readonly rules: (others: ReadonlySet<string>) => readonly Rule[];
}

/** Reads the expectations of all files; what is wrong with them is reported in their files. */
export function loadExpectations(files: readonly OpenedFile[], lists: Lists): LoadedExpectations {
  const found = files.flatMap(({ reader, mapping, broken }) => {
    const read = mapping && readExpect(reader, mapping, lists);
    return read === undefined ? [] : [{ reader, read, broken }];
  });
  const settings = new Map<string, ExpectSettings>();
  for (const { reader, read } of found) {
    for (const [id, said] of read.settings) {
      if (settings.has(id)) reader.report('E704', read.span, `another file says something about \`${id}\` already`);
      settings.set(id, said);
    }
  }
  const tests = found.flatMap(({ read }) => read.tests);
  const blocks = found.flatMap(({ read }) => read.blocks ?? []);
  const isWhole = found.every(({ read, broken }) => read.blocks !== undefined && !broken);
  const ids = found.length === 0 ? [] : EXPECT_IDS;
  const [first] = found;
  const place = first && { span: first.read.span, source: first.reader.source };
  if (blocks.length === 0 || !isWhole) return { ids, place, tests, rules: () => [] };
  if (rulesOfExpectations(blocks, settings, new Set()).some(isTooLarge)) {
    const { reader, read } = found[0]!;
    const message = `all expectations together are too large: they become more than ${MAX_CLAUSES} alternatives`;
    reader.report('E302', read.span, message, 'name more ends, ports or interfaces in one entry: lists cost nothing');
    return { ids, place, tests, rules: () => [] };
  }
  return { ids, place, tests, rules: (others) => rulesOfExpectations(blocks, settings, others) };
}

function isTooLarge({ where, except }: Rule): boolean {
  const line = new TextLine();
  return [where, except].some((part) => part !== undefined && clausesOf(part, line) === undefined);
}
