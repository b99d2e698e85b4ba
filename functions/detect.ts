/** A delivery of CloudWatch Logs, as a subscription sends it. */
import type { CloudWatchLogsEvent } from 'aws-lambda';
import { inflate } from '../shared/envelope/inflate.ts';
import { detect } from '../shared/pipeline.ts';
import { pipeline } from './pipeline.ts';

export async function handler({ awslogs }: CloudWatchLogsEvent): Promise<void> {
  await detect(
    { kind: 'cloudwatch', json: inflate(Buffer.from(awslogs.data, 'base64')), place: 'a delivery' },
    pipeline,
  );
}
