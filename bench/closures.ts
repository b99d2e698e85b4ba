/**
 * Rules as plain closures over a batch's columns, one a rule: what an evaluator does that treats each rule on its own.
 * The compiled engine is measured beside them, and has to find the same.
 */
import type { Column, ColumnBatch, TextColumn } from '../shared/flow/columns.ts';
import { addressPlace } from '../shared/flow/address.ts';
import { columnOf } from '../shared/flow/derived.ts';
import { valuesOf, type Expression, type Test, type Value } from '../shared/rules/expression.ts';
import type { Rule } from '../shared/rules/rule.ts';

/** Whether an expression is true of a record: null for unknown. */
type Predicate = (row: number) => boolean | null;

/** How many records of the batch each rule matches. */
export function countByClosures(rules: readonly Rule[], batch: ColumnBatch): Uint32Array {
  const columns = new Map<string, Column | undefined>();
  const read = (name: string): Column | undefined => {
    if (!columns.has(name)) columns.set(name, columnOf(batch, name));
    return columns.get(name);
  };
  const counts = new Uint32Array(rules.length);
  for (const [index, { where, except }] of rules.entries()) {
    const included = predicateOf(where, read);
    const excluded = except === undefined ? NEVER : predicateOf(except, read);
    for (let row = 0; row < batch.length; row++) {
      if (included(row) === true && excluded(row) !== true) counts[index]! += 1;
    }
  }
  return counts;
}

const NEVER: Predicate = () => false;
const UNKNOWN: Predicate = () => null;

function predicateOf(expression: Expression, read: (name: string) => Column | undefined): Predicate {
  switch (expression.kind) {
    case 'not': {
      const term = predicateOf(expression.term, read);
      return (row) => {
        const value = term(row);
        return value === null ? null : !value;
      };
    }
    case 'and':
    case 'or': {
      const terms = expression.terms.map((term) => predicateOf(term, read));
      const decisive = expression.kind === 'or';
      return (row) => {
        let unknown = false;
        for (const term of terms) {
          const value = term(row);
          if (value === decisive) return decisive;
          if (value === null) unknown = true;
        }
        return unknown ? null : !decisive;
      };
    }
    case 'presence': {
      const column = read(expression.field);
      if (column === undefined) return NEVER;
      return column.kind === 'int' ? (row) => column.values[row]! >= 0 : (row) => column.codes[row] !== 0;
    }
    case 'test': {
      const column = read(expression.field);
      if (column === undefined) return UNKNOWN;
      return column.kind === 'int' ? intTest(expression, column.values) : textTest(expression, column);
    }
  }
}

function intTest({ operator, operands }: Test, values: Int32Array | Float64Array): Predicate {
  const all = operands.flatMap(valuesOf);
  const single = all.length === 1 && all[0]!.kind === 'numbers' ? all[0] : undefined;
  const known = (test: (value: number) => boolean): Predicate => {
    return (row) => (values[row]! < 0 ? null : test(values[row]!));
  };
  switch (operator) {
    case '<':
      return known((value) => value < single!.low);
    case '<=':
      return known((value) => value <= single!.high);
    case '>':
      return known((value) => value > single!.high);
    case '>=':
      return known((value) => value >= single!.low);
    case '=':
    case '!=':
    case 'in':
    case 'not in':
    case 'like':
    case 'not like':
    case 'has':
    case 'not has': {
      const wanted = !isNegated(operator);
      const tests = all.map(numberTest);
      return known((value) => tests.some((test) => test(value)) === wanted);
    }
  }
}

function numberTest(value: Value): (number: number) => boolean {
  if (value.kind === 'flags') return (number) => (number & value.mask) === value.mask;
  if (value.kind !== 'numbers') throw new Error(`\`${value.text}\` is no number`);
  return (number) => number >= value.low && number <= value.high;
}

/** Texts and addresses are tested as closures would: by what is in the dictionary, record by record. */
function textTest({ operator, operands }: Test, column: TextColumn): Predicate {
  const wanted = !isNegated(operator);
  const tests = operands.flatMap(valuesOf).map((value) => codeTest(value, column));
  return (row) => {
    const code = column.codes[row]!;
    return code === 0 ? null : tests.some((test) => test(code)) === wanted;
  };
}

function codeTest(value: Value, { dictionary, addresses }: TextColumn): (code: number) => boolean {
  switch (value.kind) {
    case 'text':
      return (code) => dictionary[code] === value.text;
    case 'pattern': {
      const pattern = new RegExp(`^${value.text.split('*').map(escaped).join('.*')}$`, 's');
      return (code) => pattern.test(dictionary[code]!);
    }
    case 'addresses': {
      const low = Number(value.low);
      const high = Number(value.high);
      const isShort = value.high < 1n << 32n;
      return (code) => {
        if (addresses?.families[code] === 4) {
          const bits = addresses.words[code * 4 + 3]!;
          return isShort && bits >= low && bits <= high;
        }
        const place = isShort ? undefined : addressPlace(dictionary[code]!);
        return place !== undefined && place >= value.low && place <= value.high;
      };
    }
    case 'numbers':
    case 'flags':
      throw new Error(`\`${value.text}\` is no text`);
  }
}

function isNegated(operator: Test['operator']): boolean {
  return operator === '!=' || operator.startsWith('not ');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
