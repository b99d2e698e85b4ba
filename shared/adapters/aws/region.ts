/** The Region that commands and deployments are about: sekisho.yml, the environment and the profile may say it. */
import type { DeploymentConfig } from '../../config/config.ts';

/** The Region that the configuration or, without one there, the environment says, in the order of the AWS CLI. */
export function saidRegion(
  { region }: Partial<Pick<DeploymentConfig, 'region'>> = {},
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const said = [region, environment['AWS_REGION'], environment['AWS_DEFAULT_REGION']];
  return said.find((each) => each !== undefined && each !== '');
}

/** The Region that the profile says; undefined where it says none, or there is no such profile. */
export async function regionOfProfile(profile?: string): Promise<string | undefined> {
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(profile === undefined ? {} : { profile });
  try {
    return await client.config.region();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
