import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pack, packedAt, stepsOf, unpackInts, unpackNumbers, valuesOfSteps } from '../../shared/windows/pack.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const ints = fc
  .tuple(int32, fc.constantFrom(0, 1, 200, 70_000, 20_000_000, 2 ** 32))
  .chain(([low, range]) => fc.array(fc.integer({ min: low, max: Math.min(low + range, 2 ** 31 - 1) })))
  .map((values) => Int32Array.from(values));
const numbers = fc
  .array(fc.oneof(fc.maxSafeInteger(), fc.nat({ max: 300 }), fc.nat({ max: 2 ** 40 }), fc.constant(2 ** 70)))
  .map((values) => Float64Array.from(values));

test('32-bit integers come back as they were, and their steps too', () => {
  fc.assert(
    fc.property(ints, (values) => {
      expect(unpackInts(pack(values))).toEqual(values);
      expect(valuesOfSteps(stepsOf(values))).toEqual(values);
    }),
  );
});

test('numbers come back as they were, all at once and one by one', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const packed = pack(values);
      expect(unpackNumbers(packed)).toEqual(values);
      expect(Float64Array.from(values, (_, row) => packedAt(packed, row))).toEqual(values);
    }),
  );
});

test.each([
  ['equal ones', [1_793_743_800, 1_793_743_800], 0],
  ['neighbours', [1_793_743_800, 1_793_744_055], 1],
  ['ports', [0, 65_535], 2],
  ['null beside a large number', [-1, 2 ** 40], 6],
  ['the largest integers', [-1, Number.MAX_SAFE_INTEGER - 1], 7],
  ['what is no exact integer', [0, 2 ** 60], 8],
])('%s take as few bytes as they need', (_, values, width) => {
  expect(pack(Float64Array.from(values))).toMatchObject({ length: 2, width });
});
