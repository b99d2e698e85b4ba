/** What Sigma rules count over time: `| count(dst_ip) by src_ip > 10` in a `timeframe`, and correlation rules. */
import type { Span } from '../diagnostics.ts';
import { formatDuration } from '../quantity.ts';
import { amountOf, targetOf, type Origin } from './fields.ts';
import type { Gap } from './term.ts';

/** The `by`, `window` and `when` of a rule. */
export interface Counting {
  /** Undefined where Sigma counts over everything. */
  readonly by: readonly string[] | undefined;
  readonly window: string;
  readonly when: string;
  /** What it does not count as Sigma does. */
  readonly gaps: readonly Gap[];
  readonly countsRecords: boolean;
}

/** A count as Sigma states it, whichever way it is written. */
export interface Stated {
  readonly function: string;
  readonly field: string | undefined;
  readonly by: readonly string[] | undefined;
  readonly operator: string;
  readonly value: string;
  readonly timespan: string;
  readonly span: Span;
  readonly timespanSpan: Span;
}

const AGGREGATION =
  /^\s*(\w+)\s*(?:\(\s*([\w.-]*)\s*\))?\s*(?:by\s+([\w.-]+(?:\s*,\s*[\w.-]+)*))?\s*(>=|<=|==|=|>|<)\s*(\d+)\s*$/;

/** Reads an aggregation; undefined where it has another form (`near` and the like). */
export function parseAggregation(
  text: string,
): Pick<Stated, 'function' | 'field' | 'by' | 'operator' | 'value'> | undefined {
  const parts = AGGREGATION.exec(text);
  if (parts === null) return undefined;
  const [, name, field, by, operator, value] = parts;
  return {
    function: name!.toLowerCase(),
    field: field === '' ? undefined : field,
    by: by?.split(',').map((each) => each.trim()),
    operator: operator!,
    value: value!,
  };
}

const MOST_SECONDS = 30 * 86_400;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A count in the rule language, or why it can't be said at all. */
export function translateCounting(stated: Stated, origin: Origin): Counting | Gap {
  const measure = measureOf(stated, origin);
  if ('code' in measure) return measure;
  if (stated.operator !== '>' && stated.operator !== '>=') {
    const hint = 'a window alerts once more than so much is reached: less, or exactly so much, can become untrue again';
    return gap(stated.span, `\`${stated.operator} ${stated.value}\` can't be translated`, hint);
  }
  const gaps = [...measure.gaps];
  const by: string[] = [];
  for (const name of stated.by ?? []) {
    const target = targetOf(name, origin);
    if (target === undefined)
      return gap(stated.span, `flow logs have nothing that says what \`${name}\` does, by which it counts`);
    if (!by.includes(target.column)) by.push(target.column);
  }
  if (by.length === 0)
    gaps.push(
      gap(
        stated.span,
        'it counts over all records together; a rule counts for each group',
        'name in `by` what makes a group',
      ),
    );
  const window = windowOf(stated.timespan, stated.timespanSpan);
  if ('code' in window) return window;
  return {
    by: by.length === 0 ? undefined : by,
    window: formatDuration(window.seconds),
    when: `${measure.text} ${stated.operator} ${stated.value}`,
    gaps: [...gaps, ...window.gaps],
    countsRecords: measure.text === 'count()',
  };
}

function measureOf(
  { function: name, field, span }: Stated,
  origin: Origin,
): { text: string; gaps: readonly Gap[] } | Gap {
  if (name === 'count' && field === undefined) return { text: 'count()', gaps: [] };
  if (name === 'count') {
    const target = targetOf(field!, origin);
    if (target !== undefined) return { text: `distinct(${target.column})`, gaps: [] };
    return gap(span, `flow logs have nothing that says what \`${field}\` does, of which it counts the values`);
  }
  if (name !== 'sum' || field === undefined)
    return gap(span, `\`${name}\` can't be translated`, 'a rule counts, sums, or counts different values');
  const amount = amountOf(field, origin);
  if (amount === undefined)
    return gap(span, `flow logs have nothing that says what \`${field}\` does, of which it sums the values`);
  const near = gap(
    span,
    `\`${field}\` is not what flow logs count: their \`${amount.column}\` are those of whole packets, one way`,
  );
  return { text: `sum(${amount.column})`, gaps: amount.exact ? [] : [near] };
}

/** A window in whole minutes; what is no such number is rounded up, and a gap. */
function windowOf(text: string, span: Span): { seconds: number; gaps: readonly Gap[] } | Gap {
  const parts = /^(\d+)([smhdw])$/.exec(text.trim());
  const seconds = parts === null ? 0 : Number(parts[1]) * UNITS[parts[2]!]!;
  if (seconds === 0) return gap(span, `\`${text}\` is no time such as \`5m\``);
  if (seconds > MOST_SECONDS) return gap(span, `\`${text}\` is longer than the longest window, 30d`);
  if (seconds % 60 === 0) return { seconds, gaps: [] };
  const rounded = Math.ceil(seconds / 60) * 60;
  return {
    seconds: rounded,
    gaps: [gap(span, `a window is a whole number of minutes, not \`${text}\``, `write ${formatDuration(rounded)}`)],
  };
}

function gap(span: Span, message: string, hint?: string): Gap {
  return { code: 'E604', span, message, hint };
}
