/** Incidents as a person at a terminal wants to read them: the worst first, nothing cut off. */
import stringWidth from 'string-width';
import type { Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import type { Finding, Incident } from './incidents.ts';
import { formatPlace } from './summary.ts';
import { formatAmount, formatBytes, formatCount, formatCounted, formatFlow } from './wording.ts';
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
const SHOWN_GROUPS = 8;

/** The incidents in their order, a blank line between two. */
export function formatIncidents(incidents: readonly Incident[], options: TerminalOptions): string {
  return incidents.map((incident) => formatIncident(incident, options)).join('\n');
}

/** One incident, ended by a line break. */
function formatIncident(incident: Incident, { width, timeZone, paint = plain }: TerminalOptions): string {
  const indent = ' '.repeat(INDENT);
  const badge = ` ${incident.severity.toUpperCase()} `;
  const under = ' '.repeat(stringWidth(badge));
  const lines = wrap(titleOf(incident), width - stringWidth(badge) - 1).map(
    (line, index) => `${index === 0 ? paint(incident.severity, badge) : under} ${paint('title', line)}`,
  );
  for (const { label, text, tone = 'label' } of entriesOf(incident, timeZone)) {
    const column = label === undefined ? 0 : LABEL;
    for (const [index, line] of wrap(text, width - INDENT - column).entries()) {
      const shown = index === 0 ? (label ?? '') : '';
      const head = shown === '' ? '' : paint(tone, shown);
      lines.push(`${indent}${head}${' '.repeat(column - shown.length)}${line}`);
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

const plain = (_: Tone, text: string): string => text;

/** A text beside its label; over the whole width without one. */
interface Entry {
  readonly label?: string;
  readonly text: string;
  readonly tone?: Tone;
}

/** What was done, then when and where, what to do, and the ids of the alerts. */
function entriesOf({ findings, quieted, ...incident }: Incident, timeZone = 'UTC'): readonly Entry[] {
  const listed = findings.slice(0, SHOWN_RULES);
  const { strongest } = findings[0]!;
  const isAlone = findings.length === 1;
  const under = (label: string, texts: readonly string[]): readonly Entry[] =>
    texts.filter((text) => text !== '').map((text, index) => ({ label: index === 0 ? label : '', text }));
  const named = (id: string, { rule }: Finding): string => (isAlone ? id : `${id} ${rule.id}`);

  const deeds = isAlone
    ? [{ text: deed(findings[0]!) }]
    : listed.map((finding): Entry => {
        const { title, severity } = finding.rule;
        return { label: severity, text: `${title}: ${deed(finding)}`, tone: severity };
      });
  const seen = { start: incident.first_seen, end: incident.last_seen };
  return [
    ...deeds,
    ...under(
      '',
      findings.length > listed.length ? [`and ${formatCounted(findings.length - listed.length, 'more rule')}`] : [],
    ),
    ...under('when', [formatSeen(seen, 'UTC'), ...(timeZone === 'UTC' ? [] : [formatSeen(seen, timeZone)])]),
    ...under('where', [formatWhere(findings.flatMap(({ alerts }) => alerts))]),
    ...under('measured', isAlone ? [formatMeasured(strongest)] : []),
    ...under('records', strongest.samples.slice(0, SHOWN_SAMPLES).map(formatFlow)),
    ...under('do', adviceOf(findings)),
    ...under('quiet', quieted.length > 0 ? [heldBack(quieted)] : []),
    ...under(
      'id',
      listed.map((finding) => named(finding.strongest.id, finding)),
    ),
    ...under(
      'before',
      listed.map((finding) => {
        const before = finding.alerts[0]!.continues;
        return before === null ? '' : named(before, finding);
      }),
    ),
  ];
}

/** `203.0.113.9 · port scan, SSH guessing and 2 more (goes on)`. */
function titleOf({ who, findings }: Incident): string {
  const titles = findings.slice(0, SHOWN_RULES).map(({ rule }) => rule.title);
  const what = [titles.join(', '), ...(findings.length > SHOWN_RULES ? [more(findings.length - SHOWN_RULES)] : [])];
  const goesOn = findings.some(({ alerts }) => alerts[0]!.continues !== null);
  return `${who === undefined ? '' : `${who} · `}${what.join(' ')}${goesOn ? ' (goes on)' : ''}`;
}

/** The summary without the title, which stands before it; of several alerts the strongest, and what else was met. */
function deed({ rule, strongest, alerts }: Finding): string {
  const { summary } = strongest;
  const said = summary.startsWith(`${rule.title}: `) ? summary.slice(rule.title.length + 2) : summary;
  if (alerts.length === 1) return said;
  const elsewhere = groupsBeside(strongest, alerts);
  if (elsewhere.length === 0) return `${said}; ${formatCounted(alerts.length - 1, 'more alert')} as it went on`;
  return `${said}; also ${list(elsewhere, SHOWN_GROUPS)}`;
}

/** What sets the groups of other alerts apart from the strongest one's, each said once: `at port 5432`. */
function groupsBeside({ group }: Alert, alerts: readonly Alert[]): readonly string[] {
  const groups = alerts.map((alert) => alert.group);
  const differing = Object.keys(group).filter((column) => groups.some((other) => other[column] !== group[column]));
  const said = groups.map((other) => differing.map((column) => formatPlace(column, other[column] ?? null)).join(' '));
  const own = differing.map((column) => formatPlace(column, group[column] ?? null)).join(' ');
  return [...new Set(said)].filter((each) => each !== own);
}

/** `distinct(dstport) = 120 (alerts at >= 50) in 1,340 records, 1,400 packets, 56 kB`; of every match only the amounts. */
export function formatMeasured({ measure, threshold, records, packets, bytes }: Alert): string {
  const amounts = [formatCounted(records, 'record'), formatCounted(packets, 'packet'), formatBytes(bytes)].join(', ');
  if (threshold === null) return `${amounts} (every match alerts)`;
  const values = Object.entries(measure).map(([text, value]) => {
    if (text === 'usual') return `usually ${formatAmount(value)}`;
    const limit = threshold.startsWith(text) ? threshold.slice(text.length).trim() : threshold;
    return `${text} = ${formatAmount(value)} (alerts at ${limit})`;
  });
  return `${values.join(', ')} in ${amounts}`;
}

/** `eni-1, eni-2, eni-3 and 2 more · vpc-1 · ap-northeast-1 · 123456789012`. */
export function formatWhere(alerts: readonly Alert[]): string {
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

function list(texts: readonly string[], most = 3): string {
  const shown = texts.slice(0, most).join(', ');
  return texts.length > most ? `${shown} ${more(texts.length - most)}` : shown;
}

function more(count: number): string {
  return `and ${formatCount(count)} more`;
}

/** `2026-11-24 07:20:00–07:30:00 UTC`; the second date only where it is another one. */
export function formatSeen({ start, end }: Alert['window'], timeZone: string): string {
  const [from, to] = [moment(start, timeZone), moment(end, timeZone)];
  const until = from.date === to.date ? to.time : `${to.date} ${to.time}`;
  return `${from.date} ${from.time}${start === end ? '' : `–${until}`} ${timeZone}`;
}

function moment(time: string, timeZone: string): { readonly date: string; readonly time: string } {
  // Sweden writes dates and times as ISO 8601 does.
  const text = new Date(time).toLocaleString('sv-SE', { timeZone });
  return { date: text.slice(0, 10), time: text.slice(11) };
}
