/** What zod finds, in the words of everything else here. */
import type { z } from 'zod';
import { suggest } from '../suggest.ts';
import { homesOf, keysAt, type JsonSchema } from './json-schema.ts';

/** Says what is wrong with a value, where the setting itself has no words for it. */
export function valueProblem(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  if (input === undefined) return 'it is missing';
  if (input === null) return 'it is empty: write a value, or take the line out';
  if (issue.code === 'invalid_type') {
    return `it must be ${KINDS[issue.expected] ?? issue.expected}, and is ${kindOf(input)}${remedy(issue.expected, input)}`;
  }
  if (issue.code === 'invalid_key') return issue.issues[0]?.message;
  if (issue.code === 'invalid_value') return oneOf(input, issue.values);
  if (issue.code === 'too_big') return `it is ${shown(input)}, and must be at most ${issue.maximum}`;
  if (issue.code !== 'too_small') return undefined;
  return issue.origin === 'number' || issue.origin === 'int'
    ? `it is ${shown(input)}, and must be at least ${issue.minimum}`
    : 'it is empty: write at least one entry';
}

/** Says that a mapping has no such key, and what was probably meant. */
export function unknownSetting(schema: JsonSchema, path: readonly PropertyKey[], key: string): string {
  const near = suggest(key, keysAt(schema, path));
  if (near !== undefined) return `there is no setting \`${key}\`: did you mean \`${near}\`?`;
  const [home, ...more] = homesOf(schema, key);
  if (home !== undefined && more.length === 0) {
    return `there is no setting \`${key}\` here: it belongs ${home === '' ? 'to the outermost level' : `under \`${home}\``}`;
  }
  return `there is no setting \`${key}\`${path.length === 0 ? '' : ` under \`${path.join('.')}\``}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a mapping of settings',
  record: 'a mapping of names',
};

/** What makes the right kind of a value, where that is plain. */
function remedy(expected: string, input: unknown): string {
  if (typeof input === 'object') return '';
  if (expected === 'array') return `: write \`[${typeof input === 'string' ? input : JSON.stringify(input)}]\``;
  return expected === 'string' ? ': put it in quotes' : '';
}

function kindOf(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a mapping';
  return typeof input === 'string' ? `the text ${shown(input)}` : shown(input);
}

function oneOf(input: unknown, values: readonly unknown[]): string {
  const near = typeof input === 'string' ? suggest(input, values.map(String)) : undefined;
  const written = values.map((value) => `\`${String(value)}\``).join(', ');
  return near === undefined
    ? `it is ${kindOf(input)}: write one of ${written}`
    : `it is ${shown(input)}: did you mean \`${near}\`? It takes ${written}`;
}

function shown(input: unknown): string {
  return `\`${String(input)}\``;
}
