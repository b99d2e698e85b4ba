/** `sekisho init`: writes sekisho.yml from a few answers. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { regionOfProfile, saidRegion } from '../shared/adapters/aws/region.ts';
import { describeFileError } from '../shared/adapters/local/file-errors.ts';
import { CommandFailure, EXIT, UsageError } from './exit.ts';
import { complete, type Answers } from './init/answers.ts';
import { nextSteps } from './init/next-steps.ts';
import { hasProfiles } from './init/find-sources.ts';
import { answersOf, checkOptions, type InitOptions } from './init/options.ts';
import { painter, tell, writeOut } from './output.ts';

const SCHEMA = 'sekisho.schema.json';

const HELP = `
Examples:
  sekisho init                              asks, and looks in AWS what there is
  sekisho init --log-group /vpc/flow-logs --format default \\
               --email you@example.com      flow logs that are there already
  sekisho init --log-group /vpc/flow-logs --create vpc-0123456789abcdef0
                                            a flow log is created with the rest
  sekisho init --bucket my-flow-logs        flow logs that AWS delivers to S3
  sekisho init --schema > ${SCHEMA}
                                            for editors that complete YAML

--format takes \`default\`, \`recommended\`, \`transit-gateway\`, or the LogFormat
that \`aws ec2 describe-flow-logs\` prints; give it several times where flow logs
of several formats share a group.
`;

/** The command. */
export function initCommand(done: (exitCode: number) => void): Command {
  return new Command('init')
    .description('write sekisho.yml: what is read, who is told, where it runs')
    .option('--log-group <name>', 'a log group of CloudWatch Logs with flow logs')
    .option('--format <format>', "the flow log's format; may be repeated", collect)
    .option('--create <resource>', 'create the flow log too: of a VPC, subnet, interface or transit gateway')
    .option('--retention-days <days>', 'how long CloudWatch keeps what is created (default: 14)')
    .option('--bucket <name>', 'a bucket to which AWS delivers flow logs')
    .option('--prefix <prefix>', 'what comes before AWSLogs/ in its keys')
    .option('--email <address>', 'who is told of alerts and failures; may be repeated', collect)
    .option('--region <region>', 'the AWS Region to deploy to (default: AWS_REGION or the profile)')
    .option('--name <name>', 'what the deployment is called (default: sekisho)')
    .option('-y, --yes', 'ask nothing')
    .option('--force', 'replace a file that is there already')
    .option('--schema', 'print the JSON Schema of sekisho.yml, and write nothing')
    .option('--config <file>', 'where to write (default: sekisho.yml here)')
    .option('--now <time>', 'the time to run as of; changes nothing here')
    .option('--json', 'print what was written as JSON, and ask nothing')
    .addHelpText('after', HELP)
    .action(async (options: InitOptions) => done(await init(options)));
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function init(options: InitOptions): Promise<number> {
  if (options.schema === true) return printSchema();
  const file = options.config ?? 'sekisho.yml';
  if (existsSync(file) && options.force !== true) {
    throw new UsageError([`\`${file}\` is there already: name another with --config, or replace it with --force`]);
  }
  const wrong = checkOptions(options);
  if (wrong.length > 0) throw new UsageError(wrong);
  const answers = await answer(options);
  if (answers === undefined) {
    tell('sekisho: stopped: nothing was written');
    return EXIT.interrupted;
  }
  const { configText } = await import('./init/config-text.ts');
  const schema = existsSync(join(dirname(file), SCHEMA)) ? `./${SCHEMA}` : undefined;
  write(file, configText(answers, schema), options.force === true);
  const steps = nextSteps(file, answers);
  await writeOut(
    options.json === true
      ? `${JSON.stringify({ file, next: steps.map(({ command, why }) => ({ command, why })) })}\n`
      : said(file, steps),
  );
  return EXIT.done;
}

/** The answers of the options, or of whoever sits at the terminal; undefined where they stopped. */
async function answer(options: InitOptions): Promise<Answers | undefined> {
  const given = answersOf(options);
  const asks = process.stdin.isTTY && process.stderr.isTTY && options.yes !== true && options.json !== true;
  const { checkAnswers } = await import('./init/check-answers.ts');
  // a format that is not given is asked for
  const problems = checkAnswers(given).filter(
    ({ option }) => !(asks && option === '--format' && options.format === undefined),
  );
  if (problems.length > 0) throw new UsageError(problems.map(({ option, reason }) => `${option}: ${reason}`));
  if (asks) {
    const { ask } = await import('./init/ask.ts');
    return ask(given, await regionHere());
  }
  if (given.sources === undefined) throw new UsageError([NO_SOURCE]);
  return complete({ ...given, region: given.region ?? (await regionHere()) });
}

/** The Region of the environment or the profile: what is deployed later, perhaps elsewhere, is to stay there. */
async function regionHere(): Promise<string | undefined> {
  const said = saidRegion();
  if (said !== undefined || !hasProfiles()) return said;
  return regionOfProfile();
}

const NO_SOURCE = `nobody can be asked here, so say what is to be read:
  sekisho init --log-group /vpc/flow-logs --format default
  sekisho init --log-group /vpc/flow-logs --create vpc-0123456789abcdef0
  sekisho init --bucket my-flow-logs
and with them --email, --region, --name; \`sekisho init --help\` has them all`;

function write(file: string, text: string, replace: boolean): void {
  try {
    writeFileSync(file, text, { flag: replace ? 'w' : 'wx' });
  } catch (error) {
    throw new CommandFailure([describeFileError('write the configuration', file, error)]);
  }
}

function said(file: string, steps: ReturnType<typeof nextSteps>): string {
  const paint = painter(process.stdout);
  const width = Math.max(...steps.map(({ command }) => command.length));
  const lines = steps.map(({ command, why }) => `  ${paint('title', command.padEnd(width))}  ${why}\n`);
  return `Wrote ${file}. Next:\n${lines.join('')}`;
}

async function printSchema(): Promise<number> {
  const { configJsonSchema } = await import('../shared/config/json-schema.ts');
  await writeOut(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  if (process.stderr.isTTY) {
    tell(
      `Save it beside sekisho.yml, and name it in the first line there, for editors with\nthe YAML language server:\n  # yaml-language-server: $schema=./${SCHEMA}`,
    );
  }
  return EXIT.done;
}
