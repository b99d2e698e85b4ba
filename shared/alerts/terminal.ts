/** Alerts as a person at a terminal wants to read them: the worst first, nothing cut off. */
import stringWidth from 'string-width';
import type { Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import { sortForReading } from './order.ts';
import { formatBytes, formatCount, formatCounted, formatFlow } from './wording.ts';

/** What a piece of text is, for whoever gives it a colour. */
export type Tone = Severity | 'title' | 'label';

/** How alerts are laid out. */
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

/** All alerts, most severe first, then by time; a blank line between two. */
export function formatAlerts(alerts: readonly Alert[], options: TerminalOptions): string {
  return sortForReading(alerts)
    .map((alert) => formatAlert(alert, options))
    .join('\n');
}

/** One alert, ended by a line break. */
function formatAlert(alert: Alert, options: TerminalOptions): string {
  const { width, timeZone, paint = (_, text) => text } = options;
  const badge = ` ${alert.rule.severity.toUpperCase()} `;
  const [title = '', ...more] = wrap(alert.rule.title, width - stringWidth(badge) - 1);
  const lines = [
    `${paint(alert.rule.severity, badge)} ${paint('title', title)}`,
    ...more.map((line) => `${' '.repeat(stringWidth(badge) + 1)}${paint('title', line)}`),
    ...wrap(sentence(alert), width - INDENT).map((line) => `${' '.repeat(INDENT)}${line}`),
  ];
  const entry = (label: string, text: string): void => {
    for (const [index, line] of wrap(text, width - INDENT - LABEL).entries()) {
      const head = index === 0 ? paint('label', label.padEnd(LABEL)) : ' '.repeat(LABEL);
      lines.push(`${' '.repeat(INDENT)}${head}${line}`);
    }
  };
  const seen = { start: alert.first_seen, end: alert.last_seen };
  entry('when', span(seen, 'UTC'));
  if (timeZone !== undefined && timeZone !== 'UTC') entry('', span(seen, timeZone));
  const where = [interfaces(alert), alert.vpc_id, alert.region, alert.account_id].filter((part) => part !== null);
  if (where.length > 0) entry('where', where.join(' · '));
  entry('measured', measured(alert));
  for (const [index, sample] of alert.samples.slice(0, SHOWN_SAMPLES).entries()) {
    entry(index === 0 ? 'records' : '', formatFlow(sample));
  }
  const advice = alert.runbook?.trim().split('\n')[0];
  if (advice !== undefined && advice !== '') entry('do', advice);
  entry('id', alert.id);
  return lines.map((line) => `${line}\n`).join('');
}

/** The summary without the title, which stands above it already. */
function sentence({ rule, summary }: Alert): string {
  return summary.startsWith(`${rule.title}: `) ? summary.slice(rule.title.length + 2) : summary;
}

/** `distinct(dstport) = 120 (alerts at >= 50) in 1,340 records, 1,400 packets, 56 kB`; of every match only the amounts. */
function measured({ measure, threshold, records, packets, bytes }: Alert): string {
  const amounts = [formatCounted(records, 'record'), formatCounted(packets, 'packet'), formatBytes(bytes)].join(', ');
  if (threshold === null) return `${amounts} (every match alerts)`;
  const values = Object.entries(measure).map(([text, value]) => {
    const limit = threshold.startsWith(text) ? threshold.slice(text.length).trim() : threshold;
    return `${text} = ${formatCount(value)} (alerts at ${limit})`;
  });
  return `${values.join(', ')} in ${amounts}`;
}

function interfaces({ interfaces }: Alert): string | null {
  if (interfaces.length === 0) return null;
  const shown = interfaces.slice(0, 3).join(', ');
  return interfaces.length > 3 ? `${shown} and ${formatCount(interfaces.length - 3)} more` : shown;
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

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Breaks text into lines of at most `width` columns: between words, within those that are wider; never within a letter. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(width, 2);
  const lines: string[] = [];
  let line = '';
  // Values come from outside: what they hold of control characters must not reach the terminal.
  for (const word of text.split(/\s+/).map((word) => word.replaceAll(/\p{Cc}/gu, '\uFFFD'))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= room) {
      line = longer;
      continue;
    }
    // A word wider than a line (Japanese has no spaces) fills up what is left of this one.
    const breaks = stringWidth(word) > room;
    if (line !== '' && !breaks) lines.push(line);
    line = breaks && line !== '' ? `${line} ` : '';
    for (const { segment } of graphemes.segment(word)) {
      if (line !== '' && stringWidth(line + segment) > room) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += segment;
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
