import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE, Pairs } from '../../shared/windows/pairs.ts';

const pairs = fc.array(
  fc.tuple(fc.integer({ min: -3, max: 40 }), fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer())),
  { size: '+2' },
);

test('pairs are numbered in order of appearance, also when they were stored in between', () => {
  fc.assert(
    fc.property(pairs, fc.nat({ max: 200 }), (all, cut) => {
      let table = new Pairs();
      const numbers = new Map<string, number>();
      for (const [position, [first, second]] of all.entries()) {
        if (position === cut) table = new Pairs(table.firsts, table.seconds);
        const key = `${first} ${second}`;
        expect(table.find(first, second)).toBe(numbers.get(key) ?? NONE);
        if (!numbers.has(key)) numbers.set(key, numbers.size);
        expect(table.code(first, second)).toBe(numbers.get(key));
      }
      expect(Array.from(table.firsts, (first, number) => `${first} ${table.second(number)}`)).toEqual([
        ...numbers.keys(),
      ]);
    }),
  );
});

test('a pair is numbered anew where its number is too old, and the old number keeps its pair', () => {
  const table = new Pairs();
  const old = Array.from({ length: 5_000 }, (_, pair) => table.code(pair, 7));
  const since = table.length;
  const fresh = Array.from({ length: 5_000 }, (_, pair) => table.code(pair, 7, since));
  expect(fresh).toEqual(old.map((number) => number + since));
  expect(table.code(42, 7, since)).toBe(fresh[42]);
  expect(table.first(old[42]!)).toBe(42);
});
