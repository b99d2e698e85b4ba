/** The reference of sekisho.yml, beside its schema. */
import { expect, test } from 'vitest';
import { codeIn, read, rowsOf } from './documents.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly default?: unknown;
}

const SCHEMA = JSON.parse(read('sekisho.schema.json')) as Schema;

test.each(['docs/settings.md', 'docs/settings.ja.md'])('%s has a row for each setting, and no other', (path) => {
  const rows = rowsOf(read(path)).map(([first]) => codeIn(first!)[0]!);
  expect(rows.toSorted()).toEqual([...new Set(settingsOf(SCHEMA, ''))].toSorted());
});

test.each(['docs/settings.md', 'docs/settings.ja.md'])('%s has the defaults that the schema has', (path) => {
  const rows = rowsOf(read(path)).map((row): [string, string] => [codeIn(row[0]!)[0]!, row.at(-1)!]);
  const defaults = new Map(defaultsOf(SCHEMA, ''));
  const compared = rows.flatMap(([name, said]) => {
    const value = defaults.get(name);
    return typeof value === 'string' || typeof value === 'number' ? [[name, said, value] as const] : [];
  });
  expect(compared.length).toBeGreaterThan(10);
  for (const [name, said, value] of compared.filter(([, , value]) => value !== '')) {
    expect(`${name}: ${said}`).toContain(`${value}`);
  }
});

/** Every setting that holds a value, such as `alerts.routes[].name`. */
function settingsOf(schema: Schema, path: string): readonly string[] {
  return parts(schema, path).flatMap(([part, at]) => (part === undefined ? [at] : settingsOf(part, at)));
}

function defaultsOf(schema: Schema, path: string): readonly (readonly [string, unknown])[] {
  const own = schema.default === undefined ? [] : [[path, schema.default] as const];
  return [...own, ...parts(schema, path).flatMap(([part, at]) => (part === undefined ? [] : defaultsOf(part, at)))];
}

/** What a schema consists of; itself without a schema where it is a value. */
function parts(
  { properties, items, anyOf = [] }: Schema,
  path: string,
): readonly (readonly [Schema | undefined, string])[] {
  if (properties !== undefined) {
    return Object.entries(properties).map(([name, part]) => [part, path === '' ? name : `${path}.${name}`]);
  }
  if (items !== undefined && hasSettings(items)) return [[items, `${path}[]`]];
  const kinds = anyOf.filter(hasSettings);
  return kinds.length > 0 && !isChoiceOfValues(anyOf) ? kinds.map((kind) => [kind, path]) : [[undefined, path]];
}

function hasSettings({ properties, items, anyOf = [] }: Schema): boolean {
  return properties !== undefined || (items !== undefined && hasSettings(items)) || anyOf.some(hasSettings);
}

/** A list's entries or where they are kept: either is one setting. */
function isChoiceOfValues(anyOf: readonly Schema[]): boolean {
  return anyOf.some((each) => !hasSettings(each));
}
