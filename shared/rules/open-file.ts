/** A rule file's text to its outermost mapping; what is no YAML is told, and the rest read where it still makes sense. */
import { parseDocument, type Document, type YAMLError } from 'yaml';
import type { SourceText, Span } from './diagnostics.ts';
import { FILE_KEYS } from './rule-keys.ts';
import { ShapeReader, type Mapping } from './shape.ts';

/** A rule file, read as far as its outermost keys. */
export interface OpenedFile {
  readonly reader: ShapeReader;
  /** Undefined where the file is empty or can't be read. */
  readonly mapping: Mapping | undefined;
  /** Whether something in it is no YAML: what the file holds is then checked, but not used. */
  readonly broken: boolean;
}

/** Opens a rule file. */
export function openFile(source: SourceText): OpenedFile {
  const written = parse(source.text);
  const problems = problemsOf(written);
  const document = mended(written, problems, source.text);
  const reader = new ShapeReader(source, document);
  const broken = problems.length > 0;
  const isReadable = problemsOf(document).every(isContained);
  // after a fault that confuses the rest, the next ones are hardly the author's
  const last = isReadable ? problems.length : problems.findIndex((problem) => !isContained(problem)) + 1;
  for (const problem of problems.slice(0, last)) reportProblem(reader, problem, source.text);
  if (!isReadable || document.contents === null) return { reader, mapping: undefined, broken };
  for (const problem of problems) if (faultOf(problem)?.effect !== 'none') reader.passOver(problem.pos[0]);
  const whole: Span = { start: 0, end: source.text.length };
  return { reader, mapping: reader.mapping(document.contents, 'a rule file', Object.keys(FILE_KEYS), whole), broken };
}

function parse(text: string): Document {
  return parseDocument(text, { prettyErrors: false, keepSourceTokens: false });
}

/** Tags that nobody knows are no fault in YAML, but what is meant is a text. */
function problemsOf({ errors, warnings }: Document): readonly YAMLError[] {
  return [...errors, ...warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED')];
}

/** A fault that people make. */
interface Fault {
  /** What the library says is for programmers, or does not fit. */
  readonly message?: string;
  readonly hint: string;
  /** What the fault spoils beside its place: nothing, or the line that it is in. Undefined where nothing after it can be trusted. */
  readonly effect?: 'none' | 'line';
}

const FAULTS: Readonly<Partial<Record<YAMLError['code'], Fault>>> = {
  DUPLICATE_KEY: { effect: 'none', hint: 'leave one of them out, or put what both hold under one' },
  MULTIPLE_DOCS: { effect: 'none', message: 'a second document begins here', hint: 'leave out `---`' },
  BAD_SCALAR_START: { effect: 'line', hint: 'put a text that begins with such a character in quotation marks' },
  BAD_DQ_ESCAPE: { effect: 'line', hint: 'write two backslashes for one, or put the text in single quotation marks' },
  TAG_RESOLVE_FAILED: { effect: 'line', hint: 'put a text that begins with `!` in quotation marks' },
  BLOCK_AS_IMPLICIT_KEY: { hint: 'put a text that holds `: ` in quotation marks' },
  TAB_AS_INDENT: { hint: 'indent with spaces' },
};

const HALF_QUOTED: Fault = {
  effect: 'line',
  message: 'the text goes on after its quotation mark',
  hint: 'put all of it in quotation marks: the other kind, if it holds some itself',
};

function faultOf({ code, message }: YAMLError): Fault | undefined {
  return message.startsWith('Unexpected scalar at node end') ? HALF_QUOTED : FAULTS[code];
}

/** Whether what stands after a fault means what it seems to. */
function isContained(problem: YAMLError): boolean {
  return faultOf(problem)?.effect !== undefined;
}

/**
 * The document as it would be if texts that hold `: ` were no mappings, so that the rest of the file can be checked.
 * The mended text is as long as the written one: places stay what they are.
 */
function mended(document: Document, problems: readonly YAMLError[], text: string): Document {
  const colons = problems.filter(({ code }) => code === 'BLOCK_AS_IMPLICIT_KEY');
  if (colons.length === 0) return document;
  let plain = text;
  for (const { pos } of colons) {
    const end = plain.indexOf('\n', pos[0]);
    const line = plain.slice(pos[0], end === -1 ? undefined : end);
    plain = plain.slice(0, pos[0]) + line.replaceAll(/:(?=\s|$)/g, '.') + plain.slice(pos[0] + line.length);
  }
  const again = parse(plain);
  return problemsOf(again).length < problems.length ? again : document;
}

function reportProblem(reader: ShapeReader, problem: YAMLError, text: string): void {
  const [start, end] = problem.pos;
  const fault = faultOf(problem);
  const key = problem.code === 'DUPLICATE_KEY' ? /^[\w-]+/.exec(text.slice(start))?.[0] : undefined;
  if (key !== undefined) {
    reader.report('E001', { start, end: start + key.length }, `the key \`${key}\` is there already`, fault?.hint);
    return;
  }
  const [first = ''] = problem.message.split('\n');
  const message = fault?.message ?? `${first.charAt(0).toLowerCase()}${first.slice(1)}`;
  reader.report('E001', { start, end }, `not readable as YAML: ${message}`, fault?.hint);
}
