/** Syntax to expression: names, types and ranges are checked, lists resolved. Everything wrong is told at once. */
import { error, type Finding } from './diagnostics.ts';
import type { Expression, TestOperator } from './expression.ts';
import { fieldHint } from './field-hint.ts';
import type { ComparisonOperator } from './lex.ts';
import { misfitsOf, type Lists } from './lists.ts';
import { parseExpression } from './parse.ts';
import { isFinding, readOperand, type TestSyntax } from './read-operand.ts';
import { findIdleTerms, findIdleValues } from './redundant.ts';
import type { Syntax, Written } from './syntax.ts';
import { FLAGS_FIELD, parseFlags } from './tcp-flags.ts';
import { findField, networkOfPattern, typeOf, type FieldInfo } from './value.ts';

/** An expression ready for use, or undefined where findings say why there is none; warnings leave it as it is. */
export interface Checked {
  readonly expression: Expression | undefined;
  readonly findings: readonly Finding[];
}

/** Parses and checks an expression's text. Spans count from the text's beginning. */
export function checkExpression(text: string, lists: Lists): Checked {
  const { syntax, findings } = parseExpression(text);
  const checker = new Checker(text, lists);
  const expression = checker.check(syntax);
  const all = [...findings, ...checker.findings].sort((a, b) => a.span.start - b.span.start);
  return { expression: all.some(({ severity }) => severity === 'error') ? undefined : expression, findings: all };
}

class Checker {
  readonly findings: Finding[] = [];
  readonly #source: string;
  readonly #lists: Lists;

  constructor(source: string, lists: Lists) {
    this.#source = source;
    this.#lists = lists;
  }

  check(syntax: Syntax): Expression | undefined {
    switch (syntax.kind) {
      case 'and':
      case 'or': {
        const terms = syntax.terms.map((term) => this.check(term));
        if (!terms.every((term) => term !== undefined)) return undefined;
        this.findings.push(...findIdleTerms(syntax.kind, terms, this.#source));
        return { kind: syntax.kind, terms, span: syntax.span };
      }
      case 'not': {
        const term = this.check(syntax.term);
        return term === undefined ? undefined : { kind: 'not', term, span: syntax.span };
      }
      case 'test':
        return this.#test(syntax);
      case 'presence': {
        const field = findField(syntax.field.text);
        if (field !== undefined) return { kind: 'presence', field: field.column, span: syntax.span };
        return this.#wrong(unknownField(syntax.field));
      }
      case 'broken':
        return undefined;
    }
  }

  #test(test: TestSyntax): Expression | undefined {
    const field = findField(test.field.text);
    if (field === undefined) return this.#wrong(misplacedField(test) ?? unknownField(test.field));
    const misfit = misfitOf(test, field);
    if (misfit !== undefined) return this.#wrong(misfit);
    const operands = test.values.flatMap((value) => {
      const operand = readOperand(test, field, value, this.#lists);
      if (!isFinding(operand)) {
        if (operand.kind === 'list') this.findings.push(...warnOfMisfits(field, value, this.#lists));
        return [operand];
      }
      this.findings.push(operand);
      return [];
    });
    if (operands.length < test.values.length) return undefined;
    const checked = { kind: 'test' as const, field: field.column, operator: test.operator, operands, span: test.span };
    this.findings.push(...findIdleValues(checked, test.field.text, test.values));
    return checked;
  }

  #wrong(finding: Finding): undefined {
    this.findings.push(finding);
    return undefined;
  }
}

/** A warning where entries of a list that is kept elsewhere are no values of the field. */
function warnOfMisfits(field: FieldInfo, { text, span }: Written, lists: Lists): readonly Finding[] {
  const misfits = misfitsOf(lists.get(text)!, field);
  if (misfits.length === 0) return [];
  const shown = misfits.slice(0, 3).map((entry) => `\`${entry}\``);
  const more = misfits.length > shown.length ? ` and ${misfits.length - shown.length} more` : '';
  const message = `of \`@${text}\`, ${shown.join(', ')}${more} can't be held against \`${field.column}\`: left out`;
  return [{ code: 'W403', severity: 'warning', message, span }];
}

/** Why an operator does not fit a field; undefined where it does. */
function misfitOf(
  { field: { text: name }, operator, values, span }: TestSyntax,
  field: FieldInfo,
): Finding | undefined {
  const first = values[0]!;
  switch (operator) {
    case '<':
    case '<=':
    case '>':
    case '>=': {
      if (field.type !== 'address' && field.type !== 'string') return undefined;
      const hint = field.type === 'address' ? `write \`${name} in 10.0.0.1-10.0.0.9\`` : undefined;
      return error('E208', span, `\`${field.column}\` is ${typeOf(field)}: \`${operator}\` is for numbers`, hint);
    }
    case 'like':
    case 'not like': {
      if (field.type === 'string') return undefined;
      const instead = operator === 'like' ? 'in' : 'not in';
      const value = field.type === 'address' ? (networkOfPattern(first.text) ?? '10.0.0.0/8') : '1024-65535';
      const message = `\`${field.column}\` is ${typeOf(field)}: \`${operator}\` is for texts`;
      return error('E213', span, message, `write \`${name} ${instead} ${value}\``);
    }
    case 'has':
    case 'not has': {
      if (field.column === FLAGS_FIELD) return undefined;
      const instead = operator === 'has' ? '=' : '!=';
      const message = `\`${field.column}\` is ${typeOf(field)}: \`${operator}\` is for the flags in \`${FLAGS_FIELD}\``;
      const hint =
        typeof parseFlags(first.text) === 'number'
          ? `write \`${FLAGS_FIELD} ${operator} ${first.text}\``
          : `write \`${name} ${instead} ${first.text}\`, or \`has(${name})\` where any value will do`;
      return error('E213', span, message, hint);
    }
    case '=':
    case '!=':
    case 'in':
    case 'not in':
      return undefined;
  }
}

const FLIPPED: Readonly<Record<ComparisonOperator, string>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function isComparison(operator: TestOperator): operator is ComparisonOperator {
  return operator in FLIPPED;
}

/** For a field that stands where the value should be. */
function misplacedField({ field, operator, values }: TestSyntax): Finding | undefined {
  const other = values[0];
  if (other?.kind !== 'word' || !isComparison(operator) || findField(other.text) === undefined) return undefined;
  const hint = `write \`${other.text} ${FLIPPED[operator]} ${field.text}\``;
  return error('E201', field.span, `\`${field.text}\` is not a field: the field comes first`, hint);
}

function unknownField({ text, span }: Written): Finding {
  return error('E201', span, `unknown field \`${text}\``, fieldHint(text));
}
