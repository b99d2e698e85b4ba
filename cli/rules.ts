/** `sekisho rules`: everything one does with rules, a file a command in `rules/`. */
import { Command } from 'commander';
import { backtestCommand } from './rules/backtest.ts';
import { checkCommand } from './rules/check.ts';
import { explainCommand } from './rules/explain.ts';
import { importSigmaCommand } from './rules/import-sigma.ts';
import { listCommand } from './rules/list.ts';
import { runCommand } from './rules/run.ts';
import { schemaCommand } from './rules/schema.ts';
import type { Done } from './rules/subcommand.ts';
import { testCommand } from './rules/test.ts';

const EXAMPLES = `
Examples:
  sekisho rules list                  what is looked for
  sekisho rules explain port-scan     one rule in plain words
  sekisho rules check my-rules/       every mistake, its place, what to do
  sekisho rules test my-rules/        the tests inside the rules
  sekisho rules backtest port-scan    what it would have raised on the lake
  sekisho rules run                   ask the lake what long windows tell
  sekisho rules schema > rules.schema.json
  sekisho rules import-sigma scan.yml > my-rules/scan.yml

docs/rules.md is the reference of the rule language.
`;

/** The command and those below it. */
export function rulesCommand(done: Done): Command {
  const command = new Command('rules')
    .description('say what is looked for: list, explain, check, test and tune rules')
    .addHelpText('after', EXAMPLES);
  for (const subcommand of [
    listCommand,
    explainCommand,
    checkCommand,
    testCommand,
    backtestCommand,
    runCommand,
    schemaCommand,
    importSigmaCommand,
  ]) {
    command.addCommand(subcommand(done));
  }
  return command;
}
