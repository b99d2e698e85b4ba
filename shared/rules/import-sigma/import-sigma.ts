/**
 * Sigma rules for firewalls as rules here. A rule that can't be translated faithfully is refused with the reason, unless
 * parts may be left out: then it says in a comment which.
 *
 * Source: the Sigma specification, "Sigma rules", "Sigma modifiers" and "Sigma correlation rules" (version 2).
 */
import { Document, isMap, isSeq } from 'yaml';
import type { Diagnostic, SourceText } from '../diagnostics.ts';
import { loadRules } from '../load.ts';
import { SEVERITIES, type Severity } from '../rule.ts';
import { translateCorrelation } from './correlation.ts';
import { readDocuments, type SigmaDocument } from './documents.ts';
import { translateRule, type TranslateOptions, type Translation } from './translate.ts';

/** What became of Sigma files. */
export interface ImportedSigma {
  /** A rule file of the rules that were translated; empty where there is none. */
  readonly text: string;
  /** The ids of the rules in it. */
  readonly ids: readonly string[];
  /** Titles of the Sigma rules that were refused; the file's name where not even that could be read. */
  readonly refused: readonly string[];
  /** By file, then by place. */
  readonly diagnostics: readonly Diagnostic[];
}

const LINE_WIDTH = 110;

const HEAD = ` Translated from Sigma rules. Whoever passes these on keeps to their licence and keeps their authors' names.`;

/** Translates the Sigma rules of some files. */
export function importSigma(files: readonly SourceText[], options: TranslateOptions): ImportedSigma {
  const read = files.map(readDocuments);
  const documents = read.flatMap((file) => file.documents);
  const silent = rulesOfCorrelations(documents);
  const rules: RuleEntry[] = [];
  const refused: string[] = read.flatMap(({ unread }, at) => Array<string>(unread).fill(files[at]!.name));
  for (const document of documents) {
    if (silent.has(document)) continue;
    const translation =
      document.kind === 'rule' ? translateRule(document, options) : translateCorrelation(document, documents, options);
    const entry = translation && entryOf(document, translation, new Set(rules.map(({ keys }) => keys.id)));
    if (entry !== undefined && isSound(document, entry)) rules.push(entry);
    else refused.push(document.title);
  }
  const diagnostics = read.flatMap(({ readers }) =>
    distinct(readers.flatMap((reader) => reader.diagnostics)).toSorted(
      (a, b) => a.line - b.line || a.column - b.column,
    ),
  );
  return { text: writeRules(rules), ids: rules.map(({ keys }) => keys.id), refused, diagnostics };
}

/** Rules that only serve correlations raise nothing themselves, unless the correlation says `generate: true`. */
function rulesOfCorrelations(documents: readonly SigmaDocument[]): ReadonlySet<SigmaDocument> {
  const named = new Set<string>();
  for (const { kind, reader, mapping } of documents) {
    if (kind !== 'correlation') continue;
    const entry = mapping.entries.get('correlation')!;
    if (!isMap(entry.value)) continue;
    const correlation = reader.mapping(entry.value, '`correlation`', undefined, entry.keySpan)!;
    const generates = [correlation, mapping].some((each) => reader.textAt(each, 'generate')?.text === 'true');
    if (!generates) for (const { text } of reader.textsAt(correlation, 'rules')) named.add(text);
  }
  return new Set(
    documents.filter(({ kind, id, name }) => kind === 'rule' && (named.has(id ?? '') || named.has(name ?? ''))),
  );
}

interface RuleEntry {
  readonly keys: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly comments: readonly string[];
}

function entryOf(document: SigmaDocument, translation: Translation, taken: ReadonlySet<string>): RuleEntry {
  const { reader, mapping, title, id: sigmaId } = document;
  const texts = (key: string): readonly string[] => reader.textsAt(mapping, key).map(({ text }) => text.trim());
  const { comments, ...found } = translation;
  const tags = texts('tags');
  const falsePositives = texts('falsepositives').join('; ');
  const author = reader.textAt(mapping, 'author')?.text.trim();
  const from = `From the Sigma rule ${sigmaId ?? `"${title}"`}${author === undefined ? '' : ` by ${author}`}.`;
  const references = texts('references').map((reference) => `- ${reference}`);
  const description = [
    reader.textAt(mapping, 'description')?.text.trim(),
    references.length === 0 ? from : [from, 'References:', ...references].join('\n'),
  ];
  return {
    keys: {
      id: freeId(title, taken),
      title,
      severity: severityOf(document),
      ...(tags.length === 0 ? {} : { tags }),
      description: description.filter((part) => part !== undefined).join('\n\n'),
      ...(falsePositives === '' ? {} : { false_positives: falsePositives }),
      ...found,
    },
    comments: [...new Set(comments)],
  };
}

function severityOf({ reader, mapping }: SigmaDocument): Severity {
  const level = reader.textAt(mapping, 'level');
  if (level === undefined) return 'medium';
  const text = level.text.toLowerCase();
  const severity = SEVERITIES.find((name) => name === (text === 'informational' ? 'info' : text));
  if (severity === undefined)
    reader.warn('W602', level.span, `the level \`${level.text}\` is unknown: \`medium\` was written`);
  return severity ?? 'medium';
}

function freeId(title: string, taken: ReadonlySet<string>): string {
  const kebab =
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^[-0-9]+|-+$/g, '') || 'sigma-rule';
  let id = kebab;
  for (let number = 2; taken.has(id); number++) id = `${kebab}-${number}`;
  return id;
}

/** A translation that is no sound rule (it can never match, it is too large) is refused with the checker's words. */
function isSound({ reader, titleSpan }: SigmaDocument, entry: RuleEntry): boolean {
  const { diagnostics } = loadRules([{ name: 'translation', text: writeRules([entry]) }]);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  for (const { message, hint } of errors)
    reader.report('E605', titleSpan, `what the rule becomes is no sound rule: ${message}`, hint);
  return errors.length === 0;
}

function writeRules(rules: readonly RuleEntry[]): string {
  if (rules.length === 0) return '';
  const document = new Document({ rules: rules.map(({ keys }) => keys) });
  document.commentBefore = HEAD;
  for (const [index, { comments }] of rules.entries()) {
    const rule = document.getIn(['rules', index]);
    if (!isMap(rule)) continue;
    if (comments.length > 0) rule.commentBefore = comments.map((comment) => ` ${comment}`).join('\n');
    rule.spaceBefore = index > 0;
    const description = rule.get('description', true);
    if (description !== undefined) description.type = 'BLOCK_LITERAL';
    for (const key of ['tags', 'by']) {
      const list = rule.get(key, true);
      if (isSeq(list)) list.flow = true;
    }
  }
  return document.toString({ lineWidth: LINE_WIDTH, flowCollectionPadding: false });
}

/** Rules that several correlations name are read several times. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [JSON.stringify(each), each])).values()];
}
