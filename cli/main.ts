/** The terminal's entry point: commands, and how each of them may end. */
import { Command, CommanderError } from 'commander';
import { backfillCommand } from './backfill.ts';
import { doctorCommand } from './doctor.ts';
import { CommandFailure, EXIT, UsageError } from './exit.ts';
import { ingestCommand } from './ingest.ts';
import { initCommand } from './init.ts';
import { endQuietlyOnClosedPipe, widthOf } from './output.ts';
import { parseCommand } from './parse.ts';
import { formatProblem, formatUsageProblem } from './problems.ts';
import { queryCommand } from './query.ts';
import { redriveCommand } from './redrive.ts';
import { rulesCommand } from './rules.ts';

const HELP = `
Examples:
  sekisho ingest events/hour --lake lake    read a folder, say what was found
  aws logs filter-log-events … | sekisho ingest -
                                            read what another program prints
  sekisho query "SELECT dstport, count(*) AS n FROM flows GROUP BY 1"
  sekisho rules test                        run the tests inside the rules
  sekisho init                              write sekisho.yml, asking what for
  sekisho doctor                            check the deployment on AWS

Exit codes: 0 done · 1 failed · 2 wrong usage or configuration
            3 done, and something was found
`;

const HELP_STYLE = { helpWidth: widthOf(process.stdout) };

async function main(): Promise<number> {
  endQuietlyOnClosedPipe();
  let exitCode: number = EXIT.done;
  const program = new Command('sekisho')
    .description(
      'A checkpoint for VPC Flow Logs: alerts on traffic that should not be there, and a lake of every record.',
    )
    .version('0.1.0')
    .addHelpText('after', HELP);
  const done = (code: number): void => {
    exitCode = code;
  };
  for (const command of [
    ingestCommand,
    parseCommand,
    queryCommand,
    rulesCommand,
    initCommand,
    doctorCommand,
    backfillCommand,
    redriveCommand,
  ]) {
    program.addCommand(command(done));
  }
  withErrors(program);
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof UsageError || error instanceof CommandFailure) {
      for (const line of error.lines) process.stderr.write(`${formatProblem(line)}\n`);
      return error instanceof UsageError ? EXIT.usage : EXIT.failed;
    }
    process.stderr.write(`sekisho: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env['SEKISHO_DEBUG'] !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return EXIT.failed;
  }
}

/** Makes a command and those below it throw instead of ending the process, so that one place decides on exit codes. */
function withErrors(command: Command): Command {
  command
    .exitOverride()
    .configureHelp(HELP_STYLE)
    .configureOutput({ outputError: (text, write) => write(formatUsageProblem(text)) });
  for (const each of command.commands) withErrors(each);
  return command;
}

process.exitCode = await main();
