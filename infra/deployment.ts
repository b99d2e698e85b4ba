/** What a deployment is made from: sekisho.yml and the rules, read where the template is packaged. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_CONFIG, type Config } from '../shared/config/config.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import type { SourceText } from '../shared/rules/diagnostics.ts';

/** Everything that packaging knows; `config` and `rules` are bundled into the functions. */
export interface Deployment {
  readonly config: Config;
  /** All rule files in use, the built-in ones first. */
  readonly rules: readonly SourceText[];
}

const root = resolve(import.meta.dirname, '..');

/** Reads the configuration that `SEKISHO_CONFIG` names, else sekisho.yml beside serverless.yml; throws what is wrong with it. */
export function readDeployment(environment: NodeJS.ProcessEnv = process.env): Deployment {
  const path = resolve(root, environment['SEKISHO_CONFIG'] ?? 'sekisho.yml');
  const config = existsSync(path) ? parseConfig(path, readFileSync(path, 'utf8')) : DEFAULT_CONFIG;
  if ('length' in config) throw new Error(config.map(({ message }) => message).join('\n'));
  const folders = [join(root, 'rules'), ...config.rules.map((rules) => resolve(dirname(path), rules))];
  return { config, rules: folders.flatMap(readRules) };
}

function readRules(folder: string): readonly SourceText[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name));
  return files.sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}
