/** The questions that make a sekisho.yml, asked on a terminal. */
import * as prompts from '@clack/prompts';
import { complete, type Answers, type PartialAnswers, type SourceAnswer } from './answers.ts';
import { checkAnswers } from './check-answers.ts';
import { findSources, mayHaveCredentials } from './find-sources.ts';

/** Questions are no data: they go where progress goes. */
const TERMINAL = { input: process.stdin, output: process.stderr } as const;

/** Thrown where somebody stops instead of answering. */
const STOPPED = new Error('stopped');

/** Asks for what is not given; undefined where somebody stops. `found` is the Region that is said elsewhere. */
export async function ask(given: PartialAnswers, found: string | undefined): Promise<Answers | undefined> {
  prompts.intro('sekisho.yml: what is read, who is told, where it runs', TERMINAL);
  try {
    const region = given.region ?? (await askRegion(found));
    const sources = given.sources === undefined ? await askSources(region) : await completeFormats(given.sources);
    const emails = given.emails ?? (await askEmails());
    prompts.outro('That is all.', TERMINAL);
    return complete({ ...given, region, sources, emails });
  } catch (error) {
    if (error === STOPPED) return undefined;
    throw error;
  }
}

async function askRegion(found: string | undefined): Promise<string> {
  return askText({
    message: 'In which AWS Region do the flow logs arrive?',
    placeholder: 'ap-northeast-1',
    initialValue: found ?? '',
    check: (value) => (value === '' ? NO_REGION : wrong('--region', { region: value })),
  });
}

const NO_REGION = 'everything is deployed to one Region, where the flow logs are: write it like `ap-northeast-1`';

async function askSources(region: string | undefined): Promise<readonly SourceAnswer[]> {
  const found = mayHaveCredentials(process.env) ? await offerFound(region) : [];
  return found.length > 0 ? found : [await askSource()];
}

/** Offers what AWS says is there; none where there is nothing, nobody may look, or nothing is wanted. */
async function offerFound(region: string | undefined): Promise<readonly SourceAnswer[]> {
  const spinner = prompts.spinner(TERMINAL);
  spinner.start('Looking for flow logs in AWS');
  const found = await findSources(region);
  if (found.kind === 'not-looked') {
    spinner.stop(`AWS could not be asked which flow logs there are: ${found.reason}`);
    return [];
  }
  if (found.sources.length === 0) {
    spinner.stop('There are no flow logs yet');
    return [];
  }
  spinner.stop('There are flow logs already');
  const chosen = await orStop(
    prompts.multiselect({
      ...TERMINAL,
      message: 'Which of these should be read? (none: name another)',
      options: found.sources.map(({ label, hint }, value) => ({ value, label, hint })),
      initialValues: [...found.sources.keys()].filter((index) => !found.sources[index]!.isSecond),
      maxItems: 10,
      required: false,
    }),
  );
  return chosen.map((index) => found.sources[index]!.source);
}

async function askSource(): Promise<SourceAnswer> {
  const kind = await orStop(
    prompts.select({
      ...TERMINAL,
      message: 'Where are the flow logs?',
      options: [
        { value: 'existing', label: 'In a log group of CloudWatch Logs', hint: 'the fastest' },
        { value: 'create', label: 'There are none yet: create a flow log and its log group' },
        { value: 'bucket', label: 'In an S3 bucket', hint: 'cheaper, minutes later' },
      ],
    }),
  );
  if (kind === 'bucket') return askBucket();
  const logGroup = await askText({
    message: kind === 'create' ? 'What should the log group be called?' : 'What is the log group called?',
    placeholder: '/vpc/flow-logs',
    initialValue: kind === 'create' ? '/vpc/flow-logs' : '',
    check: (value) => wrong('--log-group', { sources: [existing(value, 'default')] }),
  });
  if (kind === 'existing') return askFormat(logGroup);
  const resource = await askText({
    message: 'What should it watch? (a VPC, subnet, interface or transit gateway)',
    placeholder: 'vpc-0123456789abcdef0',
    check: (value) => wrong('--create', { sources: [created(logGroup, value)] }),
  });
  return created(logGroup, resource);
}

function existing(logGroup: string, format: string): SourceAnswer {
  return { kind: 'log-group', logGroup, formats: [format], create: undefined };
}

function created(logGroup: string, resource: string): SourceAnswer {
  return { kind: 'log-group', logGroup, formats: [], create: { resource, retentionDays: undefined } };
}

async function askBucket(): Promise<SourceAnswer> {
  const source = (bucket: string, prefix = ''): SourceAnswer => ({ kind: 'bucket', bucket, prefix });
  const bucket = await askText({
    message: 'What is the bucket called?',
    placeholder: 'my-flow-logs',
    check: (value) => wrong('--bucket', { sources: [source(value)] }),
  });
  const prefix = await askText({
    message: 'What comes before `AWSLogs/` in its keys? (empty: nothing)',
    placeholder: 'logs/',
    check: (value) => wrong('--prefix', { sources: [source(bucket, value)] }),
  });
  return source(bucket, prefix);
}

/** Asks for the formats that the command line leaves open. */
async function completeFormats(sources: readonly SourceAnswer[]): Promise<readonly SourceAnswer[]> {
  const completed: SourceAnswer[] = [];
  for (const source of sources) {
    const isOpen = source.kind === 'log-group' && source.formats.length === 0 && source.create === undefined;
    completed.push(isOpen ? await askFormat(source.logGroup) : source);
  }
  return completed;
}

async function askFormat(logGroup: string): Promise<SourceAnswer> {
  const format = await askText({
    message: 'Which format do they have? (`LogFormat` of `aws ec2 describe-flow-logs`)',
    placeholder: '${version} ${account-id} …',
    initialValue: 'default',
    check: (value) => wrong('--format', { sources: [existing(logGroup, value)] }),
  });
  return existing(logGroup, format);
}

async function askEmails(): Promise<readonly string[]> {
  const text = await askText({
    message: 'Who is told of alerts and failures, by e-mail? (empty: nobody yet)',
    placeholder: 'you@example.com',
    check: (value) => wrong('--email', { emails: addresses(value) }),
  });
  return addresses(text);
}

function addresses(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((address) => address !== '');
}

/** What is wrong with the answer to one question. */
function wrong(option: string, answers: PartialAnswers): string | undefined {
  return checkAnswers(answers).find((problem) => problem.option === option)?.reason;
}

interface Question {
  readonly message: string;
  readonly placeholder: string;
  readonly initialValue?: string;
  readonly check: (value: string) => string | undefined;
}

async function askText({ check, ...question }: Question): Promise<string> {
  const text = await orStop(
    prompts.text({ ...TERMINAL, ...question, validate: (value) => check((value ?? '').trim()) }),
  );
  return text.trim();
}

async function orStop<T>(answer: Promise<T | typeof prompts.CANCEL_SYMBOL>): Promise<T> {
  const value = await answer;
  if (prompts.isCancel(value)) throw STOPPED;
  return value;
}
