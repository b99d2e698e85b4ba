/** Named lists: what `@name` stands for. */
import { suggest } from '../suggest.ts';
import { networkLists, OPEN_LISTS, PORT_LISTS, PRIVATE_NETWORKS } from './built-in-lists.ts';
import type { Value } from './expression.ts';
import type { ListSource } from './list-source.ts';
import { readValue, type FieldInfo, type ValueProblem } from './value.ts';

export { PRIVATE_NETWORKS } from './built-in-lists.ts';

/** A named list: entries as they were written, read anew for each kind of field it is held against. */
export interface NamedList {
  readonly name: string;
  readonly entries: readonly string[];
  /** True for a list kept elsewhere: its entries change while rules that name it stay the same rules. */
  readonly outside?: boolean;
  /** Where a rule file keeps it, if it does. */
  readonly source?: ListSource | undefined;
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

/** A list's entries as values of one field. */
interface ResolvedList {
  readonly values: readonly Value[];
  /** Entries that are no values of the field, and what is wrong with the first. */
  readonly misfits: readonly string[];
  readonly problem: ValueProblem | undefined;
}

const resolved = new WeakMap<NamedList, Map<string, ResolvedList>>();

/**
 * A list's entries as values of a field, or what is wrong with the first that is none. Of an outside list, which nobody
 * here wrote, those that are values are taken, if there are any.
 */
export function resolveList(list: NamedList, field: FieldInfo): readonly Value[] | ValueProblem {
  const { values, problem } = entriesFor(list, field);
  return problem === undefined || (list.outside === true && values.length > 0) ? values : problem;
}

/** The entries of an outside list that {@link resolveList} left out for a field. */
export function misfitsOf(list: NamedList, field: FieldInfo): readonly string[] {
  const { values, misfits } = entriesFor(list, field);
  return list.outside === true && values.length > 0 ? misfits : [];
}

/** Read once a list and field. */
function entriesFor(list: NamedList, field: FieldInfo): ResolvedList {
  let byField = resolved.get(list);
  if (byField === undefined) resolved.set(list, (byField = new Map()));
  // what is an address is one for every address field; what is said of the others depends on the field
  const key = field.type === 'address' && byField.get('address')?.problem === undefined ? 'address' : field.column;
  let found = byField.get(key);
  if (found === undefined) byField.set(key, (found = readEntries(list, field)));
  return found;
}

function readEntries(list: NamedList, field: FieldInfo): ResolvedList {
  const values: Value[] = [];
  const misfits: string[] = [];
  let problem: ValueProblem | undefined;
  for (const entry of list.entries) {
    const value = readValue(field, entry, field.type === 'string');
    if (value.kind === 'problem') {
      problem ??= value;
      misfits.push(entry);
    } else {
      values.push(value);
    }
  }
  return { values, misfits, problem };
}
