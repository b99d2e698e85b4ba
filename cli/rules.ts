/** `sekisho rules`: check, test and list rules. */
import { Command } from 'commander';
import { createMemoryStore } from '../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../shared/adapters/local/queue.ts';
import type { Arrival } from '../shared/envelope/delivery.ts';
import { runRuleTest, type RuleTestResult } from '../shared/rule-tests.ts';
import { formatDiagnostic } from '../shared/rules/diagnostics.ts';
import { formatSpan } from '../shared/alerts/wording.ts';
import { EXIT } from './exit.ts';
import { counted, painter, widthOf, writeOut } from './output.ts';
import { decodeOptionsOf, readCheckedRules, readRules, readSettings, type CommonOptions } from './settings.ts';
import { formatTable } from './table.ts';

const PATHS = 'rule files or folders (default: the built-in rules and those of the configuration)';

const CHECK_EXAMPLES = `\
  sekisho rules check my-rules/           every mistake, with its place and what was probably meant
  sekisho rules check my-rules/ --json    the same for an editor or a pipeline`;
const TEST_EXAMPLES = `\
  sekisho rules test                      the tests of the built-in rules
  sekisho rules test my-rules/ssh.yml     those of a file`;
const LIST_EXAMPLES = `\
  sekisho rules list                      what is looked for
  sekisho rules list my-rules/ --json     with descriptions, tags and runbooks`;

const HELP = `
Examples:
${CHECK_EXAMPLES}
${TEST_EXAMPLES}
${LIST_EXAMPLES}
`;

/** The command and those below it. */
export function rulesCommand(done: (exitCode: number) => void): Command {
  const command = new Command('rules').description('check, test and list rules').addHelpText('after', HELP);
  const subcommand = (
    name: string,
    description: string,
    action: (paths: readonly string[], options: CommonOptions) => Promise<number>,
    examples: string,
  ): void => {
    command
      .command(name)
      .description(description)
      .argument('[path...]', PATHS)
      .option('--json', 'print JSON')
      .option('--config <file>', 'the configuration (default: sekisho.yml here, if there is one)')
      .option('--now <time>', 'the time to run as of, ISO 8601')
      .addHelpText('after', `\nExamples:\n${examples}\n`)
      .action(async (paths: string[], options: CommonOptions) => done(await action(paths, options)));
  };
  subcommand('check', 'say everything that is wrong with rules; exits with 3 if anything is', check, CHECK_EXAMPLES);
  subcommand('test', 'run the tests inside rules; exits with 3 if one fails', test, TEST_EXAMPLES);
  subcommand('list', 'list rules', list, LIST_EXAMPLES);
  return command;
}

async function check(paths: readonly string[], options: CommonOptions): Promise<number> {
  const { rules, diagnostics, sources } = readRules(await readSettings(options), paths);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (options.json === true) {
    await writeOut(`${JSON.stringify(diagnostics, null, 2)}\n`);
  } else {
    const paint = painter(process.stdout);
    const texts = diagnostics.map((each) => `${formatDiagnostic(each, sources.get(each.file)!.text).trimEnd()}\n`);
    const warnings = diagnostics.length - errors;
    const verdict =
      diagnostics.length === 0
        ? `${paint('good', 'nothing wrong')} in ${counted(rules.length, 'rule')} of ${counted(sources.size, 'file')}`
        : `${paint('bad', counted(errors, 'error'))} and ${counted(warnings, 'warning')} in ${counted(sources.size, 'file')}`;
    await writeOut(`${texts.map((text) => `${text}\n`).join('')}${verdict}\n`);
  }
  return errors > 0 ? EXIT.found : EXIT.done;
}

async function test(paths: readonly string[], options: CommonOptions): Promise<number> {
  const settings = await readSettings(options);
  const { rules, tests } = readCheckedRules(settings, paths);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const runOptions = {
    createStore: createMemoryStore,
    createQueue: () => createMemoryQueue<Arrival>(),
    clock: settings.clock,
    decode: decodeOptionsOf(settings, undefined),
  };
  const results: RuleTestResult[] = [];
  for (const each of tests) results.push(await runRuleTest(each, byId.get(each.rule)!, runOptions));
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

async function list(paths: readonly string[], options: CommonOptions): Promise<number> {
  const { rules } = readCheckedRules(await readSettings(options), paths);
  if (options.json === true) {
    const shown = rules.map(({ id, title, description, severity, tags, by, condition, suppress, runbook }) => ({
      id,
      title,
      description,
      severity,
      tags,
      by,
      window: condition.kind === 'window' ? condition.seconds : null,
      when: condition.kind === 'window' ? condition.when.text : null,
      suppress,
      runbook: runbook ?? null,
    }));
    await writeOut(`${JSON.stringify(shown, null, 2)}\n`);
    return EXIT.done;
  }
  const rows = rules.map(({ id, severity, title, condition }) => [
    id,
    severity,
    condition.kind === 'window' ? `${condition.when.text} in ${formatSpan(condition.seconds)}` : 'every match',
    title,
  ]);
  const columns = ['id', 'severity', 'alerts at', 'title'].map((name) => ({ name, type: 'VARCHAR' }));
  await writeOut(formatTable({ columns, rows }, widthOf(process.stdout)));
  return EXIT.done;
}
