/** What the parser says about an expression whose form is wrong. */
import { error, type Finding, type Span } from './diagnostics.ts';
import type { Token } from './lex.ts';

const EXAMPLE = 'write a test such as `action = REJECT`';

/** For the place where a test should begin and something else stands. */
export function noTest(token: Token): Finding {
  if (token.kind === 'keyword' && token.text === 'has') return reserved(token);
  if (token.kind === 'quoted') {
    const hint = 'fields are written without quotation marks';
    return error('E103', token.span, `a field is missing before \`${token.text}\``, hint);
  }
  if (token.kind === 'operator') return error('E103', token.span, `a field is missing before \`${token.text}\``);
  const message = token.kind === 'end' ? 'a test is missing at the end' : `a test is missing before ${nameOf(token)}`;
  return error('E103', spotOf(token), message, EXAMPLE);
}

/** For a field that no operator follows. */
export function noOperator(field: Token, token: Token): Finding {
  if (token.kind === 'keyword' && (token.text === 'like' || token.text === 'has' || token.text === 'is'))
    return reserved(token);
  const hint = `write \`${field.text} = …\` or \`${field.text} in …\``;
  if (token.kind === 'end') {
    return error('E103', field.span, `an operator and a value are missing after \`${field.text}\``, hint);
  }
  return error('E103', token.span, `an operator is missing between \`${field.text}\` and ${nameOf(token)}`, hint);
}

/** For a comparison that no value follows. */
export function noValue(field: Token, operator: Token, token: Token): Finding {
  const hint =
    token.kind === 'keyword' ? `if the value is the word \`${token.text}\`, put it in quotation marks` : undefined;
  return error('E103', spotOf(token), `a value is missing after \`${field.text} ${operator.text}\``, hint);
}

/** For `in` without a value or set. */
export function noSet(field: Token, operator: string, token: Token): Finding {
  const message = `a value or a set is missing after \`${field.text} ${operator}\``;
  return error('E103', spotOf(token), message, 'write a set as `(22, 3389)`, `1024-65535`, `10.0.0.0/8` or `@list`');
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

function reserved(token: Token): Finding {
  return error('E106', token.span, `\`${token.text}\` is reserved for a later version of the language`);
}
