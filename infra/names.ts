/** What AWS calls the parts of a deployment whose names have to be known before they are there. */
import type { DeploymentConfig } from '../shared/config/config.ts';

/** The functions, as serverless.yml and the logical ids write them. */
export const FUNCTIONS = ['Detect', 'Archive', 'Collect', 'Windows', 'Notify', 'Rules'] as const;

/** One of the functions. */
export type FunctionName = (typeof FUNCTIONS)[number];

/** The stack: `sekisho-prod`. */
export function stackName({ name, stage }: DeploymentConfig): string {
  return `${name}-${stage}`;
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
