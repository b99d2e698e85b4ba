/** `sekisho redrive`: what was given up is tried again, after its cause was mended. */
import { Command, Option } from 'commander';
import { KEPT_CALLS } from '../shared/operations/deployed-functions.ts';
import { TRIES, type QueueName } from '../shared/operations/deployed-queues.ts';
import type { CommonOptions } from './settings.ts';

/** Queues whose dead letters go back. */
const DEAD_LETTERS = ['batches', 'objects', 'backfill', 'alerts'] as const satisfies readonly Lowercase<QueueName>[];

/** What can be replayed: dead letters of queues, failed calls of functions. */
export const REDRIVABLE = [...DEAD_LETTERS, ...KEPT_CALLS] as const;

/** One of {@link REDRIVABLE}. */
export type Redrivable = (typeof REDRIVABLE)[number];

/** The command's options. */
export interface RedriveOptions extends CommonOptions {
  readonly queue?: readonly Redrivable[];
  readonly dryRun?: true;
}

const HELP = `
batches, objects, backfill and alerts are dead letters: messages that archive,
collect or notify gave up on after ${TRIES} tries. They go back to their queue.
detect and rules are calls that failed for good, kept in the bucket Transit.
They are made again; of rules one call does, as each run makes up for all that
was left over.

Mend the cause first: the function's log names it. Running it twice, or
stopping it half way, is harmless: a delivery is known by its identity, and
an alert by its id, however often they come.

Examples:
  sekisho redrive --dry-run         what there is, and how old
  sekisho redrive                   everything
  sekisho redrive --queue detect    the failed calls of one function

Exit codes: 0 done · 1 failed · 3 done, and some could not be replayed
`;

/** The command. */
export function redriveCommand(done: (exitCode: number) => void): Command {
  return new Command('redrive')
    .description('replay dead letters and failed calls after their cause was mended')
    .addOption(new Option('--queue <name...>', 'only these').choices(REDRIVABLE))
    .option('--dry-run', 'say what there is, and leave it')
    .option('--json', 'print JSON')
    .option('--config <file>', 'the configuration (default: sekisho.yml here, if there is one)')
    .option('--now <time>', 'the time to run as of, ISO 8601')
    .addHelpText('after', HELP)
    .action(async (options: RedriveOptions) => {
      const { redrive } = await import('./redrive/run.ts');
      done(await redrive(options));
    });
}
