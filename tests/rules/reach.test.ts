/** Conditions that nothing which a rule matches can meet. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldReader } from '../../shared/flow/derived.ts';
import { inferDirections, servicePortTable } from '../../shared/flow/direction.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { columnBatch, type RecordInput } from '../support/batches.ts';
import { expression, LISTS, record, WIDE } from './arbitraries.ts';
import { evaluate, type Reader } from './naive.ts';
import { ruleOf } from './rule-of.ts';

/** Every error of a rule that counts over ten minutes, `CODE underlined text: message`. */
function errors(rule: Readonly<Record<string, unknown>>): readonly string[] {
  const text = JSON.stringify({ lists: LISTS, rules: [{ id: 'a', window: '10m', ...rule }] });
  return loadRules([{ name: 'rules.yml', text }]).diagnostics.flatMap(
    ({ code, severity, column, endColumn, message }) =>
      severity === 'error' ? [`${code} ${text.slice(column - 1, endColumn - 1).replaceAll('"', '')}: ${message}`] : [],
  );
}

test.each<[string, string, string]>([
  ['has(srcport)', 'distinct(action) >= 3', '`action` never has 3 different values: what `where` matches has 2 at most'],
  ['action = REJECT', 'distinct(action) > 1', '`action` never has 2 different values: what `where` matches has 1 at most'],
  ['has(srcport)', 'distinct(protocol) > 256', '`protocol` never has 257 different values: what `where` matches has 256 at most'],
  ['dstport in (22, 23)', 'distinct(dstport) >= 3', '`dstport` never has 3 different values: what `where` matches has 2 at most'],
  ['dstport in (22, 23) and initiator = src', 'distinct(server_port) >= 3', '`server_port` never has 3 different values: what `where` matches has 2 at most'],
  ["vpc_id in ('a', 'b') or vpc_id = c", 'distinct(vpc_id) > 3', '`vpc_id` never has 4 different values: what `where` matches has 3 at most'],
  ['srcaddr in 10.0.0.0/30', 'distinct(srcaddr) >= 5', '`srcaddr` never has 5 different values: what `where` matches has 4 at most'],
  ['protocol = icmp', 'distinct(server_port) >= 1', 'nothing that `where` matches has a `server_port`'],
  ['has(srcport)', 'distinct(interface_id) >= 2', 'a group never has 2 values of `interface_id`, as `by` names it'],
])('%s with %s', (where, when, message) => {
  expect(errors({ where, when })).toEqual([`E314 ${when}: ${message}`]);
}); // prettier-ignore

test.each([
  ['has(srcport)', 'distinct(action) >= 2'],
  ['dstport in (22, 23)', 'distinct(dstport) > 1'],
  ['dstport in (22, 23)', 'distinct(srcport) > 9'],
  ['dstport in (22, 23)', 'distinct(server_port) > 9'],
  ['vpc_id like eni-*', 'distinct(vpc_id) > 9'],
  ['vpc_id != eni-1', 'distinct(vpc_id) > 9'],
  ['srcaddr in @others and dstport in @empty', 'distinct(dstport) >= 3'],
  ['srcaddr = 10.0.0.1 or dstport = 1', 'distinct(srcaddr) >= 3'],
  ['has(srcport)', 'distinct(interface_id) >= 1'],
])('%s with %s may alert', (where, when) => {
  expect(errors({ where, when })).toEqual([]);
});

test('what an exception takes out does not count', () => {
  const rule = { where: 'dstport in 20-24', when: 'distinct(dstport) >= 4' };
  expect(errors(rule)).toEqual([]);
  expect(errors({ ...rule, except: 'dstport in (21, 23)' })).toHaveLength(1);
});

test('what is usual is looked for in eight windows, and a floor counts too', () => {
  const usual = (when: string) => errors({ where: 'has(srcport)', window: '1d', when }).map((each) => each.slice(0, 4));
  expect(usual('count() > 4 × usual over 7d')).toEqual(['E310']);
  expect(usual('count() > 4 × usual over 8d')).toEqual([]);
  expect(usual('distinct(action) > 4 × usual over 14d and at least 3')).toEqual(['E314']);
  expect(usual('distinct(action) > 4 × usual over 14d')).toEqual([]);
});

test('a sequence within a group that tells its halves apart is refused', () => {
  const sequence = { where: 'action = REJECT', when: 'count() >= 9', then: 'action = ACCEPT', within: '5m' };
  expect(errors({ ...sequence, by: ['srcaddr'] })).toEqual([]);
  expect(errors({ ...sequence, by: ['srcaddr', 'action'] })).toEqual([
    'E314 action = ACCEPT: `then` never matches in the group of `where`: `by` names `action`, which is another there',
  ]);
});

/** Who opened the connection, as the decoder works it out. */
function readerOf(input: RecordInput): Reader {
  const batch = columnBatch(WIDE, [input]);
  const inferred = inferDirections(batch.columns, 1, { inNetworks: () => false, servicePorts: servicePortTable() });
  return (column) => fieldReader({ ...batch, ...inferred }, column)(0);
}

test('no record matches what is said never to match, and none has values that are not counted on', () => {
  const field = fc.constantFrom('action', 'protocol', 'dstport', 'server_port', 'client', 'vpc_id', 'initiator');
  fc.assert(
    fc.property(
      fc.tuple(expression, expression).map(([a, b]) => `(${a}) and (${b})`),
      field,
      fc.array(record, { minLength: 30, maxLength: 80 }),
      (where, field, records) => {
        const most = [0, 1, 2, 3, 4].find(
          (n) => errors({ where, by: 'region', when: `distinct(${field}) > ${n}` }).length > 0,
        );
        if (most === undefined) return;
        const rule = ruleOf('a', where);
        const met = records.map(readerOf).filter((read) => evaluate(rule.where, read) === true);
        const values = new Set(met.map((read) => read(field)).filter((value) => value !== null));
        expect(values.size).toBeLessThanOrEqual(most);
      },
    ),
    { numRuns: 200 },
  );
});
