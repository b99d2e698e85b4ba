/** Syntax to expression: names, types and ranges are checked, lists resolved. Everything wrong is told at once. */
import { suggest } from '../suggest.ts';
import { error, type Finding } from './diagnostics.ts';
import type { Expression, Operand } from './expression.ts';
import type { ComparisonOperator } from './lex.ts';
import { resolveList, suggestList, type Lists } from './lists.ts';
import { parseExpression } from './parse.ts';
import type { Syntax, Written } from './syntax.ts';
import { FIELD_NAMES, findField, readValue, typeOf, type FieldInfo } from './value.ts';

/** An expression ready for use, or undefined where findings say why there is none. */
export interface Checked {
  readonly expression: Expression | undefined;
  readonly findings: readonly Finding[];
}

/** Parses and checks an expression's text. Spans count from the text's beginning. */
export function checkExpression(text: string, lists: Lists): Checked {
  const { syntax, findings } = parseExpression(text);
  const checker = new Checker(lists);
  const expression = checker.check(syntax);
  const all = [...findings, ...checker.findings].sort((a, b) => a.span.start - b.span.start);
  return { expression: all.length === 0 ? expression : undefined, findings: all };
}

type TestSyntax = Syntax & { readonly kind: 'test' };

class Checker {
  readonly findings: Finding[] = [];
  readonly #lists: Lists;

  constructor(lists: Lists) {
    this.#lists = lists;
  }

  check(syntax: Syntax): Expression | undefined {
    switch (syntax.kind) {
      case 'and':
      case 'or': {
        const terms = syntax.terms.map((term) => this.check(term));
        return terms.every((term) => term !== undefined) ? { kind: syntax.kind, terms, span: syntax.span } : undefined;
      }
      case 'not': {
        const term = this.check(syntax.term);
        return term === undefined ? undefined : { kind: 'not', term, span: syntax.span };
      }
      case 'test':
        return this.#test(syntax);
      case 'broken':
        return undefined;
    }
  }

  #test(test: TestSyntax): Expression | undefined {
    const field = findField(test.field.text);
    if (field === undefined) {
      this.findings.push(unknownField(test));
      return undefined;
    }
    const { operator, span } = test;
    if (isOrder(operator) && (field.type === 'address' || field.type === 'string')) {
      const hint = field.type === 'address' ? `write \`${test.field.text} in 10.0.0.1-10.0.0.9\`` : undefined;
      this.findings.push(
        error('E208', span, `\`${field.column}\` is ${typeOf(field)}: \`${operator}\` is for numbers`, hint),
      );
      return undefined;
    }
    const operands = test.values.map((value) => this.#operand(test, field, value));
    if (!operands.every((operand) => operand !== undefined)) return undefined;
    return { kind: 'test', field: field.column, operator, operands, span };
  }

  #operand(test: TestSyntax, field: FieldInfo, written: Written): Operand | undefined {
    const { operator } = test;
    const single = operator !== 'in' && operator !== 'not in';
    if (written.kind === 'list') {
      if (single) {
        this.findings.push(setForValue(test, written, `\`@${written.text}\` is a list`));
        return undefined;
      }
      return this.#list(field, written);
    }
    const never = neverTrue(field, operator, written);
    if (never !== undefined) {
      this.findings.push(
        error('E210', test.span, `\`${test.field.text} ${operator} ${written.text}\` can never be true`, never),
      );
      return undefined;
    }
    const value = readValue(field, written.text, written.kind === 'quoted');
    if (value.kind === 'problem') {
      this.findings.push(error(value.code, written.span, value.message, value.hint));
      return undefined;
    }
    if (single && 'low' in value && (value.low !== value.high || /[-/]/.test(written.text))) {
      const what = written.text.includes('/') ? 'network' : 'range';
      this.findings.push(setForValue(test, written, `\`${written.text}\` is a ${what}`));
      return undefined;
    }
    return value;
  }

  #list(field: FieldInfo, written: Written): Operand | undefined {
    const list = this.#lists.get(written.text);
    if (list === undefined) {
      const near = suggestList(written.text, this.#lists);
      const hint = near === undefined ? `name it under \`lists:\`` : `did you mean \`@${near}\`?`;
      this.findings.push(error('E202', written.span, `there is no list \`@${written.text}\``, hint));
      return undefined;
    }
    const values = resolveList(list, field);
    if ('kind' in values) {
      const message = `\`@${list.name}\` can't be used with \`${field.column}\`: ${values.message}`;
      this.findings.push(error('E212', written.span, message, values.hint));
      return undefined;
    }
    return { kind: 'list', name: list.name, values };
  }
}

function isOrder(operator: TestSyntax['operator']): operator is '<' | '<=' | '>' | '>=' {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
}

const FLIPPED: Readonly<Record<ComparisonOperator, string>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function unknownField(test: TestSyntax): Finding {
  const name = test.field.text;
  const other = test.values[0];
  if (
    other?.kind === 'word' &&
    test.operator !== 'in' &&
    test.operator !== 'not in' &&
    findField(other.text) !== undefined
  ) {
    const hint = `write \`${other.text} ${FLIPPED[test.operator]} ${name}\``;
    return error('E201', test.field.span, `\`${name}\` is not a field: the field comes first`, hint);
  }
  const near = suggest(name.replaceAll('-', '_'), FIELD_NAMES);
  return error(
    'E201',
    test.field.span,
    `unknown field \`${name}\``,
    near === undefined ? undefined : `did you mean \`${near}\`?`,
  );
}

function setForValue(test: TestSyntax, written: Written, what: string): Finding {
  const shown = written.kind === 'list' ? `@${written.text}` : written.text;
  const instead = test.operator === '=' ? 'in' : test.operator === '!=' ? 'not in' : undefined;
  const hint = instead === undefined ? undefined : `write \`${test.field.text} ${instead} ${shown}\``;
  return error('E207', written.span, `\`${test.operator}\` compares with one value, but ${what}`, hint);
}

/** Why an order comparison holds for no value of the field; undefined where it may hold. */
function neverTrue(field: FieldInfo, operator: TestSyntax['operator'], written: Written): string | undefined {
  if (written.kind !== 'word' || !/^\d+$/.test(written.text)) return undefined;
  const value = Number(written.text);
  if (operator === '<' && value === 0) return `\`${field.column}\` is never negative`;
  const max = field.max;
  if (max !== undefined && ((operator === '>' && value >= max) || (operator === '>=' && value > max))) {
    return `\`${field.column}\` is at most ${max}`;
  }
  return undefined;
}
