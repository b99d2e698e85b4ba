/** Packages and deploys the pipeline as a user would, into an emulator. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a deployment is made from. */
const PARTS = ['serverless.yml', 'package.json', 'tsconfig.json', 'cli', 'functions', 'infra', 'rules', 'shared'];

/** The outputs of a stack, by name. */
export type Outputs = Readonly<Record<string, string>>;

/**
 * Runs `osls deploy` with this sekisho.yml on a copy of the tree, so that nothing is left behind in it.
 *
 * @param env what makes a client talk to the emulator
 * @param more files beside sekisho.yml that it names
 */
export async function deploy(
  stack: string,
  sekisho: string,
  env: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Promise<Outputs> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sekisho-deploy-'));
  try {
    await Promise.all(PARTS.map((part) => cp(path.resolve(part), path.join(folder, part), { recursive: true })));
    await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
    await mkdir(path.join(folder, 'own'));
    for (const [name, text] of Object.entries({ ...more, 'sekisho.yml': sekisho })) {
      await writeFile(path.join(folder, 'own', name), text);
    }
    const osls = (command: string): Promise<void> =>
      run([path.resolve('node_modules/osls/bin/serverless.js'), command, '--package', 'packaged'], folder, {
        ...env,
        SEKISHO_CONFIG: path.join(folder, 'own', 'sekisho.yml'),
        HOME: folder,
        SLS_AWS_MONITORING_FREQUENCY: '200',
      });
    await osls('package');
    await dropUnknown(path.join(folder, 'packaged', 'serverless-state.json'));
    await osls('deploy');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const client = new CloudFormationClient(clientOf(env));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
  return Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!]),
  );
}

/** Takes out of what was packaged what the emulator refuses: alarms over more than one metric. */
async function dropUnknown(file: string): Promise<void> {
  const state = JSON.parse(await readFile(file, 'utf8')) as PackagedState;
  const { Resources } = state.service.provider.compiledCloudFormationTemplate;
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    if (Type === 'AWS::CloudWatch::Alarm' && Properties?.['Metrics'] !== undefined) delete Resources[id];
  }
  await writeFile(file, JSON.stringify(state));
}

interface PackagedState {
  readonly service: {
    readonly provider: {
      readonly compiledCloudFormationTemplate: {
        readonly Resources: Record<
          string,
          { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }
        >;
      };
    };
  };
}

/** How clients are made that talk to an emulator. */
export function clientOf(env: Readonly<Record<string, string>>) {
  return {
    endpoint: env['AWS_ENDPOINT_URL']!,
    region: env['AWS_REGION']!,
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! },
    forcePathStyle: true,
  };
}

async function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: 'pipe' });
  child.stdin.end();
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await new Promise((resolve, reject) => void child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`osls deploy ended with ${String(code)}:\n${said}`);
}
