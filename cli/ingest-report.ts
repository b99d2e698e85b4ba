/** What ingest did, for a person. */
import type { Alert } from '../shared/alerts/alert.ts';
import { incidentsOf, type Incident } from '../shared/alerts/incidents.ts';
import { formatSeverities, planNotifications } from '../shared/alerts/notifications.ts';
import { countSeverities } from '../shared/alerts/order.ts';
import { formatIncidents } from '../shared/alerts/terminal.ts';
import type { Format } from '../shared/flow/format.ts';
import { findBlindRules } from '../shared/rules/blind-rules.ts';
import type { Rule } from '../shared/rules/rule.ts';
import type { IngestResult } from './ingest-run.ts';
import { describeOwnAddresses } from './own-addresses.ts';
import { byteSize, count, counted, painter, widthOf, withoutControls } from './output.ts';

/** What the report needs beside the run's result. */
export interface ReportOptions {
  readonly lake: string;
  /** Where the unreadable lines went, beside the lake. */
  readonly rejects: string | undefined;
  readonly files: number;
  /** Rules that can't see these records, in words: see {@link describeBlindRules}. */
  readonly blind?: string | undefined;
  readonly timeZone: string;
  /** Incidents shown one by one: as many as alerts are told in a minute. */
  readonly mostShown: number;
}

/** The report's text, ended by a line break. */
export function reportIngest(result: IngestResult, options: ReportOptions): string {
  const { counts, times } = result;
  const paint = painter(process.stdout);
  const lines = [
    `${paint('title', `Read ${counted(counts.records, 'record')}`)} from ${counted(options.files, 'file')}${times === undefined ? '' : `, ${span(times.first, times.last)}`}`,
    `  ${count(counts.accepted)} accepted, ${count(counts.rejected)} rejected, ${count(counts.nodata)} NODATA (no traffic), ${count(counts.skipdata)} SKIPDATA (records missing)`,
    `  ${counted(counts.batches, 'batch', 'batches')}${counts.duplicate_batches > 0 ? `, ${count(counts.duplicate_batches)} more that repeat one` : ''}${result.controlMessages > 0 ? `, ${counted(result.controlMessages, 'control message')}` : ''}`,
  ];
  if (counts.unreadable_lines > 0) {
    const where = options.rejects ?? `${options.lake}/quarantine`;
    lines.push(
      `  ${paint('bad', counted(counts.unreadable_lines, 'unreadable line'))}, kept in ${where}; the first: ${withoutControls(result.firstReject ?? '')}`,
      '  lines of another format than the default need --format, a header line, or `sources` in sekisho.yml',
    );
  }
  if (counts.skipdata > 0) lines.push('  SKIPDATA is a hole in the evidence: what happened there was not logged');
  if (options.blind !== undefined) lines.push(`  ${paint('bad', options.blind)}`);
  for (const line of describeOwnAddresses(result.strange)) lines.push(`  ${paint('bad', line)}`);
  for (const trouble of describeTrouble(result)) lines.push(`  ${paint('bad', trouble)}`);
  lines.push(
    counts.objects === 0
      ? `No records to write to the lake in ${options.lake}`
      : `Wrote ${counted(counts.objects, 'object')} (${byteSize(counts.bytes_written)}, ${(counts.bytes_written / counts.records).toFixed(1)} bytes a record) to the lake in ${options.lake} in ${counts.seconds.toFixed(1)} s`,
    ...(result.state === undefined
      ? []
      : [`  window state: ${byteSize(result.state.bytes)}, ${counted(result.state.hours, 'open hour')}`]),
    '',
  );
  return `${lines.join('\n')}\n${reportAlerts(result, options)}`;
}

/** New alerts as incidents, the worst one by one; what is not shown is counted. */
export function reportAlerts(
  { counts, alerts }: { readonly counts: { readonly alerts: number }; readonly alerts: readonly Alert[] },
  { lake, timeZone, mostShown, blind }: Pick<ReportOptions, 'lake' | 'timeZone' | 'mostShown' | 'blind'>,
): string {
  const paint = painter(process.stdout);
  if (counts.alerts === 0) return `${paint(blind === undefined ? 'good' : 'title', 'No new alerts')}\n`;
  const { incidents, heldBack } = incidentsOf(alerts);
  const byAlert = new Map(incidents.map((incident) => [incident.findings[0]!.strongest, incident]));
  const { told, more } = planNotifications([...byAlert.keys()], { perMinute: mostShown });
  const shown = told.flatMap(({ alert }) => byAlert.get(alert) ?? []);

  const unseen = counts.alerts - alerts.length;
  const rest = [
    ...(more.size > 0
      ? [`and ${counted(incidents.length - shown.length, 'more incident')}: ${formatSeverities(more)}`]
      : []),
    ...(unseen > 0 ? [`and ${counted(unseen, 'more alert')}, none of them worse`] : []),
    ...(heldBack.length > 0
      ? [`${counted(heldBack.length, 'alert')} held back by a more specific one seen before`]
      : []),
  ].map((line) => `… ${line}`);
  if (rest.length > 0) rest.push(`  see them all: sekisho query "SELECT * FROM alerts" --lake ${lake}`);
  const blocks = [
    paint('title', titleOf(counts.alerts, incidents)),
    formatIncidents(shown, { width: widthOf(process.stdout), timeZone, paint }),
    rest.join('\n'),
  ];
  return blocks
    .filter((block) => block !== '')
    .map((block) => `${block.trimEnd()}\n`)
    .join('\n');
}

/** `9 new alerts: 2 high, 7 low`; where several are about the same, `9 new alerts of 5 incidents: 2 high, 3 low`. */
function titleOf(alerts: number, incidents: readonly Incident[]): string {
  const severities = formatSeverities(countSeverities(incidents.map(({ severity }) => severity)));
  const of = alerts === incidents.length ? '' : ` of ${counted(incidents.length, 'incident')}`;
  return `${counted(alerts, 'new alert')}${of}${severities === '' ? '' : `: ${severities}`}`;
}

/** Missing fields that are named one by one; more are counted. */
const MOST_FIELDS = 4;

/**
 * `34 of 47 rules can't work with this format: they need action (33), interface_id (1)`: only where somebody has left a
 * field of the default format out. What needs other fields is in \`rules list\`, and no news at every run.
 */
export function describeBlindRules(rules: readonly Rule[], formats: readonly Format[]): string | undefined {
  const blind = findBlindRules(rules, formats);
  if (!blind.some(({ lacksDefault }) => lacksDefault)) return undefined;
  const byField = new Map<string, number>();
  for (const field of blind.flatMap(({ lacks }) => lacks)) byField.set(field, (byField.get(field) ?? 0) + 1);
  const fields = [...byField].toSorted(([, one], [, other]) => other - one);
  const named = fields.slice(0, MOST_FIELDS).map(([field, needing]) => `${field} (${count(needing)})`);
  const more = fields.length > MOST_FIELDS ? ` and ${counted(fields.length - MOST_FIELDS, 'more field')}` : '';
  const these = formats.length === 1 ? 'this format' : 'these formats';
  return `${count(blind.length)} of ${counted(rules.length, 'rule')} can't work with ${these}: they need ${named.join(', ')}${more}; \`sekisho rules explain ID\` says what a rule needs`;
}

/** What went wrong with window state, a line each: told in every form of output. */
export function describeTrouble({ late, unreadableState }: IngestResult): readonly string[] {
  return [
    ...[...late].map(
      ([rule, records]) =>
        `${counted(records, 'record')} came too late for ${rule}: stored, but not counted now, as their hour closed a day after its last arrival`,
    ),
    ...unreadableState.map((state) => `window state that can't be read was left where it is: ${state}`),
  ];
}

/** A warning where there is more window state than the configuration calls usual: folding reads and writes it. */
export function describeState({ state }: IngestResult, limit: number): readonly string[] {
  if (state === undefined || state.bytes <= limit) return [];
  return [
    `warning: the window state has grown to ${byteSize(state.bytes)} in ${counted(state.hours, 'open hour')} (the limit for this warning is ${byteSize(limit)}, \`windows.state_limit\`): nothing is dropped, but folding takes longer; look for rules that match most records, or group by too much`,
  ];
}

function span(first: number, last: number): string {
  const text = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const [from, to] = [text(first), text(last)];
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} to ${to.slice(11)} UTC` : `${from} to ${to} UTC`;
}
