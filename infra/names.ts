/** What AWS calls the parts of a deployment whose names have to be known before they are there. */
import type { DeploymentConfig } from '../shared/config/config.ts';
import { FUNCTIONS as DEPLOYED } from '../shared/operations/deployed-functions.ts';
import { stackName } from '../shared/operations/deployed-names.ts';

/** One of the functions, as logical ids have it; osls makes them of the names in serverless.yml. */
export type FunctionName = Capitalize<(typeof DEPLOYED)[number]>;

/** The functions. */
export const FUNCTIONS: readonly FunctionName[] = DEPLOYED.map(functionId);

/** A function's name as logical ids have it: `Detect`. */
export function functionId<T extends string>(name: T): Capitalize<T> {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}` as Capitalize<T>;
}

/** A function, as osls names it: `sekisho-prod-detect`. */
export function functionName(deployment: DeploymentConfig, name: FunctionName): string {
  return `${stackName(deployment)}-${name.toLowerCase()}`;
}

/** The log group of a function. */
export function functionLogGroup(deployment: DeploymentConfig, name: FunctionName): string {
  return `/aws/lambda/${functionName(deployment, name)}`;
}

/** The Glue database, whose name takes letters, digits and `_` only. */
export function databaseName({ name, stage }: DeploymentConfig): string {
  return `${name}_${stage}`.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
}

/** How the names begin that CloudFormation makes up for a bucket of this stack. */
export function madeUpBucketName(deployment: DeploymentConfig, logicalId: string): string {
  // CloudFormation shortens what comes before its own letters where all would be more than 63
  return `${`${stackName(deployment)}-${logicalId}`.toLowerCase().slice(0, 40)}*`;
}

/** What keeps a role within the boundary that the account's owner sets for all. */
export function withinBoundary({ permissionsBoundary }: DeploymentConfig): object {
  return permissionsBoundary === undefined ? {} : { PermissionsBoundary: permissionsBoundary };
}
