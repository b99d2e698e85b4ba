import { expect, test } from 'vitest';
import { END_TO_END, planStages } from '../../bench/stages.ts';
import { planWorkload } from '../../bench/workload.ts';

test.each(['v2', 'v5'] as const)('every stage reads all of a %s workload, and rules find something', async (format) => {
  const workload = planWorkload(format, 200, 30, 5);
  const outcomes = new Map<string, Awaited<ReturnType<ReturnType<typeof planStages>[number]['run']>>>();
  for (const { name, run } of planStages(workload)) outcomes.set(name, await run());
  for (const { records, bytes = workload.expected.bytes } of outcomes.values()) {
    expect({ records, bytes }).toEqual(workload.expected);
  }
  const found = ['decode, 10 rules', 'decode, 100 rules', 'decode, 1,000 rules'].map(
    (name) => outcomes.get(name)!.found!,
  );
  expect(found[0]).toBeGreaterThan(100);
  expect(found.toSorted((one, other) => one - other)).toEqual(found);
  // more rules, hardly more matches: what grows is the work of telling that they do not match
  expect(found[2]).toBeLessThan(workload.expected.records);
  expect(outcomes.has(END_TO_END)).toBe(true);
});

test('a workload is the same every time', () => {
  expect(planWorkload('v2', 100, 5, 1)).toEqual(planWorkload('v2', 100, 5, 1));
});
