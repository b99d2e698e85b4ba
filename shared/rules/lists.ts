/** Named lists: what `@name` stands for. */
import { suggest } from '../suggest.ts';
import { networkLists, OPEN_LISTS, PORT_LISTS, PRIVATE_NETWORKS } from './built-in-lists.ts';
import type { Value } from './expression.ts';
import { readValue, type FieldInfo, type ValueProblem } from './value.ts';

export { PRIVATE_NETWORKS } from './built-in-lists.ts';

/** A named list: entries as they were written, read anew for each kind of field it is held against. */
export interface NamedList {
  readonly name: string;
  readonly entries: readonly string[];
}

/** Lists by name, without the `@`. */
export type Lists = ReadonlyMap<string, NamedList>;

/** The lists that are always there; `@networks` are the owner's own, {@link PRIVATE_NETWORKS} by default. */
export function builtInLists(networks: readonly string[] = PRIVATE_NETWORKS): Lists {
  const lists = { ...networkLists(networks), ...PORT_LISTS, ...OPEN_LISTS };
  return new Map(Object.entries(lists).map(([name, { entries }]) => [name, { name, entries }]));
}

/** The name of the list that `name` was probably meant to be. */
export function suggestList(name: string, lists: Lists): string | undefined {
  return suggest(name, lists.keys());
}

const resolved = new WeakMap<NamedList, Map<string, readonly Value[] | ValueProblem>>();

/** A list's entries as values of a field, or what is wrong with the first that is none. Read once a list and field. */
export function resolveList(list: NamedList, field: FieldInfo): readonly Value[] | ValueProblem {
  let byField = resolved.get(list);
  if (byField === undefined) resolved.set(list, (byField = new Map()));
  let values = byField.get(field.column);
  if (values === undefined) byField.set(field.column, (values = readEntries(list, field)));
  return values;
}

function readEntries(list: NamedList, field: FieldInfo): readonly Value[] | ValueProblem {
  const values: Value[] = [];
  for (const entry of list.entries) {
    const value = readValue(field, entry, field.type === 'string');
    if (value.kind === 'problem') return value;
    values.push(value);
  }
  return values;
}
