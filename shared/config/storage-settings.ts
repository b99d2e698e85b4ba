/** `storage`: the lake on AWS, and how its objects grow cheaper with age. */
import { z } from 'zod';
import { complain, type Complaint } from './complaint.ts';
import { DEFAULT_CONFIG, type DeploymentConfig, type StorageConfig } from './config.ts';
import { bucketName, days, daysOrNever } from './values.ts';

const tiers = z.strictObject({
  infrequent_access: daysOrNever
    .optional()
    .describe('Age at which compacted records move to Standard-IA.')
    .meta({ default: '30d' }),
  glacier_instant_retrieval: daysOrNever
    .optional()
    .describe('Age at which they move to Glacier Instant Retrieval, the cheapest class that queries can read.')
    .meta({ default: '90d' }),
  glacier_flexible_retrieval: daysOrNever
    .optional()
    .describe(
      'Age at which they move to Glacier Flexible Retrieval. Queries skip what lies there until it is restored.',
    )
    .meta({ default: 'never' }),
  deep_archive: daysOrNever
    .optional()
    .describe('Age at which they move to Glacier Deep Archive. Queries skip what lies there until it is restored.')
    .meta({ default: 'never' }),
});

/** The settings of the lake. */
export const storageSettings = z
  .strictObject({
    bucket: bucketName.optional().describe("The lake's bucket. Without it, CloudFormation makes up a name."),
    kms_key: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
        "write the key's ARN, such as `arn:aws:kms:ap-northeast-1:111122223333:key/…`: permissions can't name an alias",
      )
      .optional()
      .describe('ARN of a KMS key that encrypts everything at rest. Without it, keys that AWS owns do.'),
    versioning: z
      .boolean()
      .optional()
      .describe("Whether the lake's bucket keeps versions of what is overwritten or deleted.")
      .meta({ default: false }),
    tiers: tiers.optional().describe('Ages at which compacted records move to cheaper storage classes.'),
    expire_after: daysOrNever
      .optional()
      .describe('Age at which compacted records are deleted.')
      .meta({ default: 'never', examples: ['7y'] }),
    query_results: days
      .optional()
      .describe("Days after which results of Athena's queries are deleted.")
      .meta({ default: '7d' }),
  })
  .describe('How the lake on AWS is kept.');

type StorageSettings = z.output<typeof storageSettings>;
type TierKey = keyof NonNullable<StorageSettings['tiers']>;

/** A storage class: the least age at which S3 lets objects in, and the days it bills at least for each. */
interface Tier {
  readonly key: TierKey;
  readonly name: string;
  readonly earliest: number;
  readonly stay: number;
}

/**
 * The classes, cheaper and cheaper. Source: Amazon S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle"
 * and "Understanding and managing Amazon S3 storage classes".
 */
const TIERS: readonly Tier[] = [
  { key: 'infrequent_access', name: 'Standard-IA', earliest: 30, stay: 30 },
  { key: 'glacier_instant_retrieval', name: 'Glacier Instant Retrieval', earliest: 1, stay: 90 },
  { key: 'glacier_flexible_retrieval', name: 'Glacier Flexible Retrieval', earliest: 1, stay: 90 },
  { key: 'deep_archive', name: 'Glacier Deep Archive', earliest: 1, stay: 180 },
];

/** The settings as the program takes them. */
export function toStorage(read: StorageSettings = {}): StorageConfig {
  const standard = DEFAULT_CONFIG.storage;
  return {
    bucket: read.bucket,
    kmsKey: read.kms_key,
    versioning: read.versioning ?? standard.versioning,
    tiers: toTiers(read),
    expireAfter: read.expire_after,
    queryResults: read.query_results ?? standard.queryResults,
  };
}

/** What is said holds; of the default tiers those that leave room for it, and that pay before the objects expire. */
function toTiers({ tiers: read = {}, expire_after: end = Infinity }: StorageSettings): StorageConfig['tiers'] {
  const standard = DEFAULT_CONFIG.storage.tiers;
  const flexible = read.glacier_flexible_retrieval;
  const deep = read.deep_archive;
  const cold = Math.min(flexible ?? Infinity, deep ?? Infinity, end);
  const unlessSaid = (key: TierKey, age: number, stay: number, next: number): number => {
    if (key in read) return read[key] ?? 0;
    return age + stay <= next ? age : 0;
  };
  const instantSaid = read.glacier_instant_retrieval;
  const infrequent = unlessSaid(
    'infrequent_access',
    standard.infrequentAccess,
    30,
    Math.min(instantSaid ?? Infinity, cold),
  );
  const instantAge = Math.max(standard.glacierInstantRetrieval, infrequent === 0 ? 0 : infrequent + 30);
  return {
    infrequentAccess: infrequent,
    glacierInstantRetrieval: unlessSaid('glacier_instant_retrieval', instantAge, 90, cold),
    glacierFlexibleRetrieval: flexible ?? 0,
    deepArchive: deep ?? 0,
  };
}

/** What is wrong with the settings: S3 refuses it, or bills more than it saves. */
export function checkStorage(read: StorageSettings = {}, { region }: DeploymentConfig): readonly Complaint[] {
  const said = TIERS.flatMap((tier) => {
    const age = read.tiers?.[tier.key];
    return age === undefined ? [] : [{ tier, age }];
  });
  const found: Complaint[] = [];
  const home = read.kms_key?.split(':')[3];
  if (region !== undefined && home !== undefined && home !== region) {
    found.push(
      complain(
        ['storage', 'kms_key'],
        `the key is in ${home} and the deployment in ${region}: name a key of ${region}`,
      ),
    );
  }
  for (const [index, { tier, age }] of said.entries()) {
    const at = ['storage', 'tiers', tier.key];
    const before = said[index - 1];
    if (age < tier.earliest) {
      found.push(
        complain(
          at,
          `S3 moves nothing to ${tier.name} before it is ${tier.earliest} days old: write \`${tier.earliest}d\` or more, or \`never\``,
        ),
      );
    } else if (before !== undefined && age < before.age + before.tier.stay) {
      found.push(
        complain(
          at,
          `S3 bills ${before.tier.stay} days of ${before.tier.name}, where objects go at ${before.age} days (\`${before.tier.key}\`): write \`${before.age + before.tier.stay}d\` or more, or \`${before.tier.key}: never\``,
        ),
      );
    }
  }
  const last = said.at(-1);
  const end = read.expire_after;
  if (last !== undefined && end !== undefined && end < last.age + last.tier.stay) {
    found.push(
      complain(
        ['storage', 'expire_after'],
        `S3 bills ${last.tier.stay} days of ${last.tier.name}, where objects go at ${last.age} days (\`tiers.${last.tier.key}\`): write \`${last.age + last.tier.stay}d\` or more, or \`${last.tier.key}: never\``,
      ),
    );
  }
  return found;
}
