/** The documents of Sigma files: rules and correlations, each with what it may be called by. */
import { parseAllDocuments, type Document } from 'yaml';
import type { SourceText, Span } from '../diagnostics.ts';
import { ShapeReader, type Mapping } from '../shape.ts';

/** One rule or correlation of a file. */
export interface SigmaDocument {
  readonly kind: 'rule' | 'correlation';
  readonly reader: ShapeReader;
  readonly mapping: Mapping;
  readonly title: string;
  readonly titleSpan: Span;
  /** Sigma's id, a UUID, and the name that correlations may use instead. */
  readonly id: string | undefined;
  readonly name: string | undefined;
}

/** What stands in a file. */
export interface SigmaFile {
  readonly documents: readonly SigmaDocument[];
  /** How many documents could not be read. */
  readonly unread: number;
  /** What was found wrong, one reader a document. */
  readonly readers: readonly ShapeReader[];
}

/** A file's documents. */
export function readDocuments(source: SourceText): SigmaFile {
  const parsed = parseAllDocuments(source.text, { prettyErrors: false, keepSourceTokens: false });
  const readers: ShapeReader[] = [];
  const documents: SigmaDocument[] = [];
  let unread = 0;
  for (const document of Array.isArray(parsed) ? (parsed as Document[]) : []) {
    const reader = new ShapeReader(source, document);
    readers.push(reader);
    const read = readDocument(reader, document);
    if (read !== undefined) documents.push(read);
    else if (reader.errors > 0) unread++;
  }
  return { documents, unread, readers };
}

function readDocument(reader: ShapeReader, document: Document): SigmaDocument | undefined {
  const whole: Span = { start: 0, end: reader.source.text.length };
  for (const problem of document.errors) {
    const [start, end] = problem.pos;
    reader.report('E601', { start, end }, `not readable as YAML: ${problem.message.split('\n')[0]!.toLowerCase()}`);
  }
  if (document.errors.length > 0 || document.contents === null) return undefined;
  const mapping = reader.mapping(document.contents, 'a Sigma rule', undefined, whole);
  if (mapping === undefined) return undefined;
  const { entries, span } = mapping;
  const unread = ['action', 'filter'].find((key) => entries.has(key));
  if (unread !== undefined) {
    const hint = 'write what belongs together into one rule';
    return reader.report(
      'E601',
      entries.get(unread)!.keySpan,
      `documents with \`${unread}:\` change others: they can't be read`,
      hint,
    );
  }
  if (!entries.has('detection') && !entries.has('correlation'))
    return reader.report(
      'E601',
      firstLine(span),
      'this is no Sigma rule: it has neither `detection` nor `correlation`',
    );
  const title = reader.textAt(mapping, 'title');
  return {
    kind: entries.has('correlation') ? 'correlation' : 'rule',
    reader,
    mapping,
    title: title?.text.trim() ?? 'Sigma rule',
    titleSpan: title?.span ?? firstLine(span),
    id: reader.textAt(mapping, 'id')?.text,
    name: reader.textAt(mapping, 'name')?.text,
  };
}

function firstLine({ start }: Span): Span {
  return { start, end: start + 1 };
}
