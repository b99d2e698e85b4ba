/** Functions, and what Lambda allows the account. */
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import type { AccountConcurrency, FunctionState } from '../../operations/check-functions.ts';
import type { Observed } from '../../operations/finding.ts';
import { observe } from './call-errors.ts';

/** Looks at a function; undefined where there is none of the name. */
export async function lookAtFunction(client: LambdaClient, name: string): Promise<Observed<FunctionState | undefined>> {
  const [configured, concurrency] = await Promise.all([
    observe('lambda:GetFunctionConfiguration', () =>
      client.send(new GetFunctionConfigurationCommand({ FunctionName: name })).catch(unlessMissing),
    ),
    observe('lambda:GetFunctionConcurrency', () =>
      client.send(new GetFunctionConcurrencyCommand({ FunctionName: name })).catch(unlessMissing),
    ),
  ]);
  if (configured.kind === 'hidden') return configured;
  if (configured.value === undefined) return { kind: 'seen', value: undefined };
  if (concurrency.kind === 'hidden') return concurrency;
  const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason, VpcConfig } = configured.value;
  const vpc = VpcConfig?.VpcId;
  return {
    kind: 'seen',
    value: {
      state: State,
      stateReason: StateReason ?? LastUpdateStatusReason,
      lastUpdate: LastUpdateStatus,
      reservedConcurrency: concurrency.value?.ReservedConcurrentExecutions,
      vpc: vpc === '' ? undefined : vpc,
      subnets: VpcConfig?.SubnetIds ?? [],
    },
  };
}

/** Looks at what Lambda allows the account. */
export function lookAtConcurrency(client: LambdaClient): Promise<Observed<AccountConcurrency>> {
  return observe('lambda:GetAccountSettings', async () => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.ConcurrentExecutions ?? 0;
    return { limit, unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? limit };
  });
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
  throw error;
}
