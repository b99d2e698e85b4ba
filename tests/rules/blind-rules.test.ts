/** Which rules a format blinds: none that may match, and what each of the others lacks. */
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { DEFAULT_FORMAT } from '../../shared/flow/format.ts';
import { runRuleTest } from '../../shared/rule-tests.ts';
import { findBlindRules } from '../../shared/rules/blind-rules.ts';
import { expandRuleTest } from '../../shared/rules/expand-test.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { expectedCount, type RuleTest } from '../../shared/rules/rule-test.ts';
import { memoryOf } from '../../shared/rules/rule.ts';
import { PACK } from '../pack/pack.ts';
import { decodeOptions, formatOf } from '../support/decode.ts';

/** What one rule lacks in some formats; undefined where it may match. */
function lacks(keys: string, ...formats: readonly string[]): readonly string[] | undefined {
  const text = `rules:\n  - id: a\n    ${keys.replaceAll('\n', '\n    ')}\n`;
  const { rules, diagnostics } = loadRules([{ name: 'rules.yml', text }]);
  expect(diagnostics).toEqual([]);
  return findBlindRules(rules, formats.map(formatOf))[0]?.lacks;
}

const ENDS = 'srcaddr dstaddr srcport dstport start';

describe('a rule lacks', () => {
  test.each([
    ['a field that has to fit', 'where: action = REJECT and dstport = 22', ['action']],
    ['one that must not fit, as null does neither', 'where: not action = REJECT', ['action']],
    ['each of several', 'where: action = REJECT and protocol = tcp', ['action', 'protocol']],
    ['one of several that would all do', 'where: action = REJECT or tcp_flags = 2', ['action or tcp_flags']],
    ['what its window measures', 'where: dstport = 22\nwindow: 1h\nwhen: sum(bytes) > 5MB', ['bytes']],
    ['what has to be new', 'where: dstport = 22\nwhen: new instance_id over 14d', ['instance_id']],
    [
      'what has to follow',
      'where: dstport = 22\nwindow: 1h\nwhen: count() > 5\nthen: action = ACCEPT\nwithin: 5m',
      ['action'],
    ],
  ])('%s', (_, keys, expected) => {
    expect(lacks(keys, ENDS)).toEqual(expected);
  });

  test.each([
    ['what only keeps records out', 'where: dstport = 22\nexcept: action = ACCEPT'],
    ['what only makes groups', 'where: dstport = 22\nby: [interface_id, action]'],
    ['one of two alternatives', 'where: dstport = 22 or action = REJECT'],
    ['what must have no value', 'where: dstport = 22 and not has(action)'],
    ['flags or the protocol, to tell who opened the connection', 'where: server_port = 22'],
  ])('nothing without %s', (_, keys) => {
    expect(lacks(keys, ENDS)).toBeUndefined();
  });

  test('what derived fields come from', () => {
    expect(lacks('where: initiator = src', 'dstaddr dstport start')).toEqual(['srcport']);
    expect(lacks('where: direction = egress', 'dstaddr dstport start')).toEqual(['srcaddr']);
    expect(lacks('where: direction = egress', 'dstaddr flow-direction start')).toBeUndefined();
  });

  test('nothing if one of several formats will do', () => {
    expect(lacks('where: action = REJECT', ENDS, `${ENDS} action`)).toBeUndefined();
    expect(lacks('where: action = REJECT and bytes > 9', `${ENDS} bytes`, `${ENDS} action`)).toEqual([
      'action or bytes',
    ]);
  });

  test('nothing where there are no flow logs of its kind', () => {
    expect(lacks('where: packets_lost_blackhole > 0', ENDS)).toBeUndefined();
    expect(lacks('where: packets_lost_blackhole > 0', `${ENDS} tgw-id`)).toEqual(['packets_lost_blackhole']);
  });
});

test('in the default format a rule lacks only what newer versions brought', () => {
  const blind = findBlindRules(PACK.rules, [DEFAULT_FORMAT]);
  expect(blind.map(({ rule }) => rule.id)).toEqual(['bpa-reject', 'syn-flood', 'unencrypted-traffic']);
  expect(blind.some(({ lacksDefault }) => lacksDefault)).toBe(false);
});

/** A test of each rule that finds something at once or in windows. */
const HITS = PACK.rules
  .filter(({ condition }) => memoryOf(condition) !== 'query')
  .map((rule) => [rule.id, rule, PACK.tests.find((own) => own.rule === rule.id && expectedCount(own) > 0)!] as const);

test.each(HITS)('%s is called blind without some field, and never where it still alerts', async (_, rule, hit) => {
  const { names, rows } = columnsOf(hit);
  const blind: string[] = [];
  const alerting: string[] = [];
  for (const left of names) {
    const format = names.filter((name) => name !== left).join(' ');
    const lines = rows.map((values) => values.filter((__, index) => names[index] !== left).join(' '));
    const cut: RuleTest = { ...hit, format, input: { kind: 'lines', lines } };
    const { alerts } = await runRuleTest(cut, rule, {
      createStore: createMemoryStore,
      createQueue: () => createMemoryQueue<Arrival>(),
      clock: { now: () => new Date('2026-01-06T00:00:00Z') },
      decode: decodeOptions(),
    });
    if (alerts.length > 0) alerting.push(left);
    if (findBlindRules([rule], [formatOf(format)]).length > 0) blind.push(left);
  }
  expect(blind).not.toEqual([]);
  expect(blind.filter((name) => alerting.includes(name))).toEqual([]);
});

/** A test's records, value by value. */
function columnsOf(each: RuleTest): { readonly names: readonly string[]; readonly rows: readonly string[][] } {
  const { format, lines } = expandRuleTest(each);
  return { names: formatOf(format).fields.map(({ name }) => name), rows: lines.map((line) => line.split(' ')) };
}
