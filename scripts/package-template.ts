/** Packages the deployment as `osls package` does, on a copy of the tree, without credentials, home or network. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a deployment is made from. */
const PARTS = ['serverless.yml', 'package.json', 'tsconfig.json', 'cli', 'functions', 'infra', 'rules', 'shared'];

const root = path.resolve(import.meta.dirname, '..');

/** What packaging left behind. */
export interface Packaged {
  /** Where the zips and the templates lie. */
  readonly folder: string;
  readonly template: PackagedTemplate;
}

/** A CloudFormation template as JSON. */
export interface PackagedTemplate {
  readonly Resources: Readonly<Record<string, PackagedResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** A resource of one. */
export interface PackagedResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
}

/** The template's file in a package, as CloudFormation gets it. */
export const TEMPLATE = 'cloudformation-template-update-stack.json';

/** Packages with the sekisho.yml at `config` into `folder`; throws what osls says where it fails. */
export async function packageTemplate(config: string, folder: string): Promise<Packaged> {
  const copy = mkdtempSync(path.join(tmpdir(), 'sekisho-package-'));
  try {
    for (const part of PARTS) cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    await osls(copy, { HOME: copy, SEKISHO_CONFIG: path.resolve(config) }, [
      'package',
      '--package',
      path.resolve(folder),
    ]);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return { folder, template: JSON.parse(readFileSync(path.join(folder, TEMPLATE), 'utf8')) as PackagedTemplate };
}

async function osls(cwd: string, env: Readonly<Record<string, string>>, args: readonly string[]): Promise<void> {
  const program = path.join(root, 'node_modules', 'osls', 'bin', 'serverless.js');
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { PATH: process.env['PATH'], ...env } });
  child.stdin.end();
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await new Promise((resolve, reject) => void child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(said);
}
