/** Once a minute: what was counted becomes alerts. */
import { foldWindows } from '../shared/pipeline.ts';
import { pipeline } from './pipeline.ts';

export async function handler(): Promise<void> {
  await foldWindows(pipeline);
}
