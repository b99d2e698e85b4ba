/**
 * Lists too long to be written into a query: Athena takes 262,144 bytes of text, and DuckDB compares each record with each
 * network. They are rows of a relation `lists` instead, three texts each: `list` (the name), `kind`, `entry`.
 *
 * | kind | entry |
 * |---|---|
 * | `addresses` | a network's first hexadecimal digits behind `4` or `6` for its family: `40a` is 10.0.0.0/8 |
 * | `numbers` | a number in decimal digits |
 * | `text` | the text |
 * | `pattern` | the pattern as `LIKE` takes it, with `\` before what stands for itself |
 *
 * Whoever runs the query fills the relation: locally it is a temporary table. For Athena it is a table over JSON lines with
 * these three keys, an object a list and kind, `lists/entries/<kind>/<name>.json`: beside the lists that users keep under
 * `lists/`, not among them.
 */
import type { QueryList } from '../ports.ts';
import { operandsOf, type Expression, type ListOperand, type Operand, type Value } from '../rules/expression.ts';
import { uniteSets, type Range } from '../rules/value-set.ts';
import { networkDigits } from './address-networks.ts';
import { likePattern } from './sql.ts';

/** Measured over a million records: from about a hundred networks on the relation is faster. */
const LONG_LIST = 100;

/** Whether an operand is a list that is kept in the relation. */
export function isLongList(operand: Operand, most = LONG_LIST): operand is ListOperand {
  // there are only so many flags
  return operand.kind === 'list' && operand.values.length > most && operand.values[0]?.kind !== 'flags';
}

/** The lists of some expressions that the relation has to hold, each once. */
export function longListsOf(expressions: readonly Expression[], most?: number): readonly QueryList[] {
  const lists = new Map<string, QueryList>();
  for (const operand of expressions.flatMap(operandsOf)) {
    if (!isLongList(operand, most)) continue;
    const kind = kindOf(operand);
    lists.set(JSON.stringify([operand.name, kind]), { list: operand.name, kind, entries: entriesOf(operand) });
  }
  return [...lists.values()];
}

/** What a list's entries are: all are of one kind, as they were read for one field. */
export function kindOf({ values }: ListOperand): Value['kind'] {
  return values[0]!.kind;
}

/** Entries by the values of a list: worked out once, as rules share lists. */
const known = new WeakMap<readonly Value[], readonly string[]>();

function entriesOf({ values }: ListOperand): readonly string[] {
  let entries = known.get(values);
  if (entries === undefined) known.set(values, (entries = [...new Set(allEntries(values))]));
  return entries;
}

function allEntries(values: readonly Value[]): readonly string[] {
  const numbers = rangesOf(values).filter((range) => !isWide(range));
  return [
    ...values.flatMap(entriesOfValue),
    ...numbers.flatMap(({ low, high }) =>
      Array.from({ length: Number(high - low) + 1 }, (_, at) => `${low + BigInt(at)}`),
    ),
  ];
}

function entriesOfValue(value: Value): readonly string[] {
  switch (value.kind) {
    case 'addresses':
      return networkDigits(value);
    case 'text':
      return [value.text];
    case 'pattern':
      return [likePattern(value.text)];
    case 'numbers':
    case 'flags':
      return [];
  }
}

/** Ranges of more numbers than this stay in the query. */
const WIDE = 1000n;

/** A list's ranges of numbers that the relation does not hold. */
export function wideRanges({ values }: ListOperand): readonly Range[] {
  return rangesOf(values).filter(isWide);
}

function isWide({ low, high }: Range): boolean {
  return high - low >= WIDE;
}

/** A list's numbers, put together. */
function rangesOf(values: readonly Value[]): readonly Range[] {
  const numbers = values.filter((value) => value.kind === 'numbers');
  const ranges = numbers.map(({ low, high }) => ({ low: BigInt(low), high: BigInt(high) }));
  return uniteSets({ ranges, null: false }, { ranges: [], null: false }).ranges;
}
