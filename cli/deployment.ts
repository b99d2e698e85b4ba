/** The deployment that a command is about: its stack, found by the configuration's name, stage and region. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { reasonOfError, isDenied } from '../shared/adapters/aws/call-errors.ts';
import { saidRegion } from '../shared/adapters/aws/region.ts';
import { findStack } from '../shared/adapters/aws/stack.ts';
import type { Stack } from '../shared/operations/check-stack.ts';
import { stackName as stackNameOf } from '../shared/operations/deployed-names.ts';
import { CommandFailure } from './exit.ts';
import type { Settings } from './settings.ts';

/** What every client of AWS is made with. */
export interface ClientOptions {
  readonly region?: string;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

/** The stack's name: `sekisho-prod`. */
export function stackName({ config }: Settings): string {
  return stackNameOf(config.deployment);
}

/** The configuration's region, else that of the environment or the profile; a person waits, but not for ever. */
export function clientOptions({ config }: Settings): ClientOptions {
  const region = saidRegion(config.deployment);
  return {
    ...(region === undefined ? {} : { region }),
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
}

/** The stack, undefined where there is none, and the region that was looked in; fails where AWS does not tell. */
export async function lookForStack(
  settings: Settings,
): Promise<{ readonly stack: Stack | undefined; readonly region: string }> {
  const client = new CloudFormationClient(clientOptions(settings));
  const name = stackName(settings);
  try {
    return { stack: await findStack(client, name), region: await client.config.region() };
  } catch (error) {
    const allow = isDenied(error) ? '; allow `cloudformation:DescribeStacks` to whoever runs this' : '';
    throw new CommandFailure([`cannot look for the stack \`${name}\`: ${reasonOfError(error)}${allow}`]);
  } finally {
    client.destroy();
  }
}

/** The stack; fails where there is none. */
export async function requireStack(settings: Settings): Promise<Stack> {
  const { stack, region } = await lookForStack(settings);
  if (stack !== undefined) return stack;
  throw new CommandFailure([
    `there is no stack \`${stackName(settings)}\` in ${region}: deploy it with \`npx osls deploy\`, or name the configuration of another with \`--config\``,
  ]);
}

/** One of the stack's outputs; fails where it lacks it. */
export function outputOf({ name, outputs }: Stack, output: string): string {
  const value = outputs[output];
  if (value !== undefined && value !== '') return value;
  throw new CommandFailure([
    `the stack \`${name}\` has no output \`${output}\`: deploy it with this version (\`npx osls deploy\`)`,
  ]);
}
