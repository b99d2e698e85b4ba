/** The Region of a deployment: said somewhere, or nothing is deployed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { regionOf, type Call } from '../../infra/region.ts';
import { DEFAULT_CONFIG, type DeploymentConfig } from '../../shared/config/config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let home: string;

beforeEach(async () => {
  home = await temporaryFolder();
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'credentials'));
});
afterEach(() => vi.unstubAllEnvs());

const withProfiles = async (): Promise<void> => {
  await mkdir(home, { recursive: true });
  await writeFile(
    join(home, 'config'),
    '[default]\nregion = ap-northeast-1\n[profile other]\nregion = eu-west-3\n[profile none]\noutput = json\n',
  );
};

async function ask(
  deployment: Partial<DeploymentConfig> = {},
  options: Call['options'] = {},
  command = 'deploy',
): Promise<{ readonly region: string; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const region = await regionOf({ ...DEFAULT_CONFIG.deployment, ...deployment }, { command, options, warn });
  return { region, warnings };
}

test('is said by sekisho.yml, the environment or the profile, in this order', async () => {
  await withProfiles();
  expect(await ask()).toEqual({ region: 'ap-northeast-1', warnings: [] });
  const nothing = { stage: null, region: null, 'aws-profile': null };
  expect(await ask({ region: 'us-west-2' }, nothing)).toEqual({ region: 'us-west-2', warnings: [] });
  expect(await ask({}, { 'aws-profile': 'other' })).toMatchObject({ region: 'eu-west-3' });
  vi.stubEnv('AWS_PROFILE', 'other');
  expect(await ask()).toMatchObject({ region: 'eu-west-3' });
  vi.stubEnv('AWS_DEFAULT_REGION', 'eu-north-1');
  expect(await ask()).toMatchObject({ region: 'eu-north-1' });
  vi.stubEnv('AWS_REGION', 'sa-east-1');
  expect(await ask()).toMatchObject({ region: 'sa-east-1' });
  expect(await ask({}, { region: 'us-west-1' })).toMatchObject({ region: 'us-west-1' });
  expect(await ask({ region: 'us-west-2' })).toMatchObject({ region: 'us-west-2' });
});

test('is none by itself: deploying takes one, and packaging says so', async () => {
  const missing = /nothing says in which Region this is to run: write `deployment: \{ region: ap-northeast-1 \}`/;
  for (const command of ['deploy', 'remove', 'info']) await expect(ask({}, {}, command)).rejects.toThrow(missing);
  await withProfiles();
  await expect(ask({}, { 'aws-profile': 'none' })).rejects.toThrow(missing);
  await expect(ask({}, { 'aws-profile': 'nobody' })).rejects.toThrow(missing);
  const { warnings } = await ask({}, { 'aws-profile': 'none' }, 'package');
  expect(warnings).toEqual([expect.stringContaining('this package fits any')]);
});

test.each(['stage', 'region'] as const)('--%s may not say otherwise than sekisho.yml', async (name) => {
  const deployment = { region: 'eu-west-1' };
  await expect(ask(deployment, { [name]: 'eu-west-9' })).rejects.toThrow(
    new RegExp(`^--${name} is \`eu-west-9\`, and \`deployment\\.${name}\` is \`(eu-west-1|prod)\``),
  );
  expect(await ask(deployment, { stage: 'prod', region: 'eu-west-1' })).toMatchObject({ region: 'eu-west-1' });
});
