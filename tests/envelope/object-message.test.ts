import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeObjectMessage, parseObjectMessage, type ObjectName } from '../../shared/envelope/object-message.ts';
import { holdsNothing, ownerOfPath } from '../../shared/envelope/object-path.ts';

/** A key as S3 writes it in notifications: as in the query of a URL. */
const encodeKey = (key: string): string => new URLSearchParams({ key }).toString().slice('key='.length);

const notification = (records: readonly object[]): string => JSON.stringify({ Records: records });
const record = (bucket: string, object: object, eventName = 'ObjectCreated:Put'): object => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'us-east-1',
  eventName,
  s3: { s3SchemaVersion: '1.0', bucket: { name: bucket }, object },
});
const eventBridge = (bucket: string, object: object, type = 'Object Created'): string =>
  JSON.stringify({ version: '0', 'detail-type': type, source: 'aws.s3', detail: { bucket: { name: bucket }, object } });

const names = fc.record(
  {
    bucket: fc.constantFrom('logs', 'logs.example'),
    key: fc.string({ unit: 'grapheme', minLength: 1 }),
    version: fc.constantFrom('3HL4kqtJlcpXroDTDmJ', 'v'),
    size: fc.nat(),
  },
  { requiredKeys: ['bucket', 'key'] },
);

test('the same object is named by a notification, an event and a backfill', () => {
  fc.assert(
    fc.property(names, (name) => {
      const { bucket, key, version, size } = name;
      const objects = { kind: 'objects', objects: [name] };
      const { size: _, ...unsized } = name;
      const sized = size === undefined ? {} : { size };
      const versionId = version === undefined ? {} : { versionId: version };
      expect(parseObjectMessage(encodeObjectMessage(name))).toEqual(objects);
      const one = record(bucket, { key: encodeKey(key), ...sized, ...versionId, eTag: 'e', sequencer: '0' });
      expect(parseObjectMessage(notification([one]))).toEqual(objects);
      const told = JSON.stringify({ Type: 'Notification', Message: notification([one, one]) });
      expect(parseObjectMessage(told)).toEqual({ kind: 'objects', objects: [name, name] });
      const event = { key, ...sized, ...(version === undefined ? {} : { 'version-id': version }), etag: 'e' };
      expect(parseObjectMessage(eventBridge(bucket, event))).toEqual(objects);
      expect(parseObjectMessage(encodeObjectMessage(unsized))).toEqual({ kind: 'objects', objects: [unsized] });
    }),
  );
});

test('spaces come as +, and everything else by its bytes', () => {
  const keys = (text: string): readonly string[] => {
    const parsed = parseObjectMessage(text);
    return parsed.kind === 'objects' ? parsed.objects.map(({ key }: ObjectName) => key) : [];
  };
  expect(keys(notification([record('b', { key: 'a+b%2Bc/%E9%96%A2.log.gz' })]))).toEqual(['a b+c/関.log.gz']);
  expect(keys(eventBridge('b', { key: 'a+b%2Bc' }))).toEqual(['a+b%2Bc']);
});

test('what only tests the way, or tells of something else, names no objects', () => {
  const none = { kind: 'objects', objects: [] };
  expect(parseObjectMessage(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }))).toEqual(
    none,
  );
  expect(parseObjectMessage(notification([record('b', { key: 'k' }, 'ObjectRemoved:Delete')]))).toEqual(none);
  expect(parseObjectMessage(notification([]))).toEqual(none);
  expect(parseObjectMessage(eventBridge('b', { key: 'k' }, 'Object Deleted'))).toEqual(none);
});

test('what is no message says why', () => {
  const bad: readonly (readonly [string, string])[] = [
    ['{', 'the message is not JSON'],
    ['7', 'neither a notification of S3, an event of EventBridge nor one of a backfill'],
    ['{"schema":"sekisho.object/2"}', 'schema is not `sekisho.object/1`'],
    ['{"schema":"sekisho.object/1","key":"k"}', 'names no bucket'],
    ['{"schema":"sekisho.object/1","bucket":"b","key":""}', 'names no key'],
    ['{"Records":[{"eventSource":"aws:sqs"}]}', 'a record is no notification of S3'],
    [notification([record('b', { key: '%E9' })]), 'names no key that can be read'],
    [notification([record('', { key: 'k' })]), 'names no bucket'],
    [eventBridge('b', {}), 'names no key'],
  ];
  for (const [text, reason] of bad) {
    expect(parseObjectMessage(text)).toEqual({ kind: 'bad', reason: expect.stringContaining(reason) as unknown });
  }
});

test('account and region are read from the folders that AWS makes, and from its names', () => {
  const owner = { account: '123456789012', region: 'ap-northeast-1' };
  const name = '123456789012_vpcflowlogs_ap-northeast-1_fl-060a1f3b9261384fc_20261117T0130Z_5f3c9a1e.log.gz';
  const plain = 'AWSLogs/123456789012/vpcflowlogs/ap-northeast-1/2026/11/17/';
  const hive =
    'AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=ap-northeast-1/year=2026/month=11/';
  for (const path of [
    `${plain}x.log.gz`,
    `s3://bucket/some/prefix/${plain}${name}`,
    `/home/me/copy/${hive}hour=01/x.parquet`,
    `${plain.replace('vpcflowlogs', 'transitgateway')}x`,
    `${hive.replace('vpcflowlogs', 'transitgateway')}x`,
    `downloads/${name}`,
    name,
  ]) {
    expect(ownerOfPath(path)).toEqual(owner);
  }
  expect(ownerOfPath('AWSLogs/123456789012/vpcflowlogs/us-gov-west-1/2026/x')?.region).toBe('us-gov-west-1');
  for (const path of ['a.log', '-', 'AWSLogs/123456789012/elasticloadbalancing/us-east-1/2026/x', `my${plain}x`]) {
    expect(ownerOfPath(path)).toBeUndefined();
  }
});

test('markers of folders, empty objects and what AWS writes to test a bucket hold nothing', () => {
  expect(holdsNothing('AWSLogs/', undefined)).toBe(true);
  expect(holdsNothing('a.log.gz', 0)).toBe(true);
  expect(holdsNothing('AWSLogs/aws-logs-write-test', 4)).toBe(true);
  expect(holdsNothing('a.log.gz', undefined)).toBe(false);
  expect(holdsNothing('a.log.gz', 20)).toBe(false);
});
