import { expect, test } from 'vitest';
import { COUNTS, evaluatorBatches, evaluatorStages } from '../../bench/evaluators.ts';

test('closures find what the engine finds, and more rules find more', async () => {
  const batches = evaluatorBatches(2, 1_000);
  const found = await Promise.all(evaluatorStages(batches).map(({ run }) => run()));
  const [engine, closures] = [found.slice(0, COUNTS.length), found.slice(COUNTS.length)];
  expect(closures).toEqual(engine);
  expect(engine[0]).toBeGreaterThan(100);
  expect(engine).toEqual(engine.toSorted((one, other) => one - other));
});
