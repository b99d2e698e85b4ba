/** Deliveries between detection and archiving, in a queue of SQS. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { gzipSync } from 'node:zlib';
import type { Arrival } from '../../envelope/delivery.ts';
import type { BatchQueue } from '../../ports.ts';

/** The sending end of the queue at `url`; Lambda is the receiving one. */
export function openBatchQueue(url: string): BatchQueue<Arrival> {
  const client = new SQSClient();
  return {
    async send(arrival) {
      if (arrival.kind !== 'cloudwatch') throw new Error(`${arrival.kind} does not come this way`);
      const body = JSON.stringify({ cloudwatch: gzipSync(arrival.json).toString('base64') });
      await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
    },
    async receive() {
      return [];
    },
  };
}
