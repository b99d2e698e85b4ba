/**
 * Checked rules as plain JSON and back: what is bundled into functions, so that nothing has to be read and checked
 * again where they start. The rules come back as they were, lists that several of them name shared as before.
 */
import { parseAddressRange } from '../flow/address.ts';
import type { Expression, ListOperand, Operand, TestOperator, Value } from './expression.ts';
import type { Condition, Rule } from './rule.ts';

/** Rules as JSON takes them. */
export interface PackedRules {
  readonly lists: readonly PackedList[];
  readonly rules: readonly PackedRule[];
}

/** A list as one kind of field sees it; an `outside` one is kept elsewhere. */
interface PackedList {
  readonly name: string;
  readonly outside: boolean;
  readonly values: readonly PackedValue[];
}

type PackedRule = Omit<Rule, 'where' | 'except' | 'condition'> & {
  readonly where: PackedExpression;
  readonly except?: PackedExpression;
  readonly condition: Exclude<Condition, { kind: 'window' }> | PackedWindow;
};

type Window = Extract<Condition, { kind: 'window' }>;

type PackedWindow = Omit<Window, 'then'> & {
  readonly then?: { readonly where: PackedExpression; readonly within: number };
};

/** Where it was written. */
type PackedSpan = readonly [start: number, end: number];

/** What it is, where, and its terms, or its field and what that is held against. */
type PackedExpression =
  | readonly ['and' | 'or', PackedSpan, readonly PackedExpression[]]
  | readonly ['not', PackedSpan, PackedExpression]
  | readonly ['has', PackedSpan, string]
  | readonly ['test', PackedSpan, string, TestOperator, readonly (PackedValue | PackedReference)[]];

/**
 * A number; a text; an address, network or range as `["@", text]`; a pattern as `["*", text]`; flags as
 * `["!", mask, text]`; or numbers written in another way as `[low, high, text]`.
 */
type PackedValue =
  number | string | readonly ['@' | '*', string] | readonly ['!', number, string] | readonly [number, number, string];

/** The list of that number. */
interface PackedReference {
  readonly list: number;
}

/** Packs rules. */
export function packRules(rules: readonly Rule[]): PackedRules {
  const lists: PackedList[] = [];
  /** By a list's values, which all who name the list share. */
  const known = new Map<readonly Value[], Map<string, number>>();
  const listOf = ({ name, outside = false, values }: ListOperand): number => {
    const key = `${outside} ${name}`;
    const numbers = known.get(values) ?? new Map<string, number>();
    known.set(values, numbers);
    const number = numbers.get(key) ?? lists.push({ name, outside, values: values.map(packValue) }) - 1;
    numbers.set(key, number);
    return number;
  };
  const pack = (expression: Expression): PackedExpression => {
    const span = [expression.span.start, expression.span.end] as const;
    switch (expression.kind) {
      case 'and':
      case 'or':
        return [expression.kind, span, expression.terms.map(pack)];
      case 'not':
        return ['not', span, pack(expression.term)];
      case 'presence':
        return ['has', span, expression.field];
      case 'test': {
        const operands = expression.operands.map((operand) =>
          operand.kind === 'list' ? { list: listOf(operand) } : packValue(operand),
        );
        return ['test', span, expression.field, expression.operator, operands];
      }
    }
  };
  const packed = rules.map(({ where, except, condition, ...rest }): PackedRule => ({
    ...rest,
    where: pack(where),
    ...(except !== undefined && { except: pack(except) }),
    condition: condition.kind === 'window' ? packWindow(condition, pack) : condition,
  }));
  return { lists, rules: packed };
}

function packWindow({ then, ...window }: Window, pack: (expression: Expression) => PackedExpression): PackedWindow {
  return then === undefined ? window : { ...window, then: { ...then, where: pack(then.where) } };
}

function packValue(value: Value): PackedValue {
  switch (value.kind) {
    case 'numbers': {
      const { low, high, text } = value;
      return low === high && text === String(low) ? low : [low, high, text];
    }
    case 'addresses':
      return ['@', value.text];
    case 'text':
      return value.text;
    case 'pattern':
      return ['*', value.text];
    case 'flags':
      return ['!', value.mask, value.text];
  }
}

/** The rules that were packed. */
export function unpackRules({ lists, rules }: PackedRules): readonly Rule[] {
  const operands = lists.map(({ name, outside, values }): ListOperand => {
    return { kind: 'list', name, values: values.map(unpackValue), outside };
  });
  const unpack = (packed: PackedExpression): Expression => {
    const [start, end] = packed[1];
    const span = { start, end };
    switch (packed[0]) {
      case 'and':
      case 'or':
        return { kind: packed[0], terms: packed[2].map(unpack), span };
      case 'not':
        return { kind: 'not', term: unpack(packed[2]), span };
      case 'has':
        return { kind: 'presence', field: packed[2], span };
      case 'test': {
        const [, , field, operator, values] = packed;
        return { kind: 'test', field, operator, operands: values.map((value) => operandOf(value, operands)), span };
      }
    }
  };
  return rules.map(({ where, except, condition, ...rest }) => ({
    ...rest,
    where: unpack(where),
    except: except && unpack(except),
    condition: condition.kind === 'window' ? unpackWindow(condition, unpack) : condition,
  }));
}

function unpackWindow({ then, ...window }: PackedWindow, unpack: (packed: PackedExpression) => Expression): Window {
  return { ...window, then: then && { ...then, where: unpack(then.where) } };
}

function operandOf(packed: PackedValue | PackedReference, lists: readonly ListOperand[]): Operand {
  return typeof packed === 'object' && 'list' in packed ? lists[packed.list]! : unpackValue(packed);
}

function unpackValue(packed: PackedValue): Value {
  if (typeof packed === 'number') return { kind: 'numbers', low: packed, high: packed, text: String(packed) };
  if (typeof packed === 'string') return { kind: 'text', text: packed };
  switch (packed[0]) {
    case '@':
      return addressesOf(packed[1]);
    case '*':
      return { kind: 'pattern', text: packed[1] };
    case '!':
      return { kind: 'flags', mask: packed[1], text: packed[2] };
    default:
      return { kind: 'numbers', low: packed[0], high: packed[1], text: packed[2] };
  }
}

function addressesOf(text: string): Value {
  const range = parseAddressRange(text);
  if (typeof range !== 'object') throw new Error(`\`${text}\` was an address when the rules were packed: ${range}`);
  return { kind: 'addresses', ...range, text };
}
