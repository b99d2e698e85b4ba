/** `sekisho backfill`: flow logs that lay in S3 before the deployment did, through the same way as new ones. */
import { Command, InvalidArgumentError } from 'commander';
import type { CommonOptions } from './settings.ts';

/** The command's options. */
export interface BackfillOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly force?: true;
  readonly dryRun?: true;
  readonly yes?: true;
}

const HELP = `
The objects must lie below AWSLogs/ in a bucket (and prefix) that sekisho.yml
names as a source: those are what the deployment may read.

It lists them, says how many there are and what reading them costs, asks the
lake which of their hours another source holds already (those would be counted
twice: it stops there, unless --force says that they are wanted), asks whether
to go on, and queues them. The deployment then reads them at its own pace.

Running it again, or after it was interrupted, is harmless: it queues the
objects again, and what the lake holds of them it knows by their identity. It
costs the same again.

Alerts about old traffic are raised, and told, like any others.

Examples:
  sekisho backfill s3://logs/AWSLogs/ --dry-run
                                     what there is, and what it would cost
  sekisho backfill s3://logs/AWSLogs/ --from 2026-01-01 --to 2026-03-31
                                     three months, the last day included
  sekisho backfill s3://logs/AWSLogs/123456789012/ --limit 10 --yes
                                     ten objects, to try it; asks nothing

Exit codes: 0 queued · 1 failed, or not wanted · 2 wrong usage
            3 another source holds some of the hours: nothing was queued
`;

/** The command. */
export function backfillCommand(done: (exitCode: number) => void): Command {
  return new Command('backfill')
    .description('have the deployment read flow logs that already lie in S3')
    .argument('<s3://bucket/prefix>', 'where they lie')
    .option('--from <day>', 'only what is of this day or later: 2026-01-01, or a time')
    .option('--to <day>', 'only what is of this day or earlier; of a time: before it')
    .option('--limit <objects>', 'at most so many objects, in the order of their keys', readLimit)
    .option('--force', 'also hours that another source holds: their records count twice')
    .option('--dry-run', 'say what there is and what it would cost, and queue nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .option('--config <file>', 'the configuration (default: sekisho.yml here, if there is one)')
    .option('--now <time>', 'the time to run as of, ISO 8601')
    .addHelpText('after', HELP)
    .action(async (place: string, options: BackfillOptions) => {
      const { backfill } = await import('./backfill/run.ts');
      done(await backfill(place, options));
    });
}

function readLimit(text: string): number {
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1) throw new InvalidArgumentError('it is no number of objects: write one from 1 on');
  return limit;
}
