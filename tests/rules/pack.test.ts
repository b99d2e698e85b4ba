import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { runRuleTest } from '../../shared/rule-tests.ts';
import { CODES } from '../../shared/rules/codes.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { expectedCount } from '../../shared/rules/rule-test.ts';
import { decodeOptions } from '../support/decode.ts';

const folder = new URL('../../rules/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
const { rules, tests, diagnostics } = loadRules(files);
const docs = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');

test('the built-in rules are without fault, one a file of its name', () => {
  expect(diagnostics).toEqual([]);
  expect(rules.map(({ id }) => `${id}.yaml`)).toEqual(files.map(({ name }) => name));
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const own = tests.filter((each) => each.rule === id);

  test('says why it matters, what to do, and where it gives false alarms', () => {
    expect(rule.description).toContain('False positives:');
    expect(rule.runbook).toBeDefined();
    expect(rule.tags).not.toEqual([]);
    expect(docs).toContain(`| \`${id}\` |`);
  });

  test('is tested for what it finds and for what it must not', () => {
    expect(own.some((each) => expectedCount(each) > 0)).toBe(true);
    expect(own.some((each) => expectedCount(each) === 0)).toBe(true);
  });

  test.each(own.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { failures } = await runRuleTest(each, rule, {
      createStore: createMemoryStore,
      createQueue: () => createMemoryQueue<Arrival>(),
      clock: { now: () => new Date('2026-01-06T00:00:00Z') },
      decode: decodeOptions(),
    });
    expect(failures).toEqual([]);
  });
});

test('the reference lists every diagnostic code with its meaning', () => {
  const listed = [...docs.matchAll(/^\| ([EW]\d{3}) \| (.*) \|$/gm)].map((row) => [row[1], row[2]]);
  expect(Object.fromEntries(listed)).toEqual(CODES);
});

test('the example in the reference is a rule without fault, and its tests pass', async () => {
  const example = loadRules([{ name: 'example.yaml', text: /```yaml\n([^]*?)```/.exec(docs)![1]! }]);
  expect(example.diagnostics).toEqual([]);
  for (const each of example.tests) {
    const { failures } = await runRuleTest(each, example.rules[0]!, {
      createStore: createMemoryStore,
      createQueue: () => createMemoryQueue<Arrival>(),
      clock: { now: () => new Date('2026-01-06T00:00:00Z') },
      decode: decodeOptions(),
    });
    expect(failures).toEqual([]);
  }
});
