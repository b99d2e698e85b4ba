/** Sigma's values and modifiers to tests of the rule language. */
import type { Span } from '../diagnostics.ts';
import type { Text } from '../shape.ts';
import { findField, readValue, type FieldInfo } from '../value.ts';
import { addressesStartingWith } from './address-prefix.ts';
import type { Target } from './fields.ts';
import { parsePattern, type Pattern } from './pattern.ts';
import { gapTerm, type Term } from './term.ts';

/** What a test is about: a column, Sigma's modifiers, and where the field stands. */
export interface Subject {
  readonly target: Target;
  readonly modifiers: readonly string[];
  readonly span: Span;
}

/** Says that a value is none that flow logs have. */
export type Note = (span: Span, message: string) => void;

/** Modifiers that choose how a value is compared; of these a test has one at most. */
const COMPARISONS: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };
const MATCHES = ['contains', 'startswith', 'endswith'];
const KNOWN = new Set([...Object.keys(COMPARISONS), ...MATCHES, 'all', 'cased', 'cidr', 'exists', 'neq', 'windash']);

/** AWS writes these in lower case, so that comparing them in any case, as Sigma does, comes to the same. */
const LOWER_CASE = /^(account_id|interface_id|vpc_id|subnet_id|instance_id|region|az_id|tgw_.*_?id|tgw_(src|dst)_eni)$/;

/** One test on one field: null stands for a field without value. */
export function termOfValues(subject: Subject, values: readonly (Text | null)[], note: Note): Term {
  const { modifiers, span } = subject;
  const unknown = modifiers.find((modifier) => !KNOWN.has(modifier));
  if (unknown !== undefined) return unknownModifier(unknown, span);
  if (values.length === 0) return gapTerm('E604', span, 'the list of values is empty');
  const terms = values.map((value) => termOfValue(subject, value, note));
  const joined: Term = { kind: modifiers.includes('all') ? 'and' : 'or', terms };
  const merged = joined.kind === 'or' ? mergeTests(subject.target.column, terms) : joined;
  return modifiers.includes('neq') ? { kind: 'not', term: merged } : merged;
}

/** `dstport = 22 or dstport = 23` as `dstport in (22, 23)`. */
function mergeTests(column: string, terms: readonly Term[]): Term {
  const merged: Term[] = [];
  const rest = new Set(terms.flatMap((term) => (term.kind === 'or' ? term.terms : [term])));
  for (const [operator, marks] of [
    ['in', [`${column} = `, `${column} in `]],
    ['like', [`${column} like `]],
  ] as const) {
    const tests = [...rest].flatMap((term) => {
      const mark = term.kind === 'test' ? marks.find((each) => term.text.startsWith(each)) : undefined;
      return term.kind === 'test' && mark !== undefined ? [{ term, value: term.text.slice(mark.length) }] : [];
    });
    for (const { term } of tests) rest.delete(term);
    const values = [...new Set(tests.map(({ value }) => value))];
    if (values.length === 1) merged.push(tests[0]!.term);
    else if (values.length > 1)
      merged.push({ kind: 'test', field: column, text: `${column} ${operator} (${values.join(', ')})` });
  }
  return { kind: 'or', terms: [...merged, ...rest] };
}

function unknownModifier(modifier: string, span: Span): Term {
  const hints: Readonly<Record<string, string>> = {
    re: 'there are no regular expressions here: write networks as `|cidr`, texts with `|startswith` or `|contains`',
    fieldref: 'a field is compared with values only, never with another field',
    expand: 'placeholders are lists here: put the values in, or write the rule anew with a list such as `@bastions`',
  };
  return gapTerm('E604', span, `the modifier \`${modifier}\` can't be translated`, hints[modifier]);
}

function termOfValue(subject: Subject, value: Text | null, note: Note): Term {
  const { target, modifiers, span } = subject;
  const { column } = target;
  if (modifiers.includes('exists')) return existence(column, value, span);
  if (value === null) return { kind: 'not', term: { kind: 'test', field: column, text: `has(${column})` } };
  const field = findField(column)!;
  const compared = modifiers.flatMap((modifier) => COMPARISONS[modifier] ?? [])[0];
  if (compared !== undefined) return comparison(field, compared, value);
  if (modifiers.includes('cidr')) {
    if (field.type !== 'address')
      return gapTerm('E604', value.span, `\`${column}\` is no address, but is held against a network`);
    return checked(field, value, value.text, 'in');
  }
  if (modifiers.includes('windash') && /[-/\u2013\u2014\u2015]/.test(value.text))
    return gapTerm(
      'E604',
      value.span,
      'the modifier `windash` makes other texts of this one, which can not be written out',
    );
  const matched = MATCHES.find((modifier) => modifiers.includes(modifier));
  const pattern = parsePattern(value.text, matched);
  if (pattern === undefined) return gapTerm('E604', value.span, "`?` for any one character can't be translated");
  if (target.flags === true) return flag(subject, value, note);
  if (target.words !== undefined) return word(subject, value, pattern, note);
  if (field.type === 'address') return address(field, value, pattern);
  if (field.type === 'string') return text(field, value, pattern, modifiers.includes('cased'));
  if (pattern.wild) return gapTerm('E604', value.span, `\`${column}\` is a number, which is compared as a whole`);
  return number(field, value);
}

function existence(column: string, value: Text | null, span: Span): Term {
  const has: Term = { kind: 'test', field: column, text: `has(${column})` };
  if (value?.text === 'true') return has;
  if (value?.text === 'false') return { kind: 'not', term: has };
  return gapTerm('E601', value?.span ?? span, '`exists` is `true` or `false`');
}

function comparison(field: FieldInfo, operator: string, value: Text): Term {
  const isNumber = field.type === 'int32' || field.type === 'int64';
  if (!isNumber || !/^\d+$/.test(value.text))
    return gapTerm('E604', value.span, `\`${field.column}\` can't be compared with \`${value.text}\``);
  return checked(field, value, value.text, operator);
}

/** A word that stands for a value: `denied` for REJECT. Any other is none that flow logs have. */
function word({ target }: Subject, value: Text, pattern: Pattern, note: Note): Term {
  const { column, words } = target;
  if (pattern.wild)
    return gapTerm('E604', value.span, `\`${column}\` is one of two words, which are compared as a whole`);
  const known = words?.get(value.text.toLowerCase()) ?? findField(column)?.values?.find((each) => each === value.text);
  if (known !== undefined) return { kind: 'test', field: column, text: `${column} = ${known}` };
  note(value.span, `flow logs say ACCEPT or REJECT, never \`${value.text}\`: this value was left out`);
  return { kind: 'never' };
}

const FLAGS = new Set(['CWR', 'ECE', 'URG', 'ACK', 'PSH', 'RST', 'SYN', 'FIN']);

/** A flag among others: `tcp_flags|contains: SYN`. A flow log's number holds the flags of a whole interval. */
function flag({ target: { column }, modifiers }: Subject, value: Text, note: Note): Term {
  const name = value.text.toUpperCase();
  if (!modifiers.includes('contains') || !FLAGS.has(name))
    return gapTerm(
      'E604',
      value.span,
      `\`${value.text}\` can't be translated`,
      'write `|contains` and the name of one flag, such as SYN',
    );
  if (name === 'ACK') note(value.span, 'flow logs keep ACK only together with SYN');
  return { kind: 'test', field: column, text: `${column} has ${name}` };
}

function address(field: FieldInfo, value: Text, pattern: Pattern): Term {
  const { column } = field;
  if (!pattern.wild) {
    if (!value.text.includes('/')) return checked(field, value, value.text, '=');
    return gapTerm(
      'E604',
      value.span,
      `\`${value.text}\` is a network, but is compared as a text`,
      `write \`|cidr\` behind the field`,
    );
  }
  const ranges = pattern.prefix === undefined ? undefined : addressesStartingWith(pattern.prefix);
  if (ranges === undefined)
    return gapTerm(
      'E604',
      value.span,
      `no networks say what \`${value.text}\` does`,
      'write networks, with `|cidr` behind the field',
    );
  return { kind: 'or', terms: ranges.map((range) => ({ kind: 'test', field: column, text: `${column} in ${range}` })) };
}

function number(field: FieldInfo, value: Text): Term {
  const { column } = field;
  const isName = column === 'protocol' && /^[A-Za-z]/.test(value.text);
  if (!isName && !/^\d+$/.test(value.text))
    return gapTerm('E604', value.span, `\`${value.text}\` is no value of \`${column}\``);
  return checked(field, value, value.text.toLowerCase(), '=');
}

function text(field: FieldInfo, value: Text, pattern: Pattern, cased: boolean): Term {
  const { column } = field;
  if (field.values !== undefined) {
    if (pattern.wild) return gapTerm('E604', value.span, `\`${column}\` is compared as a whole`);
    return checked(field, value, value.text, '=');
  }
  if (!cased && !LOWER_CASE.test(column) && /\p{L}/u.test(value.text)) {
    const hint = 'add `|cased` behind the field, where the value is written as AWS writes it';
    return gapTerm('E604', value.span, `Sigma compares \`${column}\` in any case, which can't be done here`, hint);
  }
  const written = quote(cased ? pattern.text : pattern.text.toLowerCase());
  if (written === undefined || (pattern.wild && pattern.hasLiteralStar))
    return gapTerm('E604', value.span, `\`${value.text}\` can't be written as a text here`);
  return { kind: 'test', field: column, text: `${column} ${pattern.wild ? 'like' : '='} ${written}` };
}

function quote(text: string): string | undefined {
  if (!text.includes("'")) return `'${text}'`;
  return text.includes('"') ? undefined : `"${text}"`;
}

/** A test of a value that the rule language can read; a gap with its reason otherwise. */
function checked(field: FieldInfo, value: Text, written: string, operator: string): Term {
  const read = readValue(field, written, false);
  if (read.kind === 'problem') return gapTerm('E604', value.span, read.message, read.hint);
  return { kind: 'test', field: field.column, text: `${field.column} ${operator} ${written}` };
}
