/** Sigma's correlation rules: counts over other rules' matches, and sequences of two. */
import { isMap } from 'yaml';
import { suggest } from '../../suggest.ts';
import type { Span } from '../diagnostics.ts';
import { formatDuration, parseDuration } from '../quantity.ts';
import type { Mapping, ShapeReader, Text } from '../shape.ts';
import { translateCounting, type Stated } from './aggregation.ts';
import type { SigmaDocument } from './documents.ts';
import { targetOf } from './fields.ts';
import {
  joinMatchings,
  keysOfCounting,
  readMatching,
  standalone,
  type Matching,
  type TranslateOptions,
  type Translation,
} from './translate.ts';

/** Sigma's kinds of counts, and the aggregation each of them is. */
const COUNTS: Readonly<Record<string, string>> = { event_count: 'count', value_count: 'count', value_sum: 'sum' };

const OPERATORS: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '==', neq: '!=' };

/** Translates a correlation over rules among `documents`; undefined where it is refused, which is reported then. */
export function translateCorrelation(
  document: SigmaDocument,
  documents: readonly SigmaDocument[],
  options: TranslateOptions,
): Translation | undefined {
  const { reader, mapping } = document;
  const entry = mapping.entries.get('correlation')!;
  const correlation = reader.mapping(entry.value, '`correlation`', undefined, entry.keySpan);
  if (correlation === undefined) return undefined;
  const type = required(reader, correlation, 'type');
  const timespan = required(reader, correlation, 'timespan');
  const rules = reader.textsAt(correlation, 'rules');
  if (rules.length === 0) return reader.report('E601', entry.keySpan, '`correlation` names no `rules`');
  const aliases = correlation.entries.get('aliases');
  if (aliases !== undefined)
    return reader.report(
      'E604',
      aliases.keySpan,
      "`aliases` can't be translated: a group's fields are the same for all records",
    );
  if (type === undefined || timespan === undefined) return undefined;
  const matchings = matchingsOf(reader, rules, documents, options);
  if (matchings === undefined) return undefined;
  const by = reader.textsAt(correlation, 'group-by');
  if (type.text === 'temporal_ordered') return sequence({ reader, type, timespan, by, matchings });
  const counts = COUNTS[type.text];
  if (counts === undefined) {
    const hint = `what can be: ${[...Object.keys(COUNTS), 'temporal_ordered'].map((each) => `\`${each}\``).join(', ')}`;
    return reader.report('E604', type.span, `correlations of the type \`${type.text}\` can't be translated`, hint);
  }
  const limit = readLimit(reader, correlation, entry.keySpan);
  if (limit === undefined) return undefined;
  if (type.text !== 'event_count' && limit.field === undefined)
    return reader.report('E601', limit.span, `\`${type.text}\` needs a \`field\` in its condition`);
  const { origin } = matchings[0]!;
  const stated: Stated = {
    function: counts,
    field: type.text === 'event_count' ? undefined : limit.field,
    by: by.map(({ text }) => text),
    operator: limit.operator,
    value: limit.value,
    timespan: timespan.text,
    span: limit.span,
    timespanSpan: timespan.span,
  };
  const counting = keysOfCounting(reader, translateCounting(stated, origin), origin, options);
  if (counting === undefined) return undefined;
  const comments = [...matchings.flatMap((matching) => matching.comments), ...counting.comments];
  return { ...joinMatchings(matchings), ...counting.keys, comments };
}

interface Sequence {
  readonly reader: ShapeReader;
  readonly type: Text;
  readonly timespan: Text;
  readonly by: readonly Text[];
  readonly matchings: readonly Matching[];
}

/** Two rules, one after the other, of the same group. */
function sequence({ reader, type, timespan, by, matchings }: Sequence): Translation | undefined {
  const [first, second, ...more] = matchings;
  if (second === undefined || more.length > 0)
    return reader.report('E604', type.span, `a sequence is of two rules, not of ${matchings.length}`);
  const within = parseDuration(timespan.text.trim());
  if (within === undefined || within % 60 !== 0 || within < 60 || within > 3600)
    return reader.report('E604', timespan.span, `a sequence takes whole minutes, 1m to 1h, not \`${timespan.text}\``);
  const columns: string[] = [];
  for (const { text, span } of by) {
    const target = targetOf(text, first!.origin);
    if (target === undefined)
      return reader.report('E603', span, `flow logs have nothing that says what \`${text}\` does`);
    columns.push(target.column);
  }
  if (columns.length === 0)
    return reader.report('E604', type.span, 'a sequence needs a group that both rules are about', 'add `group-by`');
  return {
    ...joinMatchings([first!]),
    by: columns,
    window: '1m',
    when: 'count() >= 1',
    then: standalone(second),
    within: formatDuration(within),
    comments: [...first!.comments, ...second.comments],
  };
}

/** The conditions of the rules that a correlation names. */
function matchingsOf(
  reader: ShapeReader,
  rules: readonly Text[],
  documents: readonly SigmaDocument[],
  options: TranslateOptions,
): readonly Matching[] | undefined {
  const found: Matching[] = [];
  for (const { text, span } of rules) {
    const rule = documents.find(({ id, name, kind }) => kind === 'rule' && (id === text || name === text));
    if (rule === undefined) {
      const near = suggest(
        text,
        documents.flatMap(({ name }) => name ?? []),
      );
      return reader.report(
        'E601',
        span,
        `there is no rule \`${text}\` in these files`,
        near === undefined ? undefined : `did you mean \`${near}\`?`,
      );
    }
    const matching = readMatching(rule, options);
    if (matching === undefined)
      return reader.report('E604', span, `the rule \`${text}\` can't be translated, see there`);
    if (matching.aggregation !== undefined)
      return reader.report('E604', span, `the rule \`${text}\` counts for itself: a count of counts can't be said`);
    found.push(matching);
  }
  if (new Set(found.map(({ origin }) => origin)).size > 1)
    return reader.report('E604', rules[0]!.span, "a firewall's log and flow logs can't be counted together");
  return found;
}

interface Limit {
  readonly operator: string;
  readonly value: string;
  readonly field: string | undefined;
  readonly span: Span;
}

function readLimit(reader: ShapeReader, correlation: Mapping, fallback: Span): Limit | undefined {
  const entry = correlation.entries.get('condition');
  if (entry === undefined) return reader.report('E601', fallback, '`correlation` has no `condition`');
  const span = reader.spanOf(entry.value, entry.keySpan);
  if (!isMap(entry.value)) return reader.report('E604', span, "a condition in words can't be translated");
  const condition = reader.mapping(entry.value, '`condition`', undefined, entry.keySpan)!;
  const limits = [...condition.entries.keys()].filter((key) => Object.hasOwn(OPERATORS, key));
  const [operator, ...more] = limits;
  if (operator === undefined || more.length > 0)
    return reader.report('E604', span, 'a window has one limit, such as `gte: 10`');
  const value = reader.textAt(condition, operator);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value.text)) return reader.report('E601', value.span, `\`${value.text}\` is no whole number`);
  const field = reader.textAt(condition, 'field')?.text;
  return { operator: OPERATORS[operator]!, value: value.text, field, span };
}

function required(reader: ShapeReader, mapping: Mapping, key: string): Text | undefined {
  if (!mapping.entries.has(key)) return reader.report('E601', mapping.span, `\`correlation\` has no \`${key}\``);
  return reader.textAt(mapping, key);
}
