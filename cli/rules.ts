/** `sekisho rules`: everything one does with rules, a file a command in `rules/`. */
import { Command } from 'commander';
import { checkCommand } from './rules/check.ts';
import { explainCommand } from './rules/explain.ts';
import { importSigmaCommand } from './rules/import-sigma.ts';
import { listCommand } from './rules/list.ts';
import { runCommand } from './rules/run.ts';
import type { Done } from './rules/subcommand.ts';
import { testCommand } from './rules/test.ts';

const EXAMPLES = `
Examples:
  sekisho rules check my-rules/           every mistake, with its place and what was probably meant
  sekisho rules test                      the tests of the built-in rules
  sekisho rules list                      what is looked for
  sekisho rules run                       ask the lake what long windows, new values and baselines tell
`;

/** The command and those below it. */
export function rulesCommand(done: Done): Command {
  const command = new Command('rules').description('check, test and list rules').addHelpText('after', EXAMPLES);
  for (const subcommand of [checkCommand, testCommand, listCommand, runCommand, explainCommand, importSigmaCommand]) {
    command.addCommand(subcommand(done));
  }
  return command;
}
