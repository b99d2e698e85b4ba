/** Sources that are readable one by one, and do not go together. */
import { complain, type Complaint } from './complaint.ts';
import type { DeploymentConfig } from './config.ts';
import { isTransitGateway, withSlash, type SourceSettings } from './source-settings.ts';

type LogGroup = Extract<SourceSettings[number], { log_group: string }>;
type Bucket = Extract<SourceSettings[number], { bucket: string }>;

/** What is wrong with the sources; `lake` is the lake's bucket, where it has a name. */
export function checkSources(
  sources: SourceSettings,
  deployment: DeploymentConfig,
  lake: string | undefined,
): readonly Complaint[] {
  return sources.flatMap((source, index) => {
    const at = (...path: PropertyKey[]): PropertyKey[] => ['sources', index, ...path];
    const before = sources.slice(0, index);
    return 'log_group' in source
      ? checkLogGroup(source, before, deployment, at)
      : checkBucket(source, before, lake, at);
  });
}

type At = (...path: PropertyKey[]) => PropertyKey[];

function checkLogGroup(
  { log_group: name, format, create }: LogGroup,
  before: SourceSettings,
  deployment: DeploymentConfig,
  at: At,
): readonly Complaint[] {
  const found: Complaint[] = [];
  const own = `/aws/lambda/${deployment.name}-${deployment.stage}-`;
  if (before.some((other) => 'log_group' in other && other.log_group === name)) {
    found.push(complain(at('log_group'), `\`${name}\` is named twice: name it once, and write its formats as a list`));
  }
  if (name.startsWith(own) && !name.endsWith('*')) {
    found.push(
      complain(
        at('log_group'),
        `\`${name}\` belongs to the deployment's own functions: what they write would call them again, for ever; name the flow logs' group`,
      ),
    );
  }
  if (create === undefined) {
    if (format === undefined) {
      found.push(
        complain(
          at('format'),
          'it is missing: write `default`, or the `LogFormat` that `aws ec2 describe-flow-logs` prints for this group',
        ),
      );
    }
    return found;
  }
  if (name.endsWith('*')) {
    found.push(
      complain(at('log_group'), 'what the deployment is to create needs its whole name: write it without `*`'),
    );
  }
  if (Array.isArray(format) && format.length > 1) {
    found.push(complain(at('format'), 'a flow log is created with one format, and these are several: leave one'));
  }
  return isTransitGateway(create.resource) ? [...found, ...checkTransitGateway(create, at)] : found;
}

/** Source: Transit Gateway guide, "Create and manage flow logs using APIs or the CLI". */
function checkTransitGateway({ traffic, aggregation }: NonNullable<LogGroup['create']>, at: At): readonly Complaint[] {
  const found: Complaint[] = [];
  if (aggregation === 600) {
    found.push(
      complain(
        at('create', 'aggregation'),
        'flow logs of transit gateways know 60 seconds alone: write `60`, or leave it out',
      ),
    );
  }
  if (traffic !== undefined && traffic !== 'all') {
    found.push(
      complain(
        at('create', 'traffic'),
        'flow logs of transit gateways do not tell accepted from refused traffic: write `all`, or leave it out',
      ),
    );
  }
  return found;
}

function checkBucket(source: Bucket, before: SourceSettings, lake: string | undefined, at: At): readonly Complaint[] {
  const { bucket, prefix = '', archive, layout, partition } = source;
  const found: Complaint[] = [];
  if (bucket === lake) {
    found.push(
      complain(
        at('bucket'),
        `\`${bucket}\` is the lake (\`storage.bucket\`): what is written there would be read again, for ever; keep them apart`,
      ),
    );
  }
  if (prefix.startsWith('/') || /(^|\/)AWSLogs(\/|$)/.test(prefix)) {
    found.push(
      complain(
        at('prefix'),
        'write what comes before `AWSLogs/` in the keys, without a slash at its beginning, such as `logs/`',
      ),
    );
  }
  const others = before.filter((other): other is Bucket => 'bucket' in other && other.bucket === bucket);
  const near = others.find((other) => overlap(withSlash(prefix), withSlash(other.prefix ?? '')));
  if (near !== undefined) {
    found.push(
      complain(
        at('bucket'),
        `\`${bucket}/${prefix}\` overlaps \`${bucket}/${near.prefix ?? ''}\`: its objects would be read twice; leave one, or give both a \`prefix\` of their own`,
      ),
    );
  } else if (others.some(({ create }) => create === true || source.create === true)) {
    found.push(
      complain(
        at('bucket'),
        `\`${bucket}\` is created here, and named twice: name a bucket once that the deployment creates`,
      ),
    );
  }
  if (archive === false) {
    const missing = [layout === undefined ? '`layout`' : [], partition === undefined ? '`partition`' : []].flat();
    if (missing.length > 0) {
      found.push(
        complain(
          at('archive'),
          `\`archive: false\` needs ${missing.join(' and ')} too: queries find the objects by their folders (\`layout\`: \`plain\` or \`hive\`, \`partition\`: \`hourly\` or \`daily\`, as the flow log was created)`,
        ),
      );
    }
  }
  return found;
}

function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}
