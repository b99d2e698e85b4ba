/** Flow logs that an account has already, offered as sources. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { formatString, parseFormat } from '../../shared/flow/format.ts';
import type { FlowLog } from '../../shared/operations/check-flow-logs.ts';
import type { SourceAnswer } from './answers.ts';

/** A place to which flow logs are written. */
export interface FoundSource {
  readonly label: string;
  /** Which flow logs write there, and how. */
  readonly hint: string;
  readonly source: SourceAnswer;
  /** True for a bucket that gets what a log group gets too: reading both counts traffic twice. */
  readonly isSecond: boolean;
}

/** What was found, or why nobody could look. */
export type Found =
  | { readonly kind: 'found'; readonly sources: readonly FoundSource[] }
  | { readonly kind: 'not-looked'; readonly reason: string };

/** Whether there is a hint of AWS credentials: without one, asking AWS would only take time. */
export function mayHaveCredentials(environment: NodeJS.ProcessEnv, home = homedir()): boolean {
  const told = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'];
  const container = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  if ([...told, ...container].some((name) => (environment[name] ?? '') !== '')) return true;
  return hasProfiles(environment, home);
}

/** Whether there are files in which profiles may stand. */
export function hasProfiles(environment: NodeJS.ProcessEnv = process.env, home = homedir()): boolean {
  const named = [environment['AWS_CONFIG_FILE'], environment['AWS_SHARED_CREDENTIALS_FILE']].flatMap(
    (file) => file ?? [],
  );
  return [...named, join(home, '.aws', 'credentials'), join(home, '.aws', 'config')].some((file) => existsSync(file));
}

/** Asks EC2 for the flow logs of a region; never throws, and never takes long. */
export async function findSources(region: string | undefined): Promise<Found> {
  const { EC2Client } = await import('@aws-sdk/client-ec2');
  const { lookAtFlowLogs } = await import('../../shared/adapters/aws/flow-logs.ts');
  const { reasonOfError } = await import('../../shared/adapters/aws/call-errors.ts');
  const client = new EC2Client({
    ...(region === undefined ? {} : { region }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 8000, throwOnRequestTimeout: true },
  });
  try {
    const seen = await lookAtFlowLogs(client);
    if (seen.kind === 'hidden') return { kind: 'not-looked', reason: seen.reason };
    return { kind: 'found', sources: sourcesOf(seen.value) };
  } catch (error) {
    return { kind: 'not-looked', reason: reasonOfError(error) };
  } finally {
    client.destroy();
  }
}

/** Flow logs by where they write to: those that share a place are one source. */
export function sourcesOf(flowLogs: readonly FlowLog[]): readonly FoundSource[] {
  const byPlace = Map.groupBy(flowLogs, ({ target }) => {
    if (target.kind === 'log-group') return target.name;
    return target.kind === 'bucket' ? `s3://${target.bucket}/${target.prefix}` : undefined;
  });
  const inGroups = new Set(
    flowLogs.filter(({ target }) => target.kind === 'log-group').map(({ resource }) => resource),
  );
  return [...byPlace].flatMap(([label, there]) => {
    const { target } = there[0]!;
    if (label === undefined || target.kind === 'other') return [];
    const formats = [...new Set(there.map(({ format }) => nameOfFormat(format)))];
    const source: SourceAnswer =
      target.kind === 'bucket'
        ? { kind: 'bucket', bucket: target.bucket, prefix: target.prefix }
        : { kind: 'log-group', logGroup: target.name, formats, create: undefined };
    const isSecond = target.kind === 'bucket' && there.every(({ resource }) => inGroups.has(resource));
    return [{ label, hint: `${hintOf(there, formats)}${isSecond ? ', in a log group too' : ''}`, source, isSecond }];
  });
}

const MOST_NAMED = 3;

function hintOf(flowLogs: readonly FlowLog[], formats: readonly string[]): string {
  const resources = [...new Set(flowLogs.map(({ resource }) => resource))];
  const more = resources.length - MOST_NAMED;
  const named = `${resources.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const failing = flowLogs.some(({ delivery }) => delivery === 'FAILED');
  return [
    named,
    formats.length > 1 ? `${formats.length} formats` : `${formats[0]!.includes(' ') ? 'its own' : formats[0]} format`,
    failing ? 'delivery fails' : [],
  ]
    .flat()
    .join(', ');
}

/** A format by its name where it has one, as that is easier to read. */
function nameOfFormat(written: string | undefined): string {
  if (written === undefined) return 'default';
  const format = parseFormat(written);
  if ('kind' in format) return written;
  const name = ['default', 'recommended', 'transit-gateway'].find((each) => {
    const known = parseFormat(each);
    return !('kind' in known) && known.text === format.text;
  });
  return name ?? formatString(format);
}
