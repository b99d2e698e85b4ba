/** What the parser says about an expression whose form is wrong. */
import { error, type Finding, type Span } from './diagnostics.ts';
import type { Token } from './lex.ts';
import { testOfValue } from './field-hint.ts';
import { valueMeant } from './foreign-names.ts';
import { isUnit } from './quantity.ts';
import { findField, networkOfPattern } from './value.ts';

const EXAMPLE = 'write a test such as `action = REJECT`';

/** For the place where a test should begin and something else stands. */
export function noTest(token: Token): Finding {
  if (token.kind === 'quoted') {
    const hint = 'fields are written without quotation marks';
    return error('E103', token.span, `a field is missing before \`${token.text}\``, hint);
  }
  if (token.kind === 'list') {
    const hint = `write \`srcaddr in @${token.text}\`, \`dstport in @${token.text}\` or another field`;
    return error('E103', token.span, `a field is missing before \`@${token.text}\``, hint);
  }
  if (token.kind === 'operator' || (token.kind === 'keyword' && (token.text === 'like' || token.text === 'in'))) {
    return error('E103', token.span, `a field is missing before \`${token.text}\``);
  }
  const message = token.kind === 'end' ? 'a test is missing at the end' : `a test is missing before ${nameOf(token)}`;
  return error('E103', spotOf(token), message, EXAMPLE);
}

/** What people write between a field and a value out of habit, and what it is here. */
const HABITS: Readonly<Record<string, (field: string, value: string) => string>> = {
  contains: (field, value) => `${field} like '*${value}*'`,
  startswith: (field, value) => `${field} like '${value}*'`,
  starts_with: (field, value) => `${field} like '${value}*'`,
  endswith: (field, value) => `${field} like '*${value}'`,
  ends_with: (field, value) => `${field} like '*${value}'`,
  ilike: (field, value) => `${field} like '${value}'`,
  matches: (field, value) => `${field} like '${value}'`,
  equals: (field, value) => `${field} = ${value}`,
  eq: (field, value) => `${field} = ${value}`,
  ne: (field, value) => `${field} != ${value}`,
  gt: (field, value) => `${field} > ${value}`,
  gte: (field, value) => `${field} >= ${value}`,
  lt: (field, value) => `${field} < ${value}`,
  lte: (field, value) => `${field} <= ${value}`,
  exists: (field) => `has(${field})`,
};

/** For a field that no operator follows, but `token`, and `value` after that. */
export function noOperator(field: Token, token: Token, value: Token): Finding {
  const name = field.text;
  if (token.kind === 'keyword' && token.text === 'is') {
    const isValue = value.kind === 'word' && value.text.toLowerCase() !== 'null';
    const presence = value.kind === 'keyword' && value.text === 'not' ? `has(${name})` : `not has(${name})`;
    const hint = isValue ? `${name} = ${value.text}` : presence;
    return error('E106', token.span, '`is` is not part of the language', `write \`${hint}\``);
  }
  if (token.kind === '(') {
    const hint = functionHint(name, value.kind === 'word' ? value.text : undefined);
    return error('E103', field.span, `\`${name}\` is not a function here`, hint);
  }
  const colon = /^([\w-]+):(.*)$/.exec(name);
  if (colon !== null && findField(colon[1]!) !== undefined) {
    const meant = colon[2] !== '' ? colon[2]! : token.kind === 'end' ? '…' : token.text;
    return error('E103', field.span, 'a colon compares nothing here', `write \`${colon[1]} = ${meant}\``);
  }
  const test = findField(name) === undefined ? testOfValue(name) : undefined;
  if (test !== undefined) return error('E103', field.span, `a field is missing before \`${name}\``, test);
  if (token.kind === 'end') {
    const hint = `write \`${name} = …\` or \`${name} in …\``;
    return error('E103', field.span, `an operator and a value are missing after \`${name}\``, hint);
  }
  if (token.kind === 'word' && findField(name) === undefined && findField(token.text) !== undefined) {
    return error('E103', field.span, `\`${name}\` is no field`, 'leave it out: an expression begins with a test');
  }
  const message = `an operator is missing between \`${name}\` and ${nameOf(token)}`;
  return error('E103', token.span, message, `write \`${operatorHint(field, token, value)}\``);
}

function operatorHint({ text: name }: Token, token: Token, value: Token): string {
  const written = value.kind === 'end' || value.kind === 'keyword' ? '…' : value.text;
  const word = token.text.toLowerCase();
  const habit = token.kind === 'word' && Object.hasOwn(HABITS, word) ? HABITS[word] : undefined;
  const hint = habit?.(name, written);
  if (hint === undefined) {
    const isLast = value.kind !== 'word' && value.kind !== 'quoted';
    const isValue = (token.kind === 'word' || token.kind === 'quoted') && isLast && findField(name) !== undefined;
    return isValue ? `${name} = ${token.text}` : `${name} = …\` or \`${name} in …`;
  }
  // part of an address is a network
  const network = findField(name)?.type === 'address' ? networkOfPattern(`${written.replace(/\.$/, '')}.*`) : undefined;
  return network !== undefined && hint.includes(' like ') ? `${name} in ${network}` : hint;
}

/** What to write for a function of another language; `field` is its first argument. */
function functionHint(name: string, field: string | undefined): string {
  if (/^(count|sum|distinct|rate|avg|min|max)$/i.test(name)) {
    return 'what is counted over records stands in a key of its own: `when: count() >= 10`';
  }
  const known = field === undefined ? undefined : findField(field);
  if (field === undefined || known === undefined)
    return 'write a test such as `action = REJECT`; there are no functions';
  if (/null|empty|missing/i.test(name)) return `write \`not has(${field})\``;
  if (/exist|present|isset|defined/i.test(name)) return `write \`has(${field})\``;
  if (/^(to_?)?(lower|upper)/i.test(name)) {
    if (known.values === undefined) return `there are no functions: name each spelling in \`${field} in (…)\``;
    return `leave it out: \`${field}\` is compared in any case`;
  }
  if (known.type === 'address') return `write \`${field} in 10.0.0.0/8\``;
  return known.type === 'string' ? `write \`${field} like '*…*'\`` : `write \`${field} = …\` or \`${field} in …\``;
}

/** For a range as SQL writes it. */
export function between(field: Token, token: Token, low: Token, high: Token | undefined): Finding {
  const range = low.kind === 'word' && high?.kind === 'word' ? `${low.text}-${high.text}` : '1-1024';
  return error('E102', token.span, '`between` is not an operator here', `write \`${field.text} in ${range}\``);
}

/** For `has` at the beginning of a test without its parentheses. */
export function hasWithoutParentheses(has: Token, token: Token): Finding {
  const hint = token.kind === 'word' ? `write \`has(${token.text})\`` : 'write `has(dstport)`';
  return error('E103', has.span, 'a field in parentheses is missing after `has`', hint);
}

/** For `has(…)` with anything else than one field in it. */
export function hasNoField(tokens: readonly Token[], span: Span): Finding {
  const words = tokens.filter((token) => token.kind === 'word').map((token) => token.text);
  if (tokens.length === 1 && tokens[0]!.kind === 'quoted') {
    return error('E103', span, '`has` takes a field', `write \`has(${tokens[0]!.text})\``);
  }
  if (tokens.length === 2 && words.length === 2) {
    return error('E103', span, '`has` takes one field', `write \`${words[0]} has ${words[1]}\` to test flags`);
  }
  const hint = words.length > 1 ? words.map((word) => `has(${word})`).join(' and ') : 'has(dstport)';
  return error('E103', span, '`has` takes one field', `write \`${hint}\``);
}

/** For a comparison that no value follows. */
export function noValue(field: Token, operator: Token, token: Token): Finding {
  const meant = valueMeant(field.text.replaceAll('-', '_'), token.text);
  const hint =
    meant !== undefined
      ? `write \`${field.text} ${operator.text} ${meant}\``
      : token.kind === 'keyword'
        ? `if the value is the word \`${token.text}\`, put it in quotation marks`
        : undefined;
  return error('E103', spotOf(token), `a value is missing after \`${field.text} ${operator.text}\``, hint);
}

/** For `in`, `like` or `has` without a value or set. */
export function noSet(field: Token, operator: string, token: Token): Finding {
  if (token.kind === 'keyword' && token.text === 'not' && !operator.startsWith('not')) {
    const hint = `write \`${field.text} not ${operator} …\``;
    return error('E103', token.span, '`not` stands before the operator', hint);
  }
  const hint = operator.endsWith('like')
    ? "write a pattern such as `eni-0a*`, or several as `('web-*', 'app-*')`"
    : operator.endsWith('has')
      ? 'write a flag such as `SYN`, both of two as `SYN+ACK`, or any as `(SYN, FIN)`'
      : 'write a set as `(22, 3389)`, `1024-65535`, `10.0.0.0/8` or `@list`';
  return error('E103', spotOf(token), `a value or a set is missing after \`${field.text} ${operator}\``, hint);
}

/** For a comparison with a set. */
export function setCompared(field: Token, operator: Token, span: Span): Finding {
  const instead = operator.text === '=' ? 'in' : operator.text === '!=' ? 'not in' : undefined;
  const hint = instead === undefined ? undefined : `write \`${field.text} ${instead} (…)\``;
  return error('E207', span, `\`${operator.text}\` compares with one value, not with a set`, hint);
}

/** For what follows a complete expression. */
export function leftover(token: Token): Finding {
  if (token.kind === ')') return error('E104', token.span, 'this parenthesis closes nothing');
  if (token.kind === ',') {
    return error(
      'E103',
      token.span,
      'a comma stands outside of a set',
      'write `field in (a, b)`, or `and` or `or` between tests',
    );
  }
  if (token.text === '-')
    return error('E103', token.span, '`-` stands alone', 'write a range without spaces: `1024-65535`');
  if (token.kind === 'word' && isUnit(token.text)) {
    const hint = 'write a number and its unit without a space: `5MB`, `90s`';
    return error('E103', token.span, `\`${token.text}\` stands alone`, hint);
  }
  if (token.text === '+') return error('E103', token.span, '`+` stands alone', 'write flags without spaces: `SYN+ACK`');
  if (token.kind === 'word' && token.text.startsWith('*')) {
    const hint = 'write a pattern without spaces, or in quotation marks';
    return error('E103', token.span, `\`${token.text}\` stands alone`, hint);
  }
  return error('E103', token.span, `\`and\` or \`or\` is missing before ${nameOf(token)}`);
}

/** For parentheses with nothing in them. */
export function emptyGroup(span: Span): Finding {
  return error('E103', span, 'there is nothing between the parentheses', EXAMPLE);
}

/** For an expression without any token. */
export function emptyExpression(span: Span): Finding {
  return error('E103', span, 'the expression is empty', EXAMPLE);
}

/** For the parenthesis or `not` with which the nesting becomes too deep. */
export function tooDeep(token: Token, most: number): Finding {
  const hint = 'leave out parentheses that change nothing, or name values in one set: `dstport in (22, 3389)`';
  return error('E107', token.span, `the expression is nested more than ${most} levels deep`, hint);
}

/** For a parenthesis that is still open where its partner should stand. */
export function unclosed(open: Token, token: Token): Finding {
  if (token.kind === 'end') return error('E104', open.span, 'this parenthesis is never closed');
  return error('E104', open.span, `this parenthesis is not closed before ${nameOf(token)}`);
}

/** A token in words. */
export function nameOf(token: Token): string {
  return token.kind === 'end' ? 'the end' : token.kind === 'list' ? `\`@${token.text}\`` : `\`${token.text}\``;
}

/** Where to point for something missing before a token; at the end, to the last character of the text. */
export function spotOf(token: Token): Span {
  return token.kind === 'end' ? { start: Math.max(0, token.span.start - 1), end: token.span.end } : token.span;
}
