/** `sekisho doctor`: whether a deployment works, and how to mend what does not. */
import { Command } from 'commander';
import type { CommonOptions } from './settings.ts';

const HELP = `
It looks and changes nothing. Each check ends as
  ok         nothing is to be done
  warning    it works, but costs, delays or hides something
  problem    something does not work
  hidden     it could not be looked at, mostly for want of a permission
and what is not ok comes with how to mend it.

What is looked at: the stack; each log group with its subscription, retention
and flow logs; each bucket with its events and newest object; queues, dead
letters and failed calls; the lake with its windows and compaction; functions
and their concurrency; subscribers of topics; alarms.

Examples:
  sekisho doctor                     the deployment of sekisho.yml here
  sekisho doctor --config test.yml   that of another configuration
  sekisho doctor --json              for scripts: .findings[] | .result, .mend

Exit codes: 0 all is well · 1 could not look · 3 something was found
`;

/** The command. */
export function doctorCommand(done: (exitCode: number) => void): Command {
  return new Command('doctor')
    .description('check the deployment on AWS, and say how to mend it')
    .option('--json', 'print JSON')
    .option('--config <file>', 'the configuration (default: sekisho.yml here, if there is one)')
    .option('--now <time>', 'the time to run as of, ISO 8601')
    .addHelpText('after', HELP)
    .action(async (options: CommonOptions) => {
      // the clients of AWS take longer to load than most commands take to run
      const { doctor } = await import('./doctor/run.ts');
      done(await doctor(options));
    });
}
