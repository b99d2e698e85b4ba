/** Named lists: what `@name` stands for. */
import { suggest } from '../suggest.ts';
import type { Value } from './expression.ts';
import { readValue, type FieldInfo, type ValueProblem } from './value.ts';

/** A named list: entries as they were written, read anew for each kind of field it is held against. */
export interface NamedList {
  readonly name: string;
  readonly entries: readonly string[];
}

/** Lists by name, without the `@`. */
export type Lists = ReadonlyMap<string, NamedList>;

/**
 * Networks that the internet does not reach: RFC 1918, shared address space (RFC 6598, which VPCs may use),
 * IPv4 and IPv6 link-local (RFC 3927, RFC 4291), unique local IPv6 (RFC 4193).
 */
export const PRIVATE_NETWORKS: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

/** Ports through which machines are administered: SSH, Telnet, SMB, RDP, VNC, WinRM, Docker, Kubernetes' API and kubelet. */
const ADMIN_PORTS: readonly string[] = [
  '22',
  '23',
  '445',
  '2375',
  '2376',
  '3389',
  '5900',
  '5985',
  '5986',
  '6443',
  '10250',
];

/** The lists that are always there; `@networks` are the owner's own, {@link PRIVATE_NETWORKS} by default. */
export function builtInLists(networks: readonly string[] = PRIVATE_NETWORKS): Lists {
  const lists = { private: PRIVATE_NETWORKS, networks, admin_ports: ADMIN_PORTS };
  return new Map(Object.entries(lists).map(([name, entries]) => [name, { name, entries }]));
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
