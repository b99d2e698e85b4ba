/** `sekisho rules test`: the tests inside rules. */
import type { Command } from 'commander';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import { openScheduledTests } from '../../shared/adapters/local/scheduled-tests.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { runRuleTest, type RuleTestResult } from '../../shared/rule-tests.ts';
import { PRIVATE_NETWORKS } from '../../shared/rules/built-in-lists.ts';
import { EXIT } from '../exit.ts';
import { painter, writeOut } from '../output.ts';
import { readCheckedRules } from '../read-rules.ts';
import { decodeOptionsOf, readSettings } from '../settings.ts';
import { LAKE_OF_LISTS, RULE_PATHS, subcommand, type Done, type ListOptions } from './subcommand.ts';

const EXAMPLES = `\
  sekisho rules test                      the tests of the built-in rules
  sekisho rules test my-rules/ssh.yml     those of a file`;

/** The command. */
export function testCommand(done: Done): Command {
  return subcommand('test', 'run the tests inside rules; exits with 3 if one fails', EXAMPLES)
    .argument('[path...]', RULE_PATHS)
    .option(...LAKE_OF_LISTS)
    .action(async (paths: string[], options: ListOptions) => done(await test(paths, options)));
}

async function test(paths: readonly string[], options: ListOptions): Promise<number> {
  const settings = await readSettings(options);
  const { rules, tests } = await readCheckedRules(settings, paths, options.lake);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const scheduled = openScheduledTests(settings.config.networks ?? PRIVATE_NETWORKS);
  const runOptions = {
    createStore: createMemoryStore,
    createQueue: () => createMemoryQueue<Arrival>(),
    clock: settings.clock,
    decode: decodeOptionsOf(settings, undefined),
    runScheduled: scheduled.run,
  };
  const results: RuleTestResult[] = [];
  try {
    for (const each of tests) results.push(await runRuleTest(each, byId.get(each.rule)!, runOptions));
  } finally {
    await scheduled.close();
  }
  const failed = results.filter(({ failures }) => failures.length > 0);
  const untested = rules.filter(({ id }) => !tests.some((each) => each.rule === id)).map(({ id }) => id);
  if (options.json === true) {
    const tests = results.map(({ test: { rule, name, file, line }, alerts, failures }) => {
      return { rule, name, file, line, passed: failures.length === 0, alerts: alerts.length, failures };
    });
    await writeOut(
      `${JSON.stringify({ passed: results.length - failed.length, failed: failed.length, untested, tests }, null, 2)}\n`,
    );
  } else {
    await writeOut(describeTests(results, untested));
  }
  return failed.length > 0 ? EXIT.found : EXIT.done;
}

function describeTests(results: readonly RuleTestResult[], untested: readonly string[]): string {
  const paint = painter(process.stdout);
  const lines: string[] = [];
  let rule: string | undefined;
  for (const { test: each, failures } of results) {
    if (each.rule !== rule) lines.push(paint('title', (rule = each.rule)));
    lines.push(`  ${failures.length === 0 ? paint('good', '✓') : paint('bad', '✗')} ${each.name}`);
    if (failures.length > 0)
      lines.push(
        `      ${paint('dim', `${each.file}:${each.line}`)}`,
        ...failures.map((failure) => `      ${failure}`),
      );
  }
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  if (untested.length > 0) lines.push('', `without a test: ${untested.join(', ')}`);
  lines.push('', `${results.length - failed} passed, ${failed > 0 ? paint('bad', `${failed} failed`) : '0 failed'}`);
  return `${lines.join('\n')}\n`;
}
