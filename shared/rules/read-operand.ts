/** What stands to the right of an operator, read as the operator and the field want it. */
import { error, type Finding } from './diagnostics.ts';
import type { Operand, TestOperator, Value } from './expression.ts';
import { resolveList, suggestList, type Lists } from './lists.ts';
import { compilePattern } from './pattern.ts';
import type { Syntax, Written } from './syntax.ts';
import { FLAG_NAMES, formatFlags, parseFlags } from './tcp-flags.ts';
import { isNull, readValue, type FieldInfo } from './value.ts';

/** A test as it was written. */
export type TestSyntax = Syntax & { readonly kind: 'test' };

/** Reads an operand; a finding says why there is none. */
export function readOperand(test: TestSyntax, field: FieldInfo, written: Written, lists: Lists): Operand | Finding {
  if (written.kind === 'word' && isNull(written.text)) return comparedWithNull(test, written);
  switch (test.operator) {
    case 'has':
    case 'not has':
      return readFlags(test, written);
    case 'like':
    case 'not like':
      return written.kind === 'list' ? readPatterns(field, written, lists) : readPattern(test, field, written);
    case 'in':
    case 'not in':
      if (written.kind === 'list') return readList(field, written, lists);
      return withListHint(readPlain(field, written), test, written, lists);
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return withListHint(readSingle(test, field, written), test, written, lists);
  }
}

/** Whether something read is a finding. */
export function isFinding(read: object): read is Finding {
  return 'severity' in read;
}

function comparedWithNull(test: TestSyntax, { text, span }: Written): Finding {
  const presence = `has(${test.field.text})`;
  const negated = test.operator === '!=' || test.operator.startsWith('not ');
  const hint = `write \`${negated ? '' : 'not '}${presence}\`; a field without value matches no test, nor its negation`;
  return error('E211', span, `nothing compares with \`${text}\``, hint);
}

function readSingle(test: TestSyntax, field: FieldInfo, written: Written): Value | Finding {
  if (written.kind === 'list') return setForValue(test, written, `\`@${written.text}\` is a list`);
  const never = neverTrue(field, test.operator, written);
  if (never !== undefined) {
    const message = `\`${test.field.text} ${test.operator} ${written.text}\` can never be true`;
    return error('E210', test.span, message, never);
  }
  const value = readPlain(field, written);
  if ('low' in value && (value.low !== value.high || /[-/]/.test(written.text))) {
    const what = written.text.includes('/') ? 'network' : 'range';
    return setForValue(test, written, `\`${written.text}\` is a ${what}`);
  }
  return value;
}

function readPlain(field: FieldInfo, written: Written): Value | Finding {
  const value = readValue(field, written.text, written.kind === 'quoted');
  return value.kind === 'problem' ? error(value.code, written.span, value.message, value.hint) : value;
}

/** A word that is no value may be a list's name without its `@`, or stand for anything. */
function withListHint(read: Value | Finding, test: TestSyntax, written: Written, lists: Lists): Value | Finding {
  if (!isFinding(read) || read.code !== 'E203' || written.kind !== 'word' || /^\d/.test(written.text)) return read;
  const field = test.field.text;
  const not = test.operator === '!=' || test.operator === 'not in' ? 'not ' : '';
  const word = written.text.toLowerCase();
  const list = lists.has(written.text) ? written.text : (WORDS_FOR_LISTS.get(word) ?? suggestList(written.text, lists));
  if (word === '*' || word === 'any' || word === 'all') {
    return { ...read, hint: `leave the test out, or write \`${not}has(${field})\`` };
  }
  if (word === 'internet')
    return { ...read, hint: `write \`${field} ${not === '' ? 'not ' : ''}in (@private, @networks)\`` };
  if (list === undefined || read.hint !== undefined) return read;
  return { ...read, hint: `write \`${field} ${not}in @${list}\` if the list is meant` };
}

/** What people call what a built-in list holds. */
const WORDS_FOR_LISTS: ReadonlyMap<string, string> = new Map([
  ['internal', 'networks'],
  ['local', 'networks'],
  ['rfc1918', 'private'],
]);

function readPattern(test: TestSyntax, field: FieldInfo, { kind, text, span }: Written): Value | Finding {
  const fits = compilePattern(text);
  if (field.values !== undefined && !field.values.some(fits)) {
    const all = field.values.map((value) => `\`${value}\``).join(', ');
    return error('E210', span, `\`${field.column}\` is never like \`${text}\``, `it is one of ${all}`);
  }
  if (kind === 'word' && !text.includes('*')) {
    // a word that is no value, such as another field's name
    const value = readValue(field, text, false);
    if (value.kind === 'problem') return error(value.code, span, value.message, value.hint);
  }
  return { kind: 'pattern', text };
}

function readFlags(test: TestSyntax, written: Written): Value | Finding {
  const { text, span } = written;
  if (written.kind === 'list') {
    return error('E214', span, `\`@${text}\` is a list: flags are named one by one`, 'write `SYN+ACK` or `(SYN, FIN)`');
  }
  const mask = parseFlags(text);
  if (typeof mask === 'number') return { kind: 'flags', mask, text };
  const bits = /^\d{1,4}$/.test(text) ? formatFlags(Number(text)) : undefined;
  const hint =
    bits !== undefined
      ? `write \`${test.field.text} ${test.operator} ${bits}\``
      : mask.meant !== undefined
        ? `did you mean \`${mask.meant}\`?`
        : `flags are ${FLAG_NAMES}; both of two are \`SYN+ACK\``;
  const message = mask.unknown === '' ? `a flag is missing in \`${text}\`` : `\`${mask.unknown}\` is not a TCP flag`;
  return error('E214', span, message, hint);
}

function readPatterns(field: FieldInfo, written: Written, lists: Lists): Operand | Finding {
  const list = readList(field, written, lists);
  if (isFinding(list)) return list;
  const values = list.values.map((value) => (value.kind === 'text' ? { ...value, kind: 'pattern' as const } : value));
  return { ...list, values };
}

function readList(field: FieldInfo, written: Written, lists: Lists): (Operand & { readonly kind: 'list' }) | Finding {
  const list = lists.get(written.text);
  if (list === undefined) {
    const near = suggestList(written.text, lists);
    const hint = near === undefined ? `name it under \`lists:\`` : `did you mean \`@${near}\`?`;
    return error('E202', written.span, `there is no list \`@${written.text}\``, hint);
  }
  const values = resolveList(list, field);
  if ('kind' in values) {
    const message = `\`@${list.name}\` can't be used with \`${field.column}\`: ${values.message}`;
    return error('E212', written.span, message, values.hint);
  }
  return { kind: 'list', name: list.name, values, outside: list.outside ?? false };
}

function setForValue(test: TestSyntax, written: Written, what: string): Finding {
  const shown = written.kind === 'list' ? `@${written.text}` : written.text;
  const instead = test.operator === '=' ? 'in' : test.operator === '!=' ? 'not in' : undefined;
  const hint = instead === undefined ? undefined : `write \`${test.field.text} ${instead} ${shown}\``;
  return error('E207', written.span, `\`${test.operator}\` compares with one value, but ${what}`, hint);
}

/** Why an order comparison holds for no value of the field; undefined where it may hold. */
function neverTrue(field: FieldInfo, operator: TestOperator, written: Written): string | undefined {
  if (written.kind !== 'word' || !/^\d+$/.test(written.text)) return undefined;
  const value = Number(written.text);
  if (operator === '<' && value === 0) return `\`${field.column}\` is never negative`;
  const max = field.max;
  if (max !== undefined && ((operator === '>' && value >= max) || (operator === '>=' && value > max))) {
    return `\`${field.column}\` is at most ${max}`;
  }
  return undefined;
}
