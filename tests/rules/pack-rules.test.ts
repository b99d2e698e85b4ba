import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertsOfMatches } from '../../shared/alerts/build.ts';
import { compileRules } from '../../shared/rules/compile.ts';
import { evaluateRules } from '../../shared/rules/evaluate.ts';
import { valuesOf, operandsOf } from '../../shared/rules/expression.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { packRules, unpackRules } from '../../shared/rules/pack-rules.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { stateKeyOf } from '../../shared/rules/state-key.ts';
import { columnBatch, type RecordInput } from '../support/batches.ts';
import { noQueries } from '../support/rules.ts';
import { expression, record, WIDE } from './arbitraries.ts';
import { ruleOf } from './rule-of.ts';

/** Packed, written as JSON, read and unpacked: the way into a function. */
const carried = (rules: readonly Rule[]): readonly Rule[] =>
  unpackRules(JSON.parse(JSON.stringify(packRules(rules))) as ReturnType<typeof packRules>);

const folder = new URL('../../rules/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const pack = loadRules(files.map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))).rules;

/** The ids of the alerts that rules raise. */
function alertIds(rules: readonly Rule[], records: readonly RecordInput[]): readonly string[] {
  const batch = columnBatch(WIDE, records);
  const source = { account: null, region: null, name: null };
  const matched = { source, batches: [{ batch, matches: evaluateRules(compileRules(rules), batch) }] };
  return alertsOfMatches(matched, noQueries).map(({ id }) => id);
}

test('every built-in rule comes back as it was', () => {
  expect(pack.length).toBeGreaterThan(40);
  expect(carried(pack)).toEqual(pack);
  expect(carried(pack).map(stateKeyOf)).toEqual(pack.map(({ stateKey }) => stateKey));
});

test('rules that name a list share it, before and after', () => {
  const shared = (rules: readonly Rule[]): number => {
    const operands = rules.flatMap(({ where, except }) =>
      [where, except].flatMap((part) => (part ? operandsOf(part) : [])),
    );
    return new Set(operands.filter(({ kind }) => kind === 'list').map(valuesOf)).size;
  };
  expect(shared(carried(pack))).toBe(shared(pack));
  expect(shared(pack)).toBeLessThan(pack.length);
});

test('random rules come back as they were, and raise the same alerts', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(expression, fc.option(expression, { nil: undefined })), { minLength: 1, maxLength: 4 }),
      fc.array(record, { minLength: 1, maxLength: 8 }),
      (texts, records) => {
        const rules = texts.map(([where, except], index) => ruleOf(`rule-${index}`, where, except));
        const unpacked = carried(rules);
        expect(unpacked).toEqual(rules);
        expect(unpacked.map(stateKeyOf)).toEqual(rules.map(stateKeyOf));
        expect(alertIds(unpacked, records)).toEqual(alertIds(rules, records));
      },
    ),
  );
});

test.each([
  ['a sequel', 'window: 10m\n    when: count() >= 10\n    then: dstaddr in 10.0.0.0/8\n    within: 5m'],
  ['an absence', 'when: no records for 45m'],
  ['what is new', 'when: new dstport over 14d'],
  ['a baseline', 'window: 1h\n    when: sum(bytes) > 4 × usual over 14d and at least 1GB'],
])('%s comes back as it was', (_, condition) => {
  const text = `rules:\n  - id: one\n    where: srcaddr in @private and tcp-flags has SYN\n    ${condition}\n`;
  const { rules, diagnostics } = loadRules([{ name: 'rules.yml', text }]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(rules).toHaveLength(1);
  expect(carried(rules)).toEqual(rules);
});
