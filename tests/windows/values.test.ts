import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldValue } from '../../shared/flow/columns.ts';
import { Values } from '../../shared/windows/values.ts';

const value: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.constant(null),
  fc.ipV4(),
  fc.ipV6(),
  fc.nat({ max: 70_000 }),
  fc.maxSafeInteger().map(Math.abs),
  fc.constantFrom('eni-1', '', '10.0.0.01', '10.0.0.256', '10.0.0', '::ffff:10.0.0.1', '17', 2 ** 29 - 1, 2 ** 29),
);

test('a value has one code, which gives it back, also after it was stored', () => {
  fc.assert(
    fc.property(fc.array(value), (all) => {
      const values = new Values();
      const codes = all.map((each) => values.code(each));
      expect(new Set(codes).size).toBe(new Set(all).size);
      expect(codes.map((code) => values.at(code))).toEqual(all);
      const stored = new Values(values.addresses, values.others);
      expect(all.map((each) => stored.code(each))).toEqual(codes);
    }),
  );
});

test('codes of one are turned into those of another, which learns new values only if it is told to', () => {
  fc.assert(
    fc.property(fc.array(value), fc.array(value), (here, there) => {
      const [from, to] = [new Values(), new Values()];
      for (const each of there) to.code(each);
      const codes = here.map((each) => from.code(each));
      const find = from.translateTo(to, false);
      const isNumber = (each: FieldValue): boolean => typeof each === 'number' && each < 2 ** 29;
      const knows = (each: FieldValue): boolean => each === null || isNumber(each) || there.includes(each);
      expect(codes.map((code) => (find(code) < 0 ? undefined : to.at(find(code))))).toEqual(
        here.map((each) => (knows(each) ? each : undefined)),
      );
      const grow = from.translateTo(to, true);
      expect(codes.map((code) => to.at(grow(code)))).toEqual(here);
    }),
  );
});

test('an address is the same value as text and as 32 bits', () => {
  const values = new Values();
  expect(values.addressCode(0xcb00_7109)).toBe(values.code('203.0.113.9'));
});
