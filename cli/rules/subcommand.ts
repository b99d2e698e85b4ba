/** What the commands below `sekisho rules` have in common: their options, and how their help looks. */
import { Command } from 'commander';
import type { CommonOptions } from '../settings.ts';

/** What `[path...]` stands for, for help texts. */
export const RULE_PATHS = 'rule files or folders (default: the built-in rules and those of the configuration)';

/** The option of commands that only look for lists in a lake. */
export const LAKE_OF_LISTS = ['--lake <dir>', 'the lake, for lists that are its objects', 'sekisho-lake'] as const;

/** What {@link LAKE_OF_LISTS} gives, with the options that all commands take. */
export interface ListOptions extends CommonOptions {
  readonly lake: string;
}

/** How a command says that it has ended, with its exit code. */
export type Done = (exitCode: number) => void;

/** A command with the options that all of them take, and examples below its help. */
export function subcommand(name: string, description: string, examples: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print JSON')
    .option('--config <file>', 'the configuration (default: sekisho.yml here, if there is one)')
    .option('--now <time>', 'the time to run as of, ISO 8601')
    .addHelpText('after', `\nExamples:\n${examples}\n`);
}
