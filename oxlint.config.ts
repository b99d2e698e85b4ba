import { readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { defineConfig } from 'oxlint';

/** Folder order is data order: a folder may import itself and those before it, nothing after. */
const house = [
  'ports',
  'config',
  'envelope',
  'flow',
  'rules',
  'windows',
  'alerts',
  'lake',
  'query',
  'operations',
  'reports',
  'investigate',
  'pipeline',
  'adapters',
] as const;

/** Node's own modules that the pure core may use: they compute, they reach nothing. */
const pureModules = new Set(['zlib', 'crypto', 'net', 'stream', 'buffer']);
const impureModules = builtinModules.filter((name) => !pureModules.has(name));

const later = (folder: (typeof house)[number]): string[] => house.slice(house.indexOf(folder) + 1);

const core = house.filter((folder) => folder !== 'adapters');

/** Files beside the folders that come before all of them; every other one comes after, as the pipeline does. */
const FIRST: ReadonlySet<string> = new Set(['ports.ts', 'suggest.ts']);
const besideFolders = readdirSync(new URL('shared/', import.meta.url)).filter((name) => name.endsWith('.ts'));

function filesOf(folder: (typeof house)[number]): string[] {
  if (folder !== 'ports' && folder !== 'pipeline') return [`shared/${folder}/**/*.ts`];
  const names = besideFolders.filter((name) => FIRST.has(name) === (folder === 'ports'));
  return names.map((name) => `shared/${name}`);
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  options: { typeAware: true },
  ignorePatterns: ['dist', '.cache', '.esbuild', '.serverless', 'node_modules'],
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'off',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-unsafe-type-assertion': 'off',
    'eslint/no-await-in-loop': 'off',
    'eslint/no-underscore-dangle': 'off',
    'eslint/no-shadow': 'off',
    'typescript/consistent-return': 'off',
    'oxc/no-map-spread': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'import/no-named-as-default': 'off',
    'import/no-named-as-default-member': 'off',
    'unicorn/consistent-function-scoping': 'off',
    // a rule's `then` is an expression, nothing that can be called
    'unicorn/no-thenable': 'off',
    'vitest/no-conditional-expect': 'off',
    'eslint/max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
  },
  overrides: [
    ...core.map((folder) => ({
      files: filesOf(folder),
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              ...later(folder).map((name) => ({
                regex: name === 'pipeline' ? `(^|/)pipeline\\.ts$` : `^(\\./|(\\.\\./)+)${name}/`,
                message: `${folder} comes before ${name} on a record's way: it must not import it.`,
              })),
              {
                regex: `^(node:)?(${impureModules.map((name) => name.replace('node:', '')).join('|')})$`,
                message: 'the core is pure: files, network, clock and environment come in through shared/ports.ts.',
              },
              { regex: '(^|/)(cli|functions|bench|tests)/', message: 'the core does not know its callers.' },
            ],
          },
        ],
      },
    })),
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    { files: ['tests/**'], rules: { 'typescript/no-explicit-any': 'off' } },
  ],
} as Parameters<typeof defineConfig>[0]);
