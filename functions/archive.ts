/** Deliveries from the queue, many at once. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { inflate } from '../shared/envelope/inflate.ts';
import { archive } from '../shared/pipeline.ts';
import { pipeline } from './pipeline.ts';

export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const arrivals = Records.map(({ body }) => {
    const { cloudwatch } = JSON.parse(body) as { cloudwatch: string };
    return { kind: 'cloudwatch' as const, json: inflate(Buffer.from(cloudwatch, 'base64')), place: 'a delivery' };
  });
  await archive(arrivals, pipeline);
  return { batchItemFailures: [] };
}
