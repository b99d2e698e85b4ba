/** SQL over the lake of a deployment, through Athena. */
import type { Stack } from '../../shared/operations/check-stack.ts';
import type { QueryEngine } from '../../shared/ports.ts';
import { outputOf } from '../deployment.ts';
import { CommandFailure } from '../exit.ts';
import type { Settings } from '../settings.ts';

/** Opens the deployment's workgroup and database; to be closed. */
export async function openDeployedLake(settings: Settings, stack: Stack): Promise<QueryEngine> {
  throw new CommandFailure([`${outputOf(stack, 'Workgroup')} ${String(settings.folder)} can't be asked yet`]);
}
