/** A Sigma condition on its way into the rule language: what could be said, and what could not. */
import { FIELD_BY_COLUMN } from '../../flow/fields.ts';
import type { Code } from '../codes.ts';
import type { Span } from '../diagnostics.ts';

/** A part of a Sigma rule that can't be said in the rule language, and where it stands in its file. */
export interface Gap {
  readonly code: Code;
  readonly span: Span;
  readonly message: string;
  readonly hint: string | undefined;
}

/** A condition, half translated. */
export type Term =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Term[] }
  | { readonly kind: 'not'; readonly term: Term }
  /** A test in the rule language's words. */
  | { readonly kind: 'test'; readonly field: string; readonly text: string }
  /** What holds for every record, or for none. */
  | { readonly kind: 'always' | 'never' }
  | { readonly kind: 'gap'; readonly gap: Gap };

/** What leaving a gap out does to a rule. */
export type Effect = 'broader' | 'narrower';

/** A condition without gaps, and what was left out for that; no term where nothing is left. */
export interface Settled {
  readonly term: Term | undefined;
  readonly left: readonly { readonly gap: Gap; readonly effect: Effect }[];
}

/** A part that can't be translated, as a term. */
export function gapTerm(code: Code, span: Span, message: string, hint?: string): Term {
  return { kind: 'gap', gap: { code, span, message, hint } };
}

/** Leaves the gaps out: a condition that has to hold as well makes the rule broader, an alternative narrower. */
export function settle(term: Term, positive = true): Settled {
  switch (term.kind) {
    case 'gap':
      return { term: undefined, left: [{ gap: term.gap, effect: positive ? 'broader' : 'narrower' }] };
    case 'not': {
      const { term: inner, left } = settle(term.term, !positive);
      return { term: inner && { kind: 'not', term: inner }, left };
    }
    case 'and':
    case 'or': {
      const settled = term.terms.map((each) => settle(each, positive));
      const kept = settled.flatMap((each) => each.term ?? []);
      const effect: Effect = (term.kind === 'and') === positive ? 'broader' : 'narrower';
      const left = settled.flatMap((each) =>
        each.term === undefined ? each.left.map(({ gap }) => ({ gap, effect })) : each.left,
      );
      return { term: kept.length === 0 ? undefined : { kind: term.kind, terms: kept }, left };
    }
    case 'test':
    case 'always':
    case 'never':
      return { term, left: [] };
  }
}

/** The same condition without parts that never or always hold, repetitions, and needless nesting. */
export function simplify(term: Term): Term {
  switch (term.kind) {
    case 'not': {
      const inner = simplify(term.term);
      if (inner.kind === 'always' || inner.kind === 'never')
        return { kind: inner.kind === 'always' ? 'never' : 'always' };
      return inner.kind === 'not' ? inner.term : { kind: 'not', term: inner };
    }
    case 'and':
    case 'or': {
      const [absorbing, neutral] =
        term.kind === 'and' ? (['never', 'always'] as const) : (['always', 'never'] as const);
      const terms = new Map<string, Term>();
      for (const each of term.terms.map(simplify)) {
        if (each.kind === absorbing) return each;
        const parts = each.kind === term.kind && 'terms' in each ? each.terms : [each];
        for (const part of parts) if (part.kind !== neutral) terms.set(JSON.stringify(part), part);
      }
      const [only, ...more] = terms.values();
      if (only === undefined) return { kind: neutral };
      return more.length === 0 ? only : { kind: term.kind, terms: [...terms.values()] };
    }
    case 'test':
    case 'always':
    case 'never':
    case 'gap':
      return term;
  }
}

/**
 * A settled, simplified condition in the rule language. In Sigma a test on a field without value is false, and its
 * negation true; here both are unknown. So below `not`, a field that a format need not have is asked for first.
 */
export function formatTerm(term: Term, negated = false): string {
  switch (term.kind) {
    case 'test':
      if (!negated || term.text.startsWith('has(') || !canBeMissing(term.field)) return term.text;
      return `has(${term.field}) and ${term.text}`;
    case 'not': {
      const { term: inner } = term;
      if (inner.kind === 'test' && !canBeMissing(inner.field)) return opposite(inner.text);
      if (inner.kind === 'test' && inner.text.startsWith('has(')) return `not ${inner.text}`;
      return `not (${formatTerm(inner, true)})`;
    }
    case 'and':
      return term.terms
        .map((each) => (each.kind === 'or' ? group(each, negated) : formatTerm(each, negated)))
        .join(' and ');
    case 'or':
      return term.terms
        .map((each) => (each.kind === 'and' ? group(each, negated) : formatTerm(each, negated)))
        .join(' or ');
    case 'always':
    case 'never':
    case 'gap':
      throw new Error(`no words for ${term.kind}: the condition has not been settled and simplified`);
  }
}

/** Whether a condition holds a test that fits, wherever it stands. */
export function hasTest(
  term: Term,
  fits: (test: { readonly field: string; readonly text: string }) => boolean,
): boolean {
  switch (term.kind) {
    case 'and':
    case 'or':
      return term.terms.some((each) => hasTest(each, fits));
    case 'not':
      return hasTest(term.term, fits);
    case 'test':
      return fits(term);
    case 'always':
    case 'never':
    case 'gap':
      return false;
  }
}

/** The negation of one test: `dstport not in (22, 23)`. */
function opposite(test: string): string {
  const [, field, operator, values] = /^(\S+) (=|in|like) (.*)$/s.exec(test) ?? [];
  if (operator === undefined) return `not ${test}`;
  return `${field} ${operator === '=' ? '!=' : `not ${operator}`} ${values}`;
}

function group(term: Term, negated: boolean): string {
  return `(${formatTerm(term, negated)})`;
}

/** Every record of traffic has the fields of the default format. */
function canBeMissing(column: string): boolean {
  return FIELD_BY_COLUMN.get(column)?.since !== 2;
}
