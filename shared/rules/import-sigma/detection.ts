/** The `detection` of a Sigma rule: its selections, and the condition over them. */
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { suggest } from '../../suggest.ts';
import type { Span } from '../diagnostics.ts';
import type { Mapping, ShapeReader, Text, YamlNode } from '../shape.ts';
import { spanInFile } from '../yaml-text.ts';
import { namesOf, parseCondition, type Condition, type ParsedCondition } from './condition.ts';
import { targetOf, type Origin } from './fields.ts';
import { gapTerm, type Term } from './term.ts';
import { termOfValues, type Note } from './values.ts';

/** A rule's condition as a term, and the aggregation that follows it, with its place in the file. */
export interface Detection {
  readonly term: Term;
  readonly aggregation: { readonly text: string; readonly span: Span } | undefined;
}

const SPECIAL = new Set(['condition', 'timeframe']);

/** Reads a `detection`; what is wrong with its form is reported, and undefined then. */
export function readDetection(
  reader: ShapeReader,
  detection: Mapping,
  origin: Origin,
  note: Note,
): Detection | undefined {
  const entry = detection.entries.get('condition');
  if (entry === undefined) return reader.report('E601', detection.span, '`detection` has no `condition`');
  const texts = reader.texts(entry.value, '`condition`', entry.keySpan);
  if (texts === undefined) return undefined;
  const selections = new Selections(reader, detection, origin, note);
  const terms: Term[] = [];
  let aggregation: Detection['aggregation'];
  for (const text of texts) {
    const parsed = parseCondition(text.text);
    const term = parsed.kind === 'parsed' ? selections.termOf(parsed.condition, text) : undefined;
    if (parsed.kind === 'problem') reportAt(reader, text, parsed.span, parsed.message);
    if (term === undefined || parsed.kind === 'problem') return undefined;
    terms.push(term);
    aggregation ??= placeAggregation(reader, text, parsed);
  }
  if (aggregation !== undefined && texts.length > 1)
    return reader.report('E601', aggregation.span, 'an aggregation must belong to the only condition');
  return { term: { kind: 'or', terms }, aggregation };
}

function placeAggregation(reader: ShapeReader, text: Text, { aggregation }: ParsedCondition): Detection['aggregation'] {
  if (aggregation === undefined) return undefined;
  const start = text.text.length - text.text.slice(aggregation.start).trimStart().length;
  const span = { start, end: text.text.trimEnd().length };
  return { text: aggregation.text, span: spanInFile(text.node, span, reader.source.text) };
}

function reportAt(reader: ShapeReader, text: Text, span: Span, message: string, hint?: string): undefined {
  return reader.report('E601', spanInFile(text.node, span, reader.source.text), message, hint);
}

/** A rule's selections, each translated when the condition first names it. */
class Selections {
  readonly #reader: ShapeReader;
  readonly #detection: Mapping;
  readonly #origin: Origin;
  readonly #note: Note;
  readonly #known = new Map<string, Term | undefined>();

  constructor(reader: ShapeReader, detection: Mapping, origin: Origin, note: Note) {
    this.#reader = reader;
    this.#detection = detection;
    this.#origin = origin;
    this.#note = note;
  }

  /** The condition as a term; undefined where something about its form was wrong. */
  termOf(condition: Condition, text: Text): Term | undefined {
    switch (condition.kind) {
      case 'and':
      case 'or': {
        const terms = condition.terms.map((term) => this.termOf(term, text));
        return terms.every((term) => term !== undefined) ? { kind: condition.kind, terms } : undefined;
      }
      case 'not': {
        const term = this.termOf(condition.term, text);
        return term && { kind: 'not', term };
      }
      case 'name': {
        if (this.#names().includes(condition.name)) return this.#selection(condition.name);
        const near = suggest(condition.name, this.#names());
        const hint = near === undefined ? undefined : `did you mean \`${near}\`?`;
        return reportAt(this.#reader, text, condition.span, `there is no selection \`${condition.name}\``, hint);
      }
      case 'of': {
        const names = namesOf(condition.pattern, this.#names());
        if (names.length === 0)
          return reportAt(this.#reader, text, condition.span, `no selection is called like \`${condition.pattern}\``);
        const terms = names.map((name) => this.#selection(name));
        if (!terms.every((term) => term !== undefined)) return undefined;
        return { kind: condition.all ? 'and' : 'or', terms };
      }
    }
  }

  #names(): readonly string[] {
    return [...this.#detection.entries.keys()].filter((name) => !SPECIAL.has(name));
  }

  #selection(name: string): Term | undefined {
    if (!this.#known.has(name)) {
      const { value, keySpan } = this.#detection.entries.get(name)!;
      this.#known.set(name, this.#search(value, keySpan));
    }
    return this.#known.get(name);
  }

  /** Of a mapping every entry has to hold, of a list one. */
  #search(node: YamlNode, fallback: Span): Term | undefined {
    if (isSeq(node)) {
      const terms = node.items.map((item) => this.#search(item, fallback));
      return terms.every((term) => term !== undefined) ? { kind: 'or', terms } : undefined;
    }
    const span = this.#reader.spanOf(node, fallback);
    if (isScalar(node))
      return gapTerm('E603', span, "a word to be found anywhere can't be: flow logs hold no free text");
    const mapping = this.#reader.mapping(node, 'a selection', undefined, fallback);
    const terms =
      mapping && Array.from(mapping.entries.values(), ({ key, keySpan, value }) => this.#field(key, keySpan, value));
    return terms?.every((term) => term !== undefined) ? { kind: 'and', terms } : undefined;
  }

  #field(key: string, span: Span, value: YamlNode): Term | undefined {
    const [name = '', ...modifiers] = key.split('|');
    const target = targetOf(name, this.#origin);
    if (target === undefined) return gapTerm('E603', span, `flow logs have nothing that says what \`${name}\` does`);
    if (isMap(value) || isAlias(value))
      return this.#reader.report('E601', span, `\`${key}\` is neither a value nor a list of them`);
    const nodes = isSeq(value) ? value.items : [value];
    const values = nodes.map((each) => this.#reader.scalar(each, `a value of \`${key}\``, span));
    if (!values.every((each) => each !== undefined)) return undefined;
    return termOfValues({ target, modifiers: modifiers.map((each) => each.toLowerCase()), span }, values, this.#note);
  }
}
