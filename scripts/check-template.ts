/** Packages the configurations of tests/infra and has cfn-lint and checkov look at the templates. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { packageTemplate, TEMPLATE } from './package-template.ts';

const root = path.resolve(import.meta.dirname, '..');
const configurations = path.join(root, 'tests', 'infra', 'configurations');

/** Checks of checkov that are skipped, by id, with the reason. */
type Skipped = Readonly<Record<'always' | 'without_kms_key', Readonly<Record<string, string>>>>;

const skipped = parse(readFileSync(path.join(root, 'infra', 'checkov.yml'), 'utf8')) as Skipped;

const folder = mkdtempSync(path.join(tmpdir(), 'sekisho-templates-'));
const failed: string[] = [];
try {
  const templates: { readonly file: string; readonly hasKey: boolean }[] = [];
  for (const file of readdirSync(configurations)) {
    const config = path.join(configurations, file);
    const { folder: packaged } = await packageTemplate(config, path.join(folder, path.basename(file, '.yml')));
    const hasKey = readFileSync(config, 'utf8').includes('kms_key:');
    templates.push({ file: path.join(packaged, TEMPLATE), hasKey });
  }
  check(
    'cfn-lint',
    'every configuration',
    templates.map(({ file }) => file),
  );
  for (const hasKey of [true, false]) {
    const skips = Object.keys({ ...skipped.always, ...(hasKey ? {} : skipped.without_kms_key) }).join();
    const files = templates.filter((template) => template.hasKey === hasKey).map(({ file }) => file);
    const quietly = ['--framework', 'cloudformation', '--quiet', '--compact', '--skip-download'];
    check('checkov', `those ${hasKey ? 'with' : 'without'} a key`, [
      ...quietly,
      '--skip-check',
      skips,
      '--file',
      ...files,
    ]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed.length === 0 ? 0 : 1;

function check(tool: string, what: string, args: readonly string[]): void {
  const bin = path.join(root, '.cache', tool, process.platform === 'win32' ? 'Scripts' : 'bin', tool);
  if (!existsSync(bin)) {
    console.log(`${tool}: ${what}: skipped, as it is not installed`);
    return;
  }
  const { status, stdout, stderr } = spawnSync(bin, args, {
    encoding: 'utf8',
    env: { ...process.env, LOG_LEVEL: 'ERROR' },
  });
  if (status === 0) {
    console.log(`${tool}: ${what}: nothing found`);
    return;
  }
  failed.push(tool);
  console.log(`${tool}: ${what}:\n${stdout}${stderr}`);
}
