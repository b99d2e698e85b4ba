/** One entry of `rules:`: its keys, expressions, window and tests, checked as a whole. */
import { suggest } from '../suggest.ts';
import { checkExpression } from './check.ts';
import { MAX_CLAUSES, normaliseRule } from './clauses.ts';
import type { Span } from './diagnostics.ts';
import type { Expression } from './expression.ts';
import type { Lists } from './lists.ts';
import { formatDuration, parseDuration } from './quantity.ts';
import { readTests } from './read-tests.ts';
import type { RuleTest } from './rule-test.ts';
import { SEVERITIES, type Condition, type Rule, type Severity, type Threshold } from './rule.ts';
import type { Mapping, ShapeReader, Text, YamlNode } from './shape.ts';
import { stateKeyOf } from './state-key.ts';
import { parseThreshold } from './threshold.ts';
import { TextLine } from './value-set.ts';
import { FIELD_NAMES, findField } from './value.ts';

const KEYS = [
  'id',
  'title',
  'description',
  'severity',
  'tags',
  'where',
  'except',
  'by',
  'window',
  'when',
  'suppress',
  'runbook',
  'tests',
];

/** The longest suppress period, seconds. */
const MAX_SUPPRESS = 366 * 86_400;

/** The longest window that is kept in memory, seconds. */
const MAX_WINDOW = 3600;

const DEFAULT_BY = ['interface_id'];
const DEFAULT_SUPPRESS = 3600;

/** A rule with its tests, and where its id stands. */
export interface ReadRule {
  readonly id: string;
  readonly idSpan: Span;
  /** Undefined where something is wrong with the rule. */
  readonly rule: Rule | undefined;
  readonly tests: readonly RuleTest[];
}

/** Reads one rule and reports everything that is wrong with it; undefined where not even its id can be read. */
export function readRule(reader: ShapeReader, node: YamlNode, lists: Lists, fallback: Span): ReadRule | undefined {
  const before = reader.diagnostics.length;
  const mapping = reader.mapping(node, 'a rule', KEYS, fallback);
  if (mapping === undefined) return undefined;
  const keys = new RuleKeys(reader, mapping, lists);
  const id = keys.id();
  const title = keys.text('title') ?? id?.text ?? '';
  const where = keys.where();
  const except = keys.expression('except');
  const by = keys.by();
  const condition = keys.condition();
  const fields = {
    id: id?.text ?? '',
    title,
    description: keys.text('description') ?? '',
    severity: keys.severity(),
    tags: keys.tags(),
    by,
    condition,
    suppress: keys.suppress(),
    runbook: keys.text('runbook'),
    falsePositives: undefined,
    sharpenedBy: [],
    quiets: [],
  };
  keys.checkMatches(where, except);
  const sound = reader.diagnostics.length === before && where !== undefined;
  const tests = keys.tests({ id: fields.id, by });
  if (id === undefined) return undefined;
  const rule = sound ? { ...fields, where, except } : undefined;
  return { id: id.text, idSpan: id.span, rule: rule && { ...rule, stateKey: stateKeyOf(rule) }, tests };
}

class RuleKeys {
  readonly #reader: ShapeReader;
  readonly #mapping: Mapping;
  readonly #lists: Lists;

  constructor(reader: ShapeReader, mapping: Mapping, lists: Lists) {
    this.#reader = reader;
    this.#mapping = mapping;
    this.#lists = lists;
  }

  id(): Text | undefined {
    const id = this.#text('id');
    if (id === undefined)
      return this.#mapping.entries.has('id') ? undefined : this.#missing('id', 'give it an id such as `port-scan`');
    if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id.text)) return id;
    const kebab = id.text
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[-0-9]+|-+$/g, '');
    const hint = kebab === '' ? 'write lower-case words joined by `-`' : `write \`${kebab}\``;
    return this.#reader.report('E005', id.span, `the id \`${id.text}\` is not in kebab-case`, hint);
  }

  text(key: string): string | undefined {
    return this.#text(key)?.text.trim();
  }

  tags(): readonly string[] {
    const entry = this.#mapping.entries.get('tags');
    if (entry === undefined) return [];
    return (this.#reader.texts(entry.value, '`tags`', entry.keySpan) ?? []).map((tag) => tag.text);
  }

  severity(): Severity {
    const text = this.#text('severity');
    if (text === undefined) return 'medium';
    const severity = SEVERITIES.find((name) => name === text.text);
    if (severity !== undefined) return severity;
    const near = suggest(text.text, SEVERITIES);
    const hint =
      near === undefined
        ? `it is one of ${SEVERITIES.map((name) => `\`${name}\``).join(', ')}`
        : `did you mean \`${near}\`?`;
    this.#reader.report('E007', text.span, `unknown severity \`${text.text}\``, hint);
    return 'medium';
  }

  where(): Expression | undefined {
    if (this.#mapping.entries.has('where')) return this.expression('where');
    return this.#missing('where', 'write which records match, such as `where: action = REJECT`');
  }

  expression(key: 'where' | 'except'): Expression | undefined {
    const text = this.#text(key);
    if (text === undefined) return undefined;
    const { expression, findings } = checkExpression(text.text, this.#lists);
    for (const finding of findings) this.#reader.reportIn(text, finding);
    return expression;
  }

  by(): readonly string[] {
    const entry = this.#mapping.entries.get('by');
    if (entry === undefined) return DEFAULT_BY;
    const texts = this.#reader.texts(entry.value, '`by`', entry.keySpan);
    if (texts === undefined) return DEFAULT_BY;
    if (texts.length === 0) {
      this.#reader.report('E308', entry.keySpan, '`by` names no field', 'leave it out for `by: interface_id`');
      return DEFAULT_BY;
    }
    const columns: string[] = [];
    for (const { text, span } of texts) {
      const field = findField(text);
      if (field === undefined) {
        const near = suggest(text.replaceAll('-', '_'), FIELD_NAMES);
        this.#reader.report(
          'E201',
          span,
          `unknown field \`${text}\` in \`by\``,
          near === undefined ? undefined : `did you mean \`${near}\`?`,
        );
      } else if (columns.includes(field.column)) {
        this.#reader.report('E308', span, `\`by\` names \`${field.column}\` twice`);
      } else columns.push(field.column);
    }
    return columns.length > 0 ? columns : DEFAULT_BY;
  }

  condition(): Condition {
    const { entries } = this.#mapping;
    const when = this.#when();
    const seconds = this.#windowSeconds();
    if (entries.has('window') && !entries.has('when')) {
      const hint = 'add `when: count() >= 10`, or leave out `window` so that every match alerts';
      this.#reader.report('E306', entries.get('window')!.keySpan, '`window` is there without `when`', hint);
    }
    if (entries.has('when') && !entries.has('window')) {
      this.#reader.report(
        'E306',
        entries.get('when')!.keySpan,
        '`when` is there without `window`',
        'add `window: 10m`',
      );
    }
    if (when === undefined || seconds === undefined) return { kind: 'match' };
    return { kind: 'window', seconds, when, then: undefined };
  }

  suppress(): number {
    const text = this.#text('suppress');
    if (text === undefined) return DEFAULT_SUPPRESS;
    const seconds = this.#duration('suppress', text);
    if (seconds !== undefined && seconds < 60) this.#reader.report('E008', text.span, '`suppress` is at least `1m`');
    if (seconds !== undefined && seconds > MAX_SUPPRESS) {
      this.#reader.report(
        'E008',
        text.span,
        '`suppress` is at most `366d`',
        'a longer one would hide that an incident is back',
      );
    }
    return seconds ?? DEFAULT_SUPPRESS;
  }

  /** A rule that no record can match, or that is too large to evaluate, is refused before it runs. */
  checkMatches(where: Expression | undefined, except: Expression | undefined): void {
    const entry = this.#mapping.entries.get('where');
    if (where === undefined || entry === undefined) return;
    const span = this.#reader.spanOf(entry.value, entry.keySpan);
    const line = new TextLine();
    const matching = normaliseRule(where, undefined, line);
    const clauses = except === undefined ? matching : normaliseRule(where, except, line);
    if (matching === undefined || clauses === undefined) {
      const hint = 'write `field in (…)` or a list instead of many `or`, or split the rule';
      this.#reader.report(
        'E302',
        span,
        `the rule is too large: it becomes more than ${MAX_CLAUSES} alternatives`,
        hint,
      );
    } else if (matching.length === 0) {
      this.#reader.report('E301', span, 'no record can ever match `where`: its parts exclude each other');
    } else if (clauses.length === 0) {
      const { value, keySpan } = this.#mapping.entries.get('except')!;
      this.#reader.report(
        'E301',
        this.#reader.spanOf(value, keySpan),
        '`except` takes out everything that `where` matches',
      );
    }
  }

  tests(rule: { readonly id: string; readonly by: readonly string[] }): readonly RuleTest[] {
    const entry = this.#mapping.entries.get('tests');
    return entry === undefined ? [] : readTests(this.#reader, entry.value, rule, entry.keySpan);
  }

  #when(): Threshold | undefined {
    const text = this.#text('when');
    if (text === undefined) return undefined;
    const { threshold, findings } = parseThreshold(text.text);
    for (const finding of findings) this.#reader.reportIn(text, finding);
    return threshold;
  }

  #windowSeconds(): number | undefined {
    const text = this.#text('window');
    const seconds = text && this.#duration('window', text);
    if (text === undefined || seconds === undefined) return undefined;
    if (seconds > MAX_WINDOW) {
      return this.#reader.report(
        'E307',
        text.span,
        `a window is at most ${formatDuration(MAX_WINDOW)}, not \`${text.text}\``,
      );
    }
    if (seconds >= 60 && seconds % 60 === 0) return seconds;
    return this.#reader.report('E307', text.span, `a window is a whole number of minutes, not \`${text.text}\``);
  }

  #duration(key: string, text: Text): number | undefined {
    const seconds = parseDuration(text.text);
    if (seconds !== undefined) return seconds;
    return this.#reader.report(
      'E008',
      text.span,
      `\`${key}\` is a duration, not \`${text.text}\``,
      'write `10m` or `1h`',
    );
  }

  #text(key: string): Text | undefined {
    const entry = this.#mapping.entries.get(key);
    return entry && this.#reader.text(entry.value, `\`${key}\``, entry.keySpan);
  }

  #missing(key: string, hint: string): undefined {
    return this.#reader.report('E003', this.#mapping.span, `the rule has no \`${key}\``, hint);
  }
}
