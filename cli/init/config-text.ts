/** A new sekisho.yml: short, and with a word on what one may want to change. */
import { stringify } from 'yaml';
import type { Answers, SourceAnswer } from './answers.ts';

/** The file's text; `schema` is where its JSON Schema lies, if it does. */
export function configText({ name, region, sources, emails }: Answers, schema: string | undefined): string {
  return `${schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`}\
# What Sekisho reads, whom it tells, and where it runs.

deployment:
  name: ${scalar(name)}
  stage: prod  # the stack is <name>-<stage>
${region === undefined ? '  # region: ap-northeast-1  # without this line, AWS_REGION or the profile says it' : `  region: ${scalar(region)}`}

${sources.length === 0 ? 'sources: []  # where flow logs come from\n' : `sources:\n${sources.map(sourceText).join('')}`}
# networks: [10.0.0.0/8]  # yours; without this line, the private ranges
# rules: [my-rules]  # files and folders beside the built-in rules
# time_zone: Asia/Tokyo  # of times in alerts, beside UTC

alerts:
  routes:
    - name: alerts
      at_least: medium  # info, low, medium, high or critical
${emails.length === 0 ? '      # emails: [you@example.com]' : `      emails: ${list(emails)}`}

storage:
  expire_after: never  # or an age like 7y, at which records are deleted

schedules:
  rules: rate(1 day)  # rules that look back for days: USD 4 a month, hourly 100

budgets:
  query_scan: 10GB  # the most that one query of Athena may read
  # monthly: 50  # USD; tells operations.emails when it is spent

operations:  # who hears when something is wrong with Sekisho itself
  emails: ${list(emails)}
`;
}

const RECOMMENDED =
  '    format: recommended  # all that Sekisho can use; `default` takes half the space in CloudWatch\n';

function sourceText(source: SourceAnswer): string {
  if (source.kind === 'bucket') {
    const prefix = source.prefix === '' ? '' : `    prefix: ${scalar(source.prefix)}\n`;
    return `  - bucket: ${scalar(source.bucket)}\n${prefix}`;
  }
  const { logGroup, formats, create } = source;
  const [format, ...more] = formats;
  return [
    `  - log_group: ${scalar(logGroup)}\n`,
    format === undefined && create !== undefined ? RECOMMENDED : '',
    format === undefined ? '' : more.length === 0 ? `    format: ${scalar(format)}\n` : `    format:\n`,
    ...(more.length === 0 ? [] : formats.map((each) => `      - ${scalar(each)}\n`)),
    ...(create === undefined
      ? []
      : [
          '    create:  # the flow log, and the log group that it writes to\n',
          `      resource: ${scalar(create.resource)}\n`,
          `      retention_days: ${number(create.retentionDays ?? '14')}  # in CloudWatch; the lake keeps every record\n`,
        ]),
  ].join('');
}

/** A text in YAML, with quotes where it needs them. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, defaultStringType: 'PLAIN', blockQuote: false }).trimEnd();
}

/** A number as it stands; a text that is none as a text, so that the reader says what is wrong with it. */
function number(text: string): string {
  return /^\d+$/.test(text) ? text : scalar(text);
}

function list(texts: readonly string[]): string {
  return stringify(texts, { lineWidth: 0, collectionStyle: 'flow', flowCollectionPadding: false }).trimEnd();
}
