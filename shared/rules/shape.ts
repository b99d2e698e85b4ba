/** Reading a YAML document's shape: mappings, lists and texts, with a finding at the place of whatever is not as it should be. */
import { isAlias, isMap, isScalar, isSeq, type Document } from 'yaml';
import type { Code } from './codes.ts';
import {
  error,
  placeFinding,
  warning,
  type Diagnostic,
  type Finding,
  type SourceText,
  type Span,
} from './diagnostics.ts';
import { keyMeant } from './foreign-names.ts';
import { spanInFile, textOfScalar, type YamlScalar } from './yaml-text.ts';

/** A node of the document, whatever it is; null for a key without value. */
export type YamlNode = unknown;

/** One entry of a mapping. */
export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: YamlNode;
}

/** A mapping's entries by key, and where it stands. */
export interface Mapping {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly span: Span;
}

/** A text (or number, as it is written) with the node it comes from. */
export interface Text {
  readonly text: string;
  readonly node: YamlScalar;
  readonly span: Span;
}

/** One rule file being read, and what was found wrong in it so far. */
export class ShapeReader {
  readonly source: SourceText;
  readonly diagnostics: Diagnostic[] = [];
  readonly #document: Document;
  readonly #passedOver = new Set<number>();

  constructor(source: SourceText, document: Document) {
    this.source = source;
    this.#document = document;
  }

  /** How many errors were found so far; warnings do not count. */
  get errors(): number {
    return this.diagnostics.filter(({ severity }) => severity === 'error').length;
  }

  /** Says no more about the line of a place. */
  passOver(offset: number): void {
    const { line } = placeFinding(error('E001', { start: offset, end: offset }, ''), this.source);
    this.#passedOver.add(line);
  }

  /** Reports an error at a span of the file. */
  report(code: Code, span: Span, message: string, hint?: string): undefined {
    this.#add(error(code, span, message, hint));
  }

  /** Reports something suspicious at a span of the file. */
  warn(code: Code, span: Span, message: string, hint?: string): undefined {
    this.#add(warning(code, span, message, hint));
  }

  #add(finding: Finding): void {
    const diagnostic = placeFinding(finding, this.source);
    if (!this.#passedOver.has(diagnostic.line)) this.diagnostics.push(diagnostic);
  }

  /** Reports a finding about a scalar's text. */
  reportIn(text: Text, finding: Finding): void {
    this.#add({ ...finding, span: spanInFile(text.node, finding.span, this.source.text) });
  }

  /** Where a node stands; `fallback` for a key without value. */
  spanOf(node: YamlNode, fallback: Span): Span {
    const range = (node as { readonly range?: readonly [number, number, number] | null } | null | undefined)?.range;
    return range === undefined || range === null || range[0] === range[1]
      ? fallback
      : { start: range[0], end: range[1] };
  }

  /** A mapping with known keys only; unknown ones are reported. `keys` undefined takes any. */
  mapping(node: YamlNode, what: string, keys: readonly string[] | undefined, fallback: Span): Mapping | undefined {
    const resolved = this.#resolve(node);
    const span = this.spanOf(resolved, fallback);
    if (!isMap(resolved)) return this.report('E004', span, `${what} must be a mapping (\`key: value\`)`);
    const entries = new Map<string, Entry>();
    for (const pair of resolved.items) {
      const keySpan = this.spanOf(pair.key, span);
      const key = isScalar(pair.key) ? textOfScalar(pair.key) : '';
      if (keys !== undefined && !keys.includes(key)) {
        const near = keyMeant(key, keys);
        const hint =
          near === undefined ? `keys are ${keys.map((name) => `\`${name}\``).join(', ')}` : `did you mean \`${near}\`?`;
        this.report('E002', keySpan, `unknown key \`${key}\` in ${what}`, hint);
        continue;
      }
      // of a key that is there twice the first counts
      if (!entries.has(key)) entries.set(key, { key, keySpan, value: pair.value });
    }
    return { entries, span };
  }

  /** The entries of a list; anything else is an entry itself. */
  nodes(node: YamlNode): readonly YamlNode[] {
    const resolved = this.#resolve(node);
    return isSeq(resolved) ? resolved.items : [resolved];
  }

  /** Whether a node is a mapping. */
  isMapping(node: YamlNode): boolean {
    return isMap(this.#resolve(node));
  }

  /** Whether a node is this text. */
  isWord(node: YamlNode, word: string): boolean {
    const resolved = this.#resolve(node);
    return isScalar(resolved) && textOfScalar(resolved) === word;
  }

  /** The text of a mapping's key; undefined where there is no such key, or no text. */
  textAt(mapping: Mapping, key: string): Text | undefined {
    const entry = mapping.entries.get(key);
    return entry && this.text(entry.value, `\`${key}\``, entry.keySpan);
  }

  /** The texts of a mapping's key, none where there is no such key. */
  textsAt(mapping: Mapping, key: string): readonly Text[] {
    const entry = mapping.entries.get(key);
    return (entry && this.texts(entry.value, `\`${key}\``, entry.keySpan)) ?? [];
  }

  /** A list's nodes. */
  list(node: YamlNode, what: string, fallback: Span): readonly YamlNode[] | undefined {
    const resolved = this.#resolve(node);
    if (isSeq(resolved)) return resolved.items;
    return this.report('E004', this.spanOf(resolved, fallback), `${what} must be a list`, 'begin each entry with `- `');
  }

  /** A text, or a number as it is written; undefined and reported for anything else, nothing included. */
  text(node: YamlNode, what: string, fallback: Span): Text | undefined {
    const scalar = this.scalar(node, what, fallback);
    if (scalar === undefined) return undefined;
    if (scalar === null || scalar.text.trim() === '') {
      return this.report('E004', this.spanOf(node, fallback), `${what} is empty`);
    }
    return scalar;
  }

  /** A text, or null for `~`, `null` or nothing. */
  scalar(node: YamlNode, what: string, fallback: Span): Text | null | undefined {
    const resolved = this.#resolve(node);
    if (isAlias(node) && resolved === undefined) {
      const hint = 'put a text that begins with `*` in quotation marks';
      return this.report('E004', this.spanOf(node, fallback), `there is no anchor \`&${node.source}\``, hint);
    }
    if (resolved === null || resolved === undefined) return null;
    const span = this.spanOf(resolved, fallback);
    if (!isScalar(resolved)) return this.report('E004', span, `${what} must be a single value`);
    if (resolved.value === null) return null;
    return { text: textOfScalar(resolved), node: resolved, span };
  }

  /** A list of texts; one text stands for a list of one. */
  texts(node: YamlNode, what: string, fallback: Span): readonly Text[] | undefined {
    const resolved = this.#resolve(node);
    const nodes = isSeq(resolved) ? resolved.items : [resolved];
    const texts = nodes.map((item) => this.text(item, isSeq(resolved) ? `an entry of ${what}` : what, fallback));
    return texts.every((text) => text !== undefined) ? texts : undefined;
  }

  #resolve(node: YamlNode): YamlNode {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }
}
