/** Packages and deploys the pipeline as a user would, into an emulator. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a deployment is made from. */
const PARTS = ['serverless.yml', 'package.json', 'tsconfig.json', 'functions', 'infra', 'rules', 'shared'];

/** The outputs of a stack, by name. */
export type Outputs = Readonly<Record<string, string>>;

/**
 * Runs `osls deploy` with this sekisho.yml on a copy of the tree, so that nothing is left behind in it.
 *
 * @param env what makes a client talk to the emulator
 */
export async function deploy(stack: string, sekisho: string, env: Readonly<Record<string, string>>): Promise<Outputs> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sekisho-deploy-'));
  try {
    await Promise.all(PARTS.map((part) => cp(path.resolve(part), path.join(folder, part), { recursive: true })));
    await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
    await mkdir(path.join(folder, 'own'));
    await writeFile(path.join(folder, 'own', 'sekisho.yml'), sekisho);
    await run([path.resolve('node_modules/osls/bin/serverless.js'), 'deploy'], folder, {
      ...env,
      SEKISHO_CONFIG: path.join(folder, 'own', 'sekisho.yml'),
      HOME: folder,
      SLS_AWS_MONITORING_FREQUENCY: '200',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const client = new CloudFormationClient({ endpoint: env['AWS_ENDPOINT_URL']! });
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
  return Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!]),
  );
}

async function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: 'pipe' });
  child.stdin.end();
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await new Promise((resolve, reject) => void child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`osls deploy ended with ${String(code)}:\n${said}`);
}
