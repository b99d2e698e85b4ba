/** When objects move to cheaper storage, and when they go. */
import type { StorageConfig } from '../shared/config/config.ts';

/** A rule of a bucket's lifecycle. */
export interface LifecycleRule {
  readonly Id: string;
  readonly Status: 'Enabled';
  readonly Prefix?: string;
  readonly [property: string]: unknown;
}

/** S3's storage classes by the configuration's names, cheaper and cheaper; the configuration's days are checked where it is read. */
const TIERS = [
  ['infrequentAccess', 'STANDARD_IA'],
  ['glacierInstantRetrieval', 'GLACIER_IR'],
  ['glacierFlexibleRetrieval', 'GLACIER'],
  ['deepArchive', 'DEEP_ARCHIVE'],
] as const;

/** What becomes of objects under `prefix` that stay for good, as the configuration has it; nothing where it has nothing. */
export function tieredRules(id: string, prefix: string, storage: StorageConfig): readonly LifecycleRule[] {
  const { tiers, expireAfter } = storage;
  const transitions = TIERS.filter(([tier]) => tiers[tier] > 0).map(([tier, storageClass]) => ({
    StorageClass: storageClass,
    TransitionInDays: tiers[tier],
  }));
  if (transitions.length === 0 && expireAfter === undefined) return [];
  return [
    {
      Id: id,
      Status: 'Enabled',
      Prefix: prefix,
      ...(transitions.length === 0 ? {} : { Transitions: transitions }),
      ...(expireAfter === undefined ? {} : { ExpirationInDays: expireAfter }),
    },
  ];
}

/** What is under `prefix` goes after some days. */
export function expiryRule(id: string, prefix: string, days: number): LifecycleRule {
  return { Id: id, Status: 'Enabled', Prefix: prefix, ExpirationInDays: days };
}

/** Uploads that were never finished are billed like objects, and seen by nobody. */
export const UNFINISHED_UPLOADS: LifecycleRule = {
  Id: 'unfinished-uploads',
  Status: 'Enabled',
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
};

/** Rules of one bucket. Objects under 128 KB are never moved: a cheaper class bills each as 128 KB, and the move itself. */
export function lifecycle(rules: readonly LifecycleRule[]): object {
  return { TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K', Rules: rules };
}
