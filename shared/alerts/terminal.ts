/** Incidents as a person at a terminal wants to read them: the worst first, nothing cut off. */
import stringWidth from 'string-width';
import type { Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import type { Finding, Incident } from './incidents.ts';
import { formatBytes, formatCount, formatCounted, formatFlow } from './wording.ts';
import { wrap } from './wrap.ts';

/** What a piece of text is, for whoever gives it a colour. */
export type Tone = Severity | 'title' | 'label';

/** How incidents are laid out. */
export interface TerminalOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** IANA name of the time zone to show beside UTC. */
  readonly timeZone?: string | undefined;
  /** Gives text a colour; without it text stays as it is. Must not change the text's width. */
  readonly paint?: ((tone: Tone, text: string) => string) | undefined;
}

const INDENT = 2;
const LABEL = 9;
const SHOWN_SAMPLES = 3;
const SHOWN_RULES = 4;

/** The incidents in their order, a blank line between two. */
export function formatIncidents(incidents: readonly Incident[], options: TerminalOptions): string {
  return incidents.map((incident) => formatIncident(incident, options)).join('\n');
}

/** One incident, ended by a line break: who did what, then when and where, what to do, and the ids of its alerts. */
function formatIncident(incident: Incident, options: TerminalOptions): string {
  const { width, timeZone, paint = (_, text) => text } = options;
  const badge = ` ${incident.severity.toUpperCase()} `;
  const [title = '', ...more] = wrap(titleOf(incident), width - stringWidth(badge) - 1);
  const lines = [
    `${paint(incident.severity, badge)} ${paint('title', title)}`,
    ...more.map((line) => `${' '.repeat(stringWidth(badge) + 1)}${paint('title', line)}`),
  ];
  const entry = (label: string, text: string, tone: Tone = 'label'): void => {
    for (const [index, line] of wrap(text, width - INDENT - LABEL).entries()) {
      const head = index === 0 && label !== '' ? paint(tone, label) : '';
      lines.push(`${' '.repeat(INDENT)}${head}${' '.repeat(LABEL - (index === 0 ? label.length : 0))}${line}`);
    }
  };
  const entries = (label: string, texts: readonly string[]): void => {
    for (const [index, text] of texts.entries()) entry(index === 0 ? label : '', text);
  };

  const { findings, quieted } = incident;
  const [worst, ...others] = findings;
  if (worst === undefined) return '';
  if (others.length === 0) {
    lines.push(...wrap(deed(worst), width - INDENT).map((line) => `${' '.repeat(INDENT)}${line}`));
  } else {
    for (const finding of findings.slice(0, SHOWN_RULES)) {
      entry(finding.rule.severity, `${finding.rule.title}: ${deed(finding)}`, finding.rule.severity);
    }
    if (findings.length > SHOWN_RULES) entry('', `and ${formatCounted(findings.length - SHOWN_RULES, 'more rule')}`);
  }

  const seen = { start: incident.first_seen, end: incident.last_seen };
  entry('when', span(seen, 'UTC'));
  if (timeZone !== undefined && timeZone !== 'UTC') entry('', span(seen, timeZone));
  const place = placeOf(findings.flatMap(({ alerts }) => alerts));
  if (place !== '') entry('where', place);
  if (others.length === 0) entry('measured', measured(worst.strongest));
  entries('records', worst.strongest.samples.slice(0, SHOWN_SAMPLES).map(formatFlow));
  entries('do', adviceOf(findings));
  if (quieted.length > 0) entry('quiet', heldBack(quieted));
  const listed = findings.slice(0, SHOWN_RULES);
  entries(
    'id',
    listed.map((finding) => named(finding.strongest.id, finding, findings)),
  );
  entries(
    'before',
    listed.flatMap((finding) => {
      const before = finding.alerts[0]!.continues;
      return before === null ? [] : [named(before, finding, findings)];
    }),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** `203.0.113.9 · port scan, SSH guessing and 2 more (goes on)`. */
function titleOf({ who, findings }: Incident): string {
  const titles = findings.slice(0, SHOWN_RULES).map(({ rule }) => rule.title);
  const what = [titles.join(', '), ...(findings.length > SHOWN_RULES ? [more(findings.length - SHOWN_RULES)] : [])];
  const goesOn = findings.some(({ alerts }) => alerts[0]!.continues !== null);
  return `${who === undefined ? '' : `${who} · `}${what.join(' ')}${goesOn ? ' (goes on)' : ''}`;
}

/** The summary without the title, which stands before it; of several alerts one, and how many are like it. */
function deed({ rule, strongest, alerts }: Finding): string {
  const { summary } = strongest;
  const said = summary.startsWith(`${rule.title}: `) ? summary.slice(rule.title.length + 2) : summary;
  if (alerts.length === 1) return said;
  const isOneGroup = new Set(alerts.map(({ group }) => JSON.stringify(group))).size === 1;
  return `${said}; ${formatCounted(alerts.length - 1, 'more alert')} ${isOneGroup ? 'as it went on' : 'like it'}`;
}

/** `distinct(dstport) = 120 (alerts at >= 50) in 1,340 records, 1,400 packets, 56 kB`; of every match only the amounts. */
function measured({ measure, threshold, records, packets, bytes }: Alert): string {
  const amounts = [formatCounted(records, 'record'), formatCounted(packets, 'packet'), formatBytes(bytes)].join(', ');
  if (threshold === null) return `${amounts} (every match alerts)`;
  const values = Object.entries(measure).map(([text, value]) => {
    if (text === 'usual') return `usually ${formatCount(value)}`;
    const limit = threshold.startsWith(text) ? threshold.slice(text.length).trim() : threshold;
    return `${text} = ${formatCount(value)} (alerts at ${limit})`;
  });
  return `${values.join(', ')} in ${amounts}`;
}

/** `eni-1, eni-2, eni-3 and 2 more · vpc-1 · ap-northeast-1 · 123456789012`. */
function placeOf(alerts: readonly Alert[]): string {
  const facts = (of: (alert: Alert) => string | null | readonly string[]): string =>
    list([...new Set(alerts.flatMap((alert) => of(alert) ?? []))]);
  return [
    facts(({ interfaces }) => interfaces),
    facts(({ vpc_id }) => vpc_id),
    facts(({ region }) => region),
    facts(({ account_id }) => account_id),
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

/** What the worst finding's rule says is to be done first, and where the others' is written. */
function adviceOf(findings: readonly Finding[]): readonly string[] {
  const [first, ...others] = findings.filter(({ strongest }) => strongest.runbook?.trim());
  if (first === undefined) return [];
  const advice = first.strongest.runbook!.trim().split('\n')[0]!;
  if (others.length === 0) return [advice];
  return [advice, `then: ${others.map(({ rule }) => `sekisho rules explain ${rule.id}`).join(', ')}`];
}

/** `2 general alerts held back: egress-unexpected-port, internal-reject`. */
function heldBack(quieted: readonly Alert[]): string {
  const rules = [...new Set(quieted.map(({ rule }) => rule.id))];
  return `${formatCounted(quieted.length, 'general alert')} held back: ${list(rules)}`;
}

/** An alert's id, with its rule where there are several. */
function named(id: string, { rule }: Finding, findings: readonly Finding[]): string {
  return findings.length === 1 ? id : `${id} ${rule.id}`;
}

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).join(', ');
  return texts.length > 3 ? `${shown} ${more(texts.length - 3)}` : shown;
}

function more(count: number): string {
  return `and ${formatCount(count)} more`;
}

/** `2026-11-24 07:20:00–07:30:00 UTC`; the second date only where it is another one. */
function span({ start, end }: Alert['window'], timeZone: string): string {
  const [from, to] = [moment(start, timeZone), moment(end, timeZone)];
  const until = from.date === to.date ? to.time : `${to.date} ${to.time}`;
  return `${from.date} ${from.time}${start === end ? '' : `–${until}`} ${timeZone}`;
}

function moment(time: string, timeZone: string): { readonly date: string; readonly time: string } {
  // Sweden writes dates and times as ISO 8601 does.
  const text = new Date(time).toLocaleString('sv-SE', { timeZone });
  return { date: text.slice(0, 10), time: text.slice(11) };
}
