/** What only the lake remembers, against the same said record by record. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertId, periodStart } from '../../shared/alerts/identity.ts';
import type { BaselineCondition, NewCondition, Rule } from '../../shared/rules/rule.ts';
import { testLake } from '../support/lakes.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { naiveIds, type Fields } from '../windows/naive.ts';
import { checked, decoded, engineOf, findings } from './lake-of-rules.ts';

const HOUR = 3600;
const DAY = 86_400;
const START = Date.parse('2026-11-01T00:00:00Z') / 1000;
const SPAN = 6 * DAY;
const where = checked('action = ACCEPT');

/** Few hours and few minutes in them, so that edges of days and hours are met. */
const record: fc.Arbitrary<Fields> = fc
  .record({
    interface_id: fc.constantFrom('eni-1', 'eni-2'),
    dstaddr: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'),
    dstport: fc.constantFrom(22, 80, 443, null),
    bytes: fc.constantFrom(10, 100, 1000),
    action: fc.constantFrom('ACCEPT', 'ACCEPT', 'ACCEPT', 'REJECT'),
    hour: fc.integer({ min: 0, max: SPAN / HOUR - 1 }),
    minute: fc.constantFrom(0, 1, 30, 59),
  })
  .map(({ hour, minute, ...fields }) => {
    const start = START + hour * HOUR + minute * 60 + 7;
    return { ...fields, packets: 1, start, end: start + 50 };
  });
const records = fc.array(record, { minLength: 40, maxLength: 160 });

/** The ids of what the rules' queries find among the records. */
async function idsFound(all: readonly Fields[], rules: readonly Rule[]): Promise<readonly string[]> {
  using lake = testLake();
  await lake.writeRaw('2026-11-08T00:00:00Z', decoded([all.map((fields) => ({ fields }))]));
  const engine = await engineOf(lake);
  try {
    const found = await findings(engine, rules, { judgeAt: START + SPAN });
    return found.map(({ id }) => id).sort();
  } finally {
    await engine.close();
  }
}

function inOrder(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].sort();
}

test('windows and absences of hours and days', async () => {
  const rules: readonly Rule[] = [
    ruleOf({ id: 'slow', where, by: ['interface_id'], condition: windowOf(DAY, 'distinct(dstport) >= 3'), suppress: DAY }),
    ruleOf({ id: 'much', where, by: ['dstaddr'], condition: windowOf(2 * HOUR, 'sum(bytes) > 1500') }),
    ruleOf({ id: 'many', where, by: ['interface_id', 'dstport'], condition: windowOf(3 * DAY, 'count() >= 8'), suppress: 7 * DAY }),
    ruleOf({ id: 'gone', where, by: ['dstaddr'], condition: { kind: 'absence', seconds: 5 * HOUR, text: '' } }),
  ]; // prettier-ignore
  await fc.assert(
    fc.asyncProperty(records, async (all) => {
      expect(await idsFound(all, rules)).toEqual(naiveIds(rules, all, START + SPAN));
    }),
    { numRuns: 15 },
  );
});

test('a value is new where the group was there, and did not have it in all that time', async () => {
  const conditions: readonly NewCondition[] = [
    { kind: 'new', field: 'dstport', over: 2 * DAY, text: '' },
    { kind: 'new', field: 'dstport', over: 3 * HOUR, text: '' },
  ];
  const rules = conditions.map((condition, at) =>
    ruleOf({ id: `new-${at}`, where, by: ['interface_id', 'dstport'], condition, suppress: 2 * HOUR }),
  );
  const expected = (all: readonly Fields[]): string[] =>
    rules.flatMap((rule, at) => {
      const { over } = conditions[at]!;
      const learning = Math.min(over, DAY);
      const seen = all.flatMap((fields) =>
        fields['action'] === 'ACCEPT' && fields['dstport'] !== null ? [{ ...fields, minute: minuteOf(fields) }] : [],
      ) as (Fields & { readonly minute: number })[];
      return seen.flatMap((one) => {
        const same = seen.filter((other) => other['interface_id'] === one['interface_id']);
        const isKnown = same.some(
          ({ minute }) => minute >= one.minute - over - learning && minute <= one.minute - learning,
        );
        const isOld = same.some(
          (other) =>
            other['dstport'] === one['dstport'] && other.minute < one.minute && other.minute >= one.minute - over,
        );
        if (!isKnown || isOld) return [];
        return alertId(rule, [one['interface_id']!, one['dstport']!], periodStart(rule, one.minute));
      });
    });
  let alerts = 0;
  await fc.assert(
    fc.asyncProperty(records, async (all) => {
      alerts += expected(all).length;
      expect(await idsFound(all, rules)).toEqual(inOrder(expected(all)));
    }),
    { numRuns: 15 },
  );
  expect(alerts).toBeGreaterThan(0);
});

test('a baseline is the mean of the windows with traffic, once there are eight of them', async () => {
  const base = { kind: 'baseline', over: 5 * DAY, factor: 1.5, text: '' } as const;
  const conditions: readonly BaselineCondition[] = [
    { ...base, seconds: 2 * HOUR, measure: { kind: 'sum', field: 'bytes' }, atLeast: 0 },
    { ...base, seconds: 4 * HOUR, measure: { kind: 'count' }, atLeast: 3 },
    { ...base, seconds: 5 * HOUR, measure: { kind: 'distinct', field: 'dstport' }, atLeast: 0 },
  ];
  const rules = conditions.map((condition, at) =>
    ruleOf({ id: `usual-${at}`, where, by: ['interface_id'], condition, suppress: 600 }),
  );
  const measured = ({ measure }: BaselineCondition, inside: readonly Fields[]): number => {
    if (measure.kind === 'sum') return inside.reduce((sum, fields) => sum + Number(fields['bytes']), 0);
    if (measure.kind === 'count') return inside.length;
    return new Set(inside.flatMap((fields) => fields['dstport'] ?? [])).size;
  };
  const expected = (all: readonly Fields[]): string[] =>
    rules.flatMap((rule, at) => {
      const condition = conditions[at]!;
      const { seconds, over, factor, atLeast } = condition;
      return ['eni-1', 'eni-2'].flatMap((group) => {
        const own = all.filter((fields) => fields['action'] === 'ACCEPT' && fields['interface_id'] === group);
        const windowOfRecord = (fields: Fields): number => minuteOf(fields) - (minuteOf(fields) % seconds);
        const starts = [...new Set(own.map(windowOfRecord))];
        const value = (start: number): number =>
          measured(condition, own.filter((fields) => windowOfRecord(fields) === start)); // prettier-ignore
        return starts.flatMap((start) => {
          const before = starts.filter((other) => other < start && other >= start - over).map(value);
          const usual = before.reduce((sum, one) => sum + one, 0) / before.length;
          const isUnusual = before.length >= 8 && value(start) > factor * usual && value(start) >= atLeast;
          return isUnusual ? alertId(rule, [group], periodStart(rule, start)) : [];
        });
      });
    });
  let alerts = 0;
  await fc.assert(
    fc.asyncProperty(records, async (all) => {
      alerts += expected(all).length;
      expect(await idsFound(all, rules)).toEqual(inOrder(expected(all)));
    }),
    { numRuns: 15 },
  );
  expect(alerts).toBeGreaterThan(0);
});

function minuteOf(fields: Fields): number {
  return Math.floor(Number(fields['start']) / 60) * 60;
}
