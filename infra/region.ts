/** Where a deployment goes, and what else of it osls's command line could say otherwise than sekisho.yml. */
import { regionOfProfile, saidRegion } from '../shared/adapters/aws/region.ts';
import type { DeploymentConfig } from '../shared/config/config.ts';

/** How osls was called. */
export interface Call {
  /** `deploy`, `package`, … */
  readonly command: string | undefined;
  /** Those that are not given are null. */
  readonly options: Readonly<Partial<Record<'stage' | 'region' | 'aws-profile', string | null>>>;
  readonly warn: (message: string) => void;
}

/** osls takes nothing else for a template that is not deployed yet; nothing in that depends on it. */
const ANY_REGION = 'us-east-1';

/** Commands that ask AWS nothing. */
const OFFLINE = new Set<string | undefined>(['package', 'print']);

/** The Region to deploy to; throws where nothing says it, and where the command line contradicts sekisho.yml. */
export async function regionOf(deployment: DeploymentConfig, { command, options, warn }: Call): Promise<string> {
  for (const name of ['stage', 'region'] as const) {
    const written = deployment[name];
    const given = options[name] ?? undefined;
    if (given === undefined || written === undefined || given === written) continue;
    throw new Error(
      `--${name} is \`${given}\`, and \`deployment.${name}\` is \`${written}\`, by which all is named and found: change that, or name another configuration with \`SEKISHO_CONFIG\``,
    );
  }
  const region =
    options.region ?? saidRegion(deployment) ?? (await regionOfProfile(options['aws-profile'] ?? undefined));
  if (region !== undefined) return region;
  if (!OFFLINE.has(command)) {
    throw new Error(
      'nothing says in which Region this is to run: write `deployment: { region: ap-northeast-1 }` in sekisho.yml, or set `AWS_REGION`',
    );
  }
  warn('nothing says in which Region this is to run: this package fits any, and deploying takes `deployment.region`');
  return ANY_REGION;
}
