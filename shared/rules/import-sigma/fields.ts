/** Sigma's fields of a firewall's log, as columns of a flow log. */
import { ACTION_NAMES, plainName, SAME_FIELDS } from '../foreign-names.ts';
import { findField } from '../value.ts';

/** Where a rule's events come from: a firewall's log of connections, or flow logs themselves. */
export type Origin = 'firewall' | 'flow-log';

/** A column, and how its values are written. */
export interface Target {
  readonly column: string;
  /** Values by Sigma's words in lower case, where those are other words. */
  readonly words?: ReadonlyMap<string, string>;
  /** Whether it holds a text of the names of TCP flags. */
  readonly flags?: true;
}

const ACTION_WORDS = new Map(
  Object.entries(ACTION_NAMES).flatMap(([action, words]) => words.map((word) => [word, action])),
);
const BLOCKED_WORDS = new Map([
  ['true', 'REJECT'],
  ['false', 'ACCEPT'],
]);

/** Columns by a field's name in lower case without separators: Sigma's own names, and those of the Elastic Common Schema. */
const TARGETS: ReadonlyMap<string, Target> = new Map(
  Object.entries(SAME_FIELDS).flatMap(([column, names]) => names.map((name) => [name, { column }] as const)),
);

/** The column of a Sigma field; undefined where flow logs have nothing that says the same. */
export function targetOf(name: string, origin: Origin): Target | undefined {
  const plain = plainName(name);
  if (plain === 'action') return { column: 'action', words: ACTION_WORDS };
  if (plain === 'blocked') return { column: 'action', words: BLOCKED_WORDS };
  if (plain === 'tcpflags') return { column: 'tcp_flags', ...(origin === 'firewall' ? { flags: true } : {}) };
  const target = TARGETS.get(plain);
  if (target !== undefined || origin === 'firewall') return target;
  const own = findField(name.toLowerCase());
  return own && { column: own.column };
}

/** What the field of a sum counts; `exact` is false where flow logs only have something like it. */
export function amountOf(
  name: string,
  origin: Origin,
): { readonly column: string; readonly exact: boolean } | undefined {
  const plain = plainName(name);
  const exact = origin === 'flow-log';
  if (['bytes', 'bytesout', 'bytessent', 'sentbytes', 'sentbyte', 'messagesize', 'networkbytes'].includes(plain))
    return { column: 'bytes', exact: exact || ['bytesout', 'bytessent', 'sentbytes', 'sentbyte'].includes(plain) };
  return plain === 'packets' ? { column: 'packets', exact } : undefined;
}
