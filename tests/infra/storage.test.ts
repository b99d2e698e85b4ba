import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG, type StorageConfig } from '../../shared/config/config.ts';
import { ofType, resourcesWith, statementsOf, templateOfFile, type Properties } from './templates.ts';

const KEY = 'arn:aws:kms:ap-northeast-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef';

function withStorage(settings: Partial<StorageConfig>) {
  return resourcesWith({ storage: { ...DEFAULT_CONFIG.storage, ...settings } });
}

/** A bucket's lifecycle rules by their prefix; those of all keys under `*`. */
function rulesOf(resources: ReturnType<typeof withStorage>, bucket: string): Readonly<Record<string, Properties[]>> {
  const rules = resources[bucket]!.Properties['LifecycleConfiguration'].Rules as Properties[];
  expect(rules.every(({ Status }) => Status === 'Enabled')).toBe(true);
  return Object.groupBy(rules, ({ Prefix }) => (Prefix as string | undefined) ?? '*') as Record<string, Properties[]>;
}

describe('the lake', () => {
  test('moves compacted records to cheaper storage, and nothing that is smaller than it would be billed', () => {
    const resources = withStorage({});
    const rules = rulesOf(resources, 'Lake');
    const transitions = [
      { StorageClass: 'STANDARD_IA', TransitionInDays: 30 },
      { StorageClass: 'GLACIER_IR', TransitionInDays: 90 },
    ];
    for (const prefix of ['flows/compact/', 'tgw/compact/']) {
      expect(rules[prefix]).toHaveLength(1);
      expect(rules[prefix]![0]!['Transitions']).toEqual(transitions);
      expect(rules[prefix]![0]).not.toHaveProperty('ExpirationInDays');
    }
    expect(resources['Lake']!.Properties['LifecycleConfiguration'].TransitionDefaultMinimumObjectSize).toBe(
      'all_storage_classes_128K',
    );
  });

  test.each([{}, { expireAfter: 400 }, { versioning: true, expireAfter: 3650 }])(
    'neither deletes nor moves raw records, alerts, quarantine, ledger or state by age: %o',
    (settings) => {
      for (const [prefix, rules] of Object.entries(rulesOf(withStorage(settings), 'Lake'))) {
        if (['flows/compact/', 'tgw/compact/'].includes(prefix)) continue;
        expect(['*', 'windows/']).toContain(prefix);
        for (const rule of rules) {
          expect(rule).not.toHaveProperty('ExpirationInDays');
          expect(rule).not.toHaveProperty('Transitions');
        }
      }
    },
  );

  test('deletes compacted records when it is told to, and uses the tiers that were chosen', () => {
    const tiers = { infrequentAccess: 0, glacierInstantRetrieval: 30, glacierFlexibleRetrieval: 200, deepArchive: 400 };
    const rules = rulesOf(withStorage({ tiers, expireAfter: 2555 }), 'Lake');
    expect(rules['flows/compact/']![0]).toMatchObject({
      ExpirationInDays: 2555,
      Transitions: [
        { StorageClass: 'GLACIER_IR', TransitionInDays: 30 },
        { StorageClass: 'GLACIER', TransitionInDays: 200 },
        { StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 400 },
      ],
    });
  });

  test('has no rule for compacted records where nothing is to happen to them', () => {
    const tiers = { infrequentAccess: 0, glacierInstantRetrieval: 0, glacierFlexibleRetrieval: 0, deepArchive: 0 };
    expect(Object.keys(rulesOf(withStorage({ tiers }), 'Lake')).sort()).toEqual(['*', 'windows/']);
  });

  test('keeps versions where that is wished for, those of window state for a day', () => {
    const resources = withStorage({ versioning: true });
    expect(resources['Lake']!.Properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
    expect(withStorage({})['Lake']!.Properties).not.toHaveProperty('VersioningConfiguration');
    const rules = rulesOf(resources, 'Lake');
    expect(rules['windows/']![0]!['NoncurrentVersionExpiration']).toEqual({ NoncurrentDays: 1 });
    const all = rules['*']!.find((rule) => rule['NoncurrentVersionExpiration'] !== undefined);
    expect(all).toMatchObject({ NoncurrentVersionExpiration: { NoncurrentDays: 30 }, ExpiredObjectDeleteMarker: true });
  });

  test('tells of new alerts, and of nothing else', () => {
    expect(withStorage({})['Lake']!.Properties['NotificationConfiguration']).toEqual({
      QueueConfigurations: [
        {
          Event: 's3:ObjectCreated:*',
          Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'alerts/' }] } },
          Queue: { 'Fn::GetAtt': ['Alerts', 'Arn'] },
        },
      ],
    });
  });
});

test('what passes through goes: parked batches after the queue, results when configured, failed events late', () => {
  const rules = rulesOf(withStorage({ queryResults: 21 }), 'Transit');
  const days = Object.entries(rules).map(([prefix, [rule]]) => [
    prefix,
    rule!['ExpirationInDays'] as number | undefined,
  ]);
  const queue = resourcesWith({})['Batches']!.Properties['MessageRetentionPeriod'] as number;
  expect(Object.fromEntries(days)).toEqual({
    'parked/': 15,
    'aws/lambda/async/': 90,
    'athena-results/': 21,
    '*': undefined,
  });
  expect(15 * 86_400).toBeGreaterThan(queue);
});

test('a key of the owner encrypts everything that rests', () => {
  const { Resources: resources, extensions } = templateOfFile('everything');
  const buckets = ofType(resources, 'AWS::S3::Bucket');
  for (const [, properties] of buckets) {
    expect(properties['BucketEncryption'].ServerSideEncryptionConfiguration).toEqual([
      { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY }, BucketKeyEnabled: true },
    ]);
  }
  for (const [, properties] of [...ofType(resources, 'AWS::SQS::Queue'), ...ofType(resources, 'AWS::SNS::Topic')]) {
    expect(properties['KmsMasterKeyId']).toBe(KEY);
    expect(properties).not.toHaveProperty('SqsManagedSseEnabled');
  }
  for (const [, properties] of ofType(resources, 'AWS::Logs::LogGroup')) expect(properties['KmsKeyId']).toBe(KEY);
  const logs = Object.entries(extensions).filter(([id]) => id.endsWith('LogGroup'));
  expect(logs).toHaveLength(6);
  for (const [, { Properties }] of logs) expect(Properties).toEqual({ KmsKeyId: KEY });
});

test('the key is used through services alone, and by no role where there is none', () => {
  const uses = (name: string) =>
    statementsOf(templateOfFile(name).Resources).filter(({ statement }) =>
      [statement.Action].flat().some((action) => action.startsWith('kms:')),
    );
  expect(uses('sources')).toEqual([]);
  const used = uses('everything');
  expect(used.map(({ id }) => id).sort()).toEqual([
    'ArchiveRole',
    'CollectRole',
    'DetectRole',
    'NotifyRole',
    'RulesRole',
    'WindowsRole',
  ]);
  for (const { statement } of used) {
    expect(statement.Resource).toBe(KEY);
    const services = statement.Condition!['StringEquals']!['kms:ViaService'] as { 'Fn::Sub': string }[];
    expect(
      services.every((each) => /^(s3|sqs|sns)\.\$\{AWS::Region\}\.\$\{AWS::URLSuffix\}$/.test(each['Fn::Sub'])),
    ).toBe(true);
  }
});
