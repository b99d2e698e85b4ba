import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openMetrics } from '../../../shared/adapters/aws/metrics.ts';

let lines: Record<string, unknown>[] = [];
let now = Date.parse('2026-11-17T01:00:00Z');
const clock = { now: () => new Date(now) };

beforeEach(() => {
  lines = [];
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('a line has one dimension, each metric with its unit, and sums of what was added', async () => {
  const metrics = openMetrics('sekisho-prod', clock);
  metrics.add({ Records: 3, SkipData: 0 });
  metrics.add({ Records: 4, WindowStateBytes: 10, FlowToAlertSeconds: [1, 2] });
  metrics.add({ WindowStateBytes: 20, FlowToAlertSeconds: [3] });
  await metrics.publish();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    Deployment: 'sekisho-prod',
    Records: 7,
    SkipData: 0,
    WindowStateBytes: 20,
    FlowToAlertSeconds: [1, 2, 3],
    _aws: {
      CloudWatchMetrics: [
        {
          Namespace: 'Sekisho',
          Dimensions: [['Deployment']],
          Metrics: [
            { Name: 'Records', Unit: 'Count' },
            { Name: 'SkipData', Unit: 'Count' },
            { Name: 'WindowStateBytes', Unit: 'Bytes' },
            { Name: 'FlowToAlertSeconds', Unit: 'Seconds' },
          ],
        },
      ],
    },
  });
  expect(lines[0]).not.toHaveProperty('service');
});

test('good news waits for its minute, bad news does not, and nothing is no line', async () => {
  const metrics = openMetrics('sekisho-prod', clock);
  await metrics.publish();
  metrics.add({ FlowToAlertSeconds: [] });
  await metrics.publish();
  expect(lines).toHaveLength(0);
  for (let second = 0; second < 120; second += 2) {
    now += 2000;
    metrics.add({ Records: 1, QuarantinedLines: 0 });
    await metrics.publish();
  }
  expect(lines).toHaveLength(3);
  metrics.add({ Records: 1, QuarantinedLines: 5 });
  await metrics.publish();
  expect(lines).toHaveLength(4);
  expect(lines[3]).toMatchObject({ QuarantinedLines: 5 });
  expect(lines.reduce((sum, { Records }) => sum + Number(Records), 0)).toBe(61);
  await metrics.publish();
  expect(lines).toHaveLength(4);
});

test('more values than a line takes are cut, the newest stay', async () => {
  const metrics = openMetrics('sekisho-prod', clock);
  for (let value = 0; value < 150; value++) metrics.add({ FlowToAlertSeconds: value });
  await metrics.publish();
  expect(lines).toHaveLength(1);
  expect(lines[0]!['FlowToAlertSeconds']).toEqual(Array.from({ length: 99 }, (_, index) => index + 51));
});
