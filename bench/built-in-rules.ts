/** The rules that come with the program, loaded. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadRules } from '../shared/rules/load.ts';
import type { Rule } from '../shared/rules/rule.ts';

/** The built-in rules. */
export function builtInRules(): readonly Rule[] {
  const folder = join(import.meta.dirname, '..', 'rules');
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  const sources = files.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  return loadRules(sources).rules;
}
