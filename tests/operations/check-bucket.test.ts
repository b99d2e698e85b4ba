import { expect, test } from 'vitest';
import { checkBucket, type BucketLook } from '../../shared/operations/check-bucket.ts';
import { ago, briefly, BUCKET, denied, NOW, only, seen, STACK } from './support.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:Objects';
const notifications = { eventBridge: true, queues: [], configuration: { EventBridgeConfiguration: {} } };
const well: BucketLook = { region: seen('us-east-1'), notifications: seen(notifications), newest: seen(ago(300)) };
const check = (changes: Partial<BucketLook>, source = BUCKET) =>
  checkBucket(source, { ...well, ...changes }, STACK, NOW);

test('a bucket that is as it should be', () => {
  expect(briefly(check({}))).toEqual(['ok bucket', 'ok events', 'ok objects']);
  expect(check({})[2]).toMatchObject({ area: 'bucket s3://logs/net/', seen: 'the newest is 5 min old' });
});

test('a bucket that is not there is all that is said of it', () => {
  expect(briefly(check({ region: seen(undefined), newest: denied('s3:ListBucket') }))).toEqual(['problem bucket']);
  expect(check({ region: seen(undefined) }, { ...BUCKET, create: true })[0]!.mend).toContain('npx osls deploy');
});

test('a bucket of another region tells nothing here', () => {
  expect(only(check({ region: seen('eu-west-1') }), 'bucket')).toMatchObject({
    result: 'problem',
    seen: expect.stringContaining('it lies in eu-west-1, the deployment in us-east-1'),
  });
});

test('events that are off are switched on by a command that keeps what else is set', () => {
  const Topic = { TopicArn: 'arn:aws:sns:us-east-1:1:t', Events: ['s3:ObjectRemoved:*'] };
  const off = { eventBridge: false, queues: [], configuration: { TopicConfigurations: [Topic] } };
  const { result, mend } = only(check({ notifications: seen(off) }), 'events');
  expect(result).toBe('problem');
  const [, json] = /--notification-configuration '(.*)'`$/.exec(mend!)!;
  expect(JSON.parse(json!)).toEqual({ TopicConfigurations: [Topic], EventBridgeConfiguration: {} });
});

test('a bucket of the deployment may tell its queue instead; one that was there before must tell EventBridge', () => {
  const queue = { eventBridge: false, queues: [QUEUE], configuration: {} };
  expect(only(check({ notifications: seen(queue) }, { ...BUCKET, create: true }), 'events').result).toBe('ok');
  expect(only(check({ notifications: seen(queue) }), 'events').result).toBe('problem');
  const foreign = { ...queue, queues: [QUEUE.replace('Objects', 'Batches')] };
  expect(only(check({ notifications: seen(foreign) }, { ...BUCKET, create: true }), 'events').result).toBe('problem');
});

test('a bucket to which nothing comes, or nothing any more', () => {
  expect(only(check({ newest: seen(undefined) }), 'objects')).toMatchObject({
    result: 'warning',
    seen: 'there is no flow log below `net/AWSLogs/`',
  });
  expect(only(check({ newest: seen(ago(3_601)) }), 'objects').result).toBe('warning');
  // a clock that is a little ahead
  expect(only(check({ newest: seen(ago(-30)) }), 'objects').seen).toBe('the newest is 0 s old');
});
