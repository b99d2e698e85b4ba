/**
 * Tables over the buckets whose Parquet stays what is queried (`archive: false`).
 *
 * Accounts are listed as far as they are known; regions are not, so a query has to say which it means: a table that left
 * one out would hide its records without a word.
 *
 * Source: Amazon VPC User Guide, "Flow log files"; Amazon Athena User Guide, "Partition projection".
 */
import { createHash } from 'node:crypto';
import type { BucketSource } from '../shared/config/config.ts';
import { lakeColumns } from '../shared/lake/schema.ts';
import { GLUE_TYPE, type GlueColumn } from '../shared/query/athena-tables.ts';
import type { Deployment } from './deployment.ts';
import { logicalId, onlyOnce, sub, type Resource } from './fragment.ts';
import { glueTable } from './glue-table.ts';

/**
 * A table a source. Its name, as its logical id, follows from bucket and prefix alone: CloudFormation makes the new one
 * before it removes the old, and could do neither if a name went from one id to another.
 */
export function sourceTables({ config }: Deployment): Readonly<Record<string, Resource>> {
  const found = config.sources.filter((source): source is BucketSource => source.kind === 'bucket' && !source.archive);
  return onlyOnce(
    found.map((source) => [
      logicalId('SourceTable', `${source.bucket}/${source.prefix}`),
      sourceTable(sourceTableName(source), source, config.members),
    ]),
  );
}

/** Names that stay apart with `_` in place of `-` and `__` in place of `/`. */
const PLAIN = /^[a-z0-9]+(-[a-z0-9]+)*\/([a-z0-9]+(-[a-z0-9]+)*\/)*$/;

/** Glue takes 255 characters. */
const LONGEST = 128;

/** What a source's table is called: `source_` and the words of its bucket and prefix, which a hash tells apart where they alone do not. */
function sourceTableName({ bucket, prefix }: BucketSource): string {
  const place = `${bucket}/${prefix}`;
  const words = place.toLowerCase().split('/').filter((part) => part !== '').map((part) => part.replaceAll(/[^a-z0-9]+/g, '_')); // prettier-ignore
  const name = ['source', words.join('__')].join('_');
  if (PLAIN.test(place) && name.length <= LONGEST) return name;
  return `${name.slice(0, LONGEST)}_${createHash('sha256').update(place).digest('hex').slice(0, 8)}`;
}

function sourceTable(name: string, source: BucketSource, members: Deployment['config']['members']): Resource {
  const { bucket, prefix, layout, partition } = source;
  const root = `s3://${bucket}/${prefix}AWSLogs/`;
  const folders = FOLDERS[layout](partition === 'hourly');
  return glueTable({
    name,
    description: `flow logs in s3://${bucket}/${prefix}, as AWS delivers them; say \`aws_region\` in every query`,
    location: root,
    format: 'parquet',
    columns: lakeColumns('vpc').flatMap(({ name: column, type, added }) =>
      added ? [] : { name: column, type: GLUE_TYPE[type] },
    ),
    partitionKeys: [...texts('aws_account_id', 'aws_region'), ...folders.keys],
    projection: {
      ...accountProjection(members),
      'projection.aws_region.type': 'injected',
      ...folders.projection,
      'storage.location.template': `${root}${folders.template}`,
    },
  });
}

/** An organization's accounts come and go: which one is meant has to be said. */
function accountProjection({
  organization,
  accounts,
}: Deployment['config']['members']): Readonly<Record<string, unknown>> {
  const key = 'projection.aws_account_id';
  if (organization !== undefined) return { [`${key}.type`]: 'injected' };
  const others = accounts.map((account) => `,${account}`).join('');
  return { [`${key}.type`]: 'enum', [`${key}.values`]: sub(`\${AWS::AccountId}${others}`) };
}

interface Folders {
  readonly keys: readonly GlueColumn[];
  readonly projection: Readonly<Record<string, string>>;
  readonly template: string;
}

const FOLDERS: Readonly<Record<BucketSource['layout'], (isHourly: boolean) => Folders>> = {
  plain: (isHourly) => {
    const [name, format, first] = isHourly
      ? ['hour', 'yyyy/MM/dd/HH', '2024/01/01/00']
      : ['day', 'yyyy/MM/dd', '2024/01/01'];
    const unit = isHourly ? 'HOURS' : 'DAYS';
    return {
      keys: texts(name),
      projection: {
        [`projection.${name}.type`]: 'date',
        [`projection.${name}.format`]: format,
        [`projection.${name}.range`]: `${first},NOW`,
        [`projection.${name}.interval`]: '1',
        [`projection.${name}.interval.unit`]: unit,
      },
      template: `\${aws_account_id}/vpcflowlogs/\${aws_region}/\${${name}}/`,
    };
  },
  hive: (isHourly) => {
    const keys = ['year', 'month', 'day', ...(isHourly ? ['hour'] : [])];
    const ranges: Readonly<Record<string, string>> = { year: '2024,2099', month: '01,12', day: '01,31', hour: '00,23' };
    return {
      keys: texts(...keys),
      projection: Object.fromEntries(
        keys.flatMap((key) => [
          [`projection.${key}.type`, 'integer'],
          [`projection.${key}.range`, ranges[key]!],
          ...(key === 'year' ? [] : [[`projection.${key}.digits`, '2']]),
        ]),
      ) as Readonly<Record<string, string>>,
      template:
        'aws-account-id=${aws_account_id}/aws-service=vpcflowlogs/aws-region=${aws_region}/' +
        keys.map((key) => `${key}=\${${key}}/`).join(''),
    };
  },
};

function texts(...names: readonly string[]): readonly GlueColumn[] {
  return names.map((name) => ({ name, type: 'string' }));
}
