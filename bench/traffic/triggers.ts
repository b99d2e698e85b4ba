/** What sets the functions going beside subscriptions: messages of queues as Lambda hands them over, and schedules. */
import { createHash } from 'node:crypto';
import { encodeBatchMessage } from '../../shared/envelope/batch-message.ts';
import { encodeObjectMessage } from '../../shared/envelope/object-message.ts';
import { subscriptionEvent, type SubscriptionMessage } from './delivery.ts';
import { ACCOUNT, REGION } from './vpc.ts';

const TIME = '2026-11-17T01:36:12.000Z';
const BUCKET = 'flow-logs-example';
const VERSION = 'b1iYcQoUyq7DLmNzUYHCUxRzBGqPuqvl';

/** A sample event. */
export interface TriggerSample {
  /** Relative to `events/`. */
  readonly path: string;
  readonly title: string;
  readonly body: string;
}

/** An object that was delivered, of the samples in `s3/`. */
export interface Delivered {
  /** `AWSLogs/…`. */
  readonly key: string;
  readonly size: number;
}

/** One event a trigger, of one object and one delivery. */
export function planTriggers({ key, size }: Delivered, message: SubscriptionMessage): readonly TriggerSample[] {
  const { data } = subscriptionEvent(message).awslogs;
  const parked = `parked/2026-11-17/${createHash('sha256').update('a large delivery').digest('hex').slice(0, 32)}`;
  return [
    queued('batch', 'a delivery on its way from detect to archive', 'batches', {
      kind: 'text',
      text: encodeBatchMessage({ kind: 'packed', packed: data }),
    }),
    queued('batch-parked', 'the same, too large for a message and therefore parked', 'batches', {
      kind: 'text',
      text: encodeBatchMessage({ kind: 'parked', key: parked }),
    }),
    queued('object-notification', "a flow log object, as S3's own notification names it", 'objects', {
      kind: 'json',
      json: notification(BUCKET, key, size),
    }),
    queued('object-eventbridge', 'the same object, as EventBridge names it', 'objects', {
      kind: 'json',
      json: eventBridge(key, size),
    }),
    queued('object-backfill', 'the same object, as `sekisho backfill` names it', 'objects', {
      kind: 'text',
      text: encodeObjectMessage({ bucket: BUCKET, key, version: VERSION, size }),
    }),
    queued('object-test', 'what S3 sends when a notification is set up', 'objects', {
      kind: 'json',
      json: { Service: 'Amazon S3', Event: 's3:TestEvent', Time: TIME, Bucket: BUCKET },
    }),
    queued('alert-created', 'a new alert of the lake, for notify', 'alerts', {
      kind: 'json',
      json: notification(
        'sekisho-prod-lake-example',
        'alerts/day=2026-11-17/0123456789abcdef0123456789abcdef.json',
        1873,
      ),
    }),
    {
      path: 'schedule/every-minute.json',
      title: 'what a schedule calls windows and rules with',
      body: `${JSON.stringify({
        version: '0',
        id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: ACCOUNT,
        time: TIME.replace('.000', ''),
        region: REGION,
        resources: [`arn:aws:events:${REGION}:${ACCOUNT}:rule/sekisho-prod-WindowsSchedule-EXAMPLE`],
        detail: {},
      })}\n`,
    },
  ];
}

type Body = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'json'; readonly json: unknown };

/** A queue's messages, as Lambda hands them over. */
function queued(name: string, title: string, queue: string, body: Body): TriggerSample {
  const text = body.kind === 'text' ? body.text : JSON.stringify(body.json);
  const id = createHash('md5').update(name).digest('hex');
  const record = {
    messageId: [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-'),
    receiptHandle: 'AQEBexample',
    body: text,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: `${Date.parse(TIME)}`,
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: `${Date.parse(TIME) + 3}`,
    },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(text).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:sekisho-prod-${queue}`,
    awsRegion: REGION,
  };
  return { path: `sqs/${name}.json`, title, body: `${JSON.stringify({ Records: [record] })}\n` };
}

function notification(bucket: string, key: string, size: number): unknown {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: REGION,
        eventTime: TIME,
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: 'AWS:AROAEXAMPLE:delivery' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'sekisho',
          bucket: { name: bucket, ownerIdentity: { principalId: 'A1EXAMPLE' }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            key: new URLSearchParams({ key }).toString().slice('key='.length).replaceAll('%2F', '/'),
            size,
            eTag: createHash('md5').update(key).digest('hex'),
            versionId: VERSION,
            sequencer: '0069EXAMPLE',
          },
        },
      },
    ],
  };
}

function eventBridge(key: string, size: number): unknown {
  return {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: ACCOUNT,
    time: TIME.replace('.000', ''),
    region: REGION,
    resources: [`arn:aws:s3:::${BUCKET}`],
    detail: {
      version: '0',
      bucket: { name: BUCKET },
      object: {
        key,
        size,
        etag: createHash('md5').update(key).digest('hex'),
        'version-id': VERSION,
        sequencer: '0069EXAMPLE',
      },
      'request-id': 'N4N7GDK58NMKJ12R',
      requester: 'delivery.logs.amazonaws.com',
      reason: 'PutObject',
    },
  };
}
