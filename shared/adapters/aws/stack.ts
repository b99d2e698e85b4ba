/** The stack of a deployment, as CloudFormation tells of it. */
import { DescribeStacksCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Stack } from '../../operations/check-stack.ts';

/** The stack of a name; undefined where there is none. */
export async function findStack(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  const answer = await client.send(new DescribeStacksCommand({ StackName: name })).catch((error: unknown) => {
    // CloudFormation's word for a stack that it does not know
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return undefined;
    throw error;
  });
  const stack = answer?.Stacks?.find(
    ({ StackName, StackStatus }) => StackName === name && StackStatus !== 'DELETE_COMPLETE',
  );
  if (stack === undefined) return undefined;
  const [, partition = 'aws', , region = '', account = ''] = stack.StackId?.split(':') ?? [];
  const outputs = stack.Outputs ?? [];
  return {
    name,
    status: stack.StackStatus ?? 'unknown',
    reason: stack.StackStatusReason,
    partition,
    account,
    region,
    changed: stack.LastUpdatedTime ?? stack.CreationTime ?? new Date(0),
    outputs: Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? ''])),
  };
}
