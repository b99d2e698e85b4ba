/** Once a minute: what was counted becomes alerts. */
import { foldWindows } from '../shared/pipeline.ts';
import { pipeline } from './pipeline.ts';
import { metrics, warn } from './telemetry.ts';
import { withRules } from './with-rules.ts';

/** Called by a schedule; what an error leaves undone is done a minute later. */
export const handler = withRules(async (): Promise<void> => {
  const { late, unreadable, state } = await foldWindows(pipeline);
  const records = [...late.values()].reduce((sum, count) => sum + count, 0);
  metrics.add({ WindowStateBytes: state.bytes, LateRecords: records, UnreadableState: unreadable.length });
  if (records > 0) {
    await warn('records came more than 24 hours late: they are in the lake, but no rule with memory saw them', {
      recordsByRule: Object.fromEntries(late),
    });
  }
  for (const { key, reason } of unreadable) await warn(`\`${key}\` can't be read: ${reason}`);
});
