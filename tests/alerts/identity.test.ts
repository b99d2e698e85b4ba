import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertId, periodStart } from '../../shared/alerts/identity.ts';
import { ruleOf } from '../support/rules.ts';

const rule = ruleOf({ id: 'port-scan', by: ['srcaddr', 'interface_id'] });

test('an id never changes: the same incident has it in every release', () => {
  expect(alertId(rule, ['203.0.113.9', 'eni-1'], 1_793_743_200)).toBe('7533fa2f8f61f76c01d8e0fea4db6046');
});

test('rule, group and period each make another id; an edited rule does not', () => {
  const id = alertId(rule, ['203.0.113.9', 'eni-1'], 0);
  expect(alertId({ ...rule, stateKey: 'edited', title: 'Other' }, ['203.0.113.9', 'eni-1'], 0)).toBe(id);
  const others = [
    alertId({ ...rule, id: 'port-sweep' }, ['203.0.113.9', 'eni-1'], 0),
    alertId(rule, ['eni-1', '203.0.113.9'], 0),
    alertId(rule, ['203.0.113.9', null], 0),
    alertId(rule, ['203.0.113.9', 'null'], 0),
    alertId(rule, ['203.0.113.9', ''], 0),
    alertId(rule, ['203.0.113.9', '-'], 0),
    alertId({ ...rule, by: ['dstaddr', 'interface_id'] }, ['203.0.113.9', 'eni-1'], 0),
    alertId(rule, ['203.0.113.9', 'eni-1'], 3600),
  ];
  expect(new Set([id, ...others]).size).toBe(others.length + 1);
});

test('the order in which `by` names its fields makes no difference', () => {
  const turned = { ...rule, by: rule.by.toReversed() };
  expect(alertId(turned, ['eni-1', '203.0.113.9'], 0)).toBe(alertId(rule, ['203.0.113.9', 'eni-1'], 0));
});

test('different groups have different ids', () => {
  const value = fc.oneof(fc.string(), fc.constantFrom(null, '","', '",null', 'a', 'b'), fc.nat());
  fc.assert(
    fc.property(value, value, value, value, (a, b, c, d) => {
      expect(alertId(rule, [a, b], 0) === alertId(rule, [c, d], 0)).toBe(a === c && b === d);
    }),
  );
});

test('a suppress period begins at a multiple of its length since 1970', () => {
  const time = Date.parse('2026-11-03T04:59:59Z') / 1000;
  const start = (suppress: number): string => new Date(periodStart({ ...rule, suppress }, time) * 1000).toISOString();
  expect(start(3600)).toBe('2026-11-03T04:00:00.000Z');
  expect(start(86_400)).toBe('2026-11-03T00:00:00.000Z');
  expect(start(600)).toBe('2026-11-03T04:50:00.000Z');
});
