/** An alert as a person reads it in a mailbox: plain text, 78 columns, nothing to click on that a record could forge. */
import type { FieldValue } from '../../flow/columns.ts';
import { alertKey } from '../layout.ts';
import { formatMore, type Notice, type Notification } from '../notifications.ts';
import { bySeverity, MOST_LISTED, totalOf, type Remainder } from '../remainder.ts';
import { formatMeasured, formatSeen, formatWhere } from '../terminal.ts';
import { formatCounted } from '../wording.ts';
import { wrap } from '../wrap.ts';
import { cleanLine, cleanLines, cutText, withoutLinks } from './clean.ts';
import type { Exception, MessageContext } from './context.ts';
import { endsOf, formatEnd } from './ends.ts';
import { sampleTable } from './sample-table.ts';
import type { ToldAlert } from './shorten.ts';

const WIDTH = 78;
const LABEL = 10;
const INDENT = '  ';

/** Characters of one text, and fields of a group, beyond which nobody reads: the whole is in the object that is named. */
const MOST_TEXT = 1000;
const MOST_FIELDS = 20;
const MOST_NAMES = 10;

/** The text of an e-mail; lines of queries are as long as they are, so that they can be pasted. */
export function emailOf(notice: Notice, context: MessageContext): string {
  const lines = notice.kind === 'more' ? remainderLines(notice, context) : alertLines(notice, context);
  return lines.map((line) => `${line}\n`).join('');
}

function alertLines({ alert, kind }: Notification, context: MessageContext): readonly string[] {
  const { rule, samples, records, queries, runbook } = alert;
  const { workgroup, database, logGroups, home } = context;
  const region = `region ${home.region}`;
  const { cut = [] } = alert as ToldAlert;
  const goesOn = kind === 'continuing' ? ' (goes on)' : '';
  return [
    ...filled(`${rule.severity.toUpperCase()} ${cleanLine(rule.title)}${goesOn}`, WIDTH),
    '',
    ...filled(saidOf(alert), WIDTH),
    '',
    ...factsOf(alert, context).flatMap(([label, text]) => entry(label, text)),
    ...section(samples.length === 0 ? [] : sampleTable(samples, WIDTH - INDENT.length), [
      `records (${samples.length} of ${formatCounted(records, 'record')})`,
    ]),
    ...section(
      runbook === null
        ? []
        : cleanLines(cutText(runbook.trim(), 4 * MOST_TEXT)).flatMap((line) => filled(line, WIDTH - INDENT.length)),
      ['what to do'],
    ),
    ...exceptionLines(alert, context),
    ...section(queries.athena === '' ? [] : cleanLines(queries.athena), [
      'its records, in Athena',
      ...(workgroup === undefined || database === undefined
        ? []
        : inBrackets(`workgroup ${workgroup}, database ${database}, ${region}`)),
    ]),
    // what only lies in S3 is nothing that Insights could find
    ...section(queries.insights === '' || logGroups.length === 0 ? [] : cleanLines(queries.insights), [
      'its records, in CloudWatch Logs Insights',
      ...inBrackets(`${logGroups.length === 1 ? 'log group' : 'log groups'} ${listed(logGroups, ', ')}, ${region}`),
    ]),
    '',
    ...cutLines(cut),
    `the whole alert: s3://${context.lake}/${alertKey(alert)}`,
    `told by ${context.deployment}`,
  ];
}

/** What happened, without the title, which stands above it. */
function saidOf({ rule, summary }: ToldAlert): string {
  const [title, said] = [`${cleanLine(rule.title)}: `, cleanLine(summary)];
  return withoutLinks(said.startsWith(title) ? said.slice(title.length) : said);
}

/** How to hear no more of what is wanted; nothing of a rule that the deployment does not have any more. */
function exceptionLines({ rule }: ToldAlert, { exceptions }: MessageContext): readonly string[] {
  const exception = exceptions.get(rule.id);
  if (exception === undefined) return [];
  const text = `${exceptionText(exception)}, and deploy. More of the rule:`;
  return section(
    [text, `npx sekisho rules explain ${cleanLine(rule.id)}`].flatMap((line) => filled(line, WIDTH - INDENT.length)),
    ['if it is known and wanted'],
  );
}

function exceptionText(exception: Exception): string {
  switch (exception.kind) {
    case 'into':
      return `add it to the list ${namesOf(exception.lists)}`;
    case 'out of':
      return `take it out of the list ${namesOf(exception.lists)}`;
    case 'except':
      return 'give the rule an `except`';
    case 'expect':
      return 'say under `expect:` that it is';
  }
}

function namesOf(lists: readonly string[]): string {
  return listed(
    lists.map((name) => `@${name}`),
    ' or ',
  );
}

function inBrackets(text: string): readonly string[] {
  return filled(`(${cleanLine(text)})`, WIDTH);
}

function listed(names: readonly string[], between: string): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(between)}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Labels and what stands beside them. */
function factsOf(alert: ToldAlert, { timeZone }: MessageContext): readonly (readonly [string, string])[] {
  const { first_seen: start, last_seen: end, continues, group, rule } = alert;
  const zones = timeZone === 'UTC' ? ['UTC'] : [timeZone, 'UTC'];
  const { from, to } = endsOf(alert);
  const shown = new Set<FieldValue | undefined>([from?.value, to?.value]);
  const others = Object.entries(group).filter(([, value]) => !shown.has(value));
  const more = others.length - MOST_FIELDS;
  return [
    ...zones.map((zone, index) => [index === 0 ? 'when' : '', formatSeen({ start, end }, zone)] as const),
    ...(from === undefined ? [] : [['from', formatEnd(from)] as const]),
    ...(to === undefined ? [] : [['to', formatEnd(to)] as const]),
    ...others
      .slice(0, MOST_FIELDS)
      .map(([field, value], index) => [index === 0 ? 'group' : '', `${field} = ${value ?? '-'}`] as const),
    ...(more > 0 ? [['', `and ${formatCounted(more, 'more field')}`] as const] : []),
    ['where', formatWhere([alert])],
    ['measured', formatMeasured(alert)],
    ['rule', [rule.id, ...(rule.tags.length === 0 ? [] : [`(${rule.tags.join(', ')})`])].join(' ')],
    ['id', alert.id],
    ...(continues === null ? [] : [['before', continues] as const]),
  ];
}

/** A text in lines. */
function filled(text: string, width: number): readonly string[] {
  return wrap(cutText(text, MOST_TEXT), width);
}

function entry(label: string, text: string): readonly string[] {
  if (text === '') return [];
  return filled(withoutLinks(text), WIDTH - LABEL).map(
    (line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${line}`,
  );
}

/** Indented, so that no line of it can pass for one of the message's own. */
function section(lines: readonly string[], heading: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...heading, ...lines.map((line) => `${INDENT}${line}`)];
}

function cutLines(cut: readonly string[]): readonly string[] {
  return cut.length === 0 ? [] : filled(`too large for a message, left out or cut: ${cut.join(', ')}`, WIDTH);
}

function remainderLines({ counts, named }: Remainder, { lake, deployment }: MessageContext): readonly string[] {
  const listed = named.slice(0, MOST_LISTED);
  const unlisted = totalOf(counts) - listed.length;
  return [
    ...filled(`${formatMore(bySeverity(counts), 'them in the lake')}.`, WIDTH),
    ...filled('More alerts came at once than notifications_per_minute allows to be told one by one.', WIDTH),
    '',
    ...listed.flatMap(({ severity, key, summary = key }) =>
      filled(`${severity}: ${withoutLinks(summary)}`, WIDTH - INDENT.length).map((line, index) =>
        index === 0 ? line : `${INDENT}${line}`,
      ),
    ),
    ...(unlisted > 0 ? [`and ${formatCounted(unlisted, 'more alert')}`] : []),
    '',
    ...[...new Set(named.map(({ key }) => key.replace(/[^/]*$/, '')))].map((day) => `s3://${lake}/${day}`),
    `told by ${deployment}`,
  ];
}
