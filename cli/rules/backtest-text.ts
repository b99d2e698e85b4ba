/** What a rule would have raised, as a person who tunes it wants to read it. */
import { formatBytes, formatCount } from '../../shared/alerts/wording.ts';
import { wrap } from '../../shared/alerts/wrap.ts';
import type { FieldValue } from '../../shared/flow/columns.ts';
import type { Backtest } from '../../shared/query/backtest.ts';
import type { Tuning } from '../../shared/query/tuning.ts';
import type { Measure, Rule, Threshold } from '../../shared/rules/rule.ts';
import { counted, type painter } from '../output.ts';
import { formatTable } from '../table.ts';

/** How it is laid out. */
export interface LayoutOptions {
  readonly width: number;
  readonly paint: ReturnType<typeof painter>;
}

const WIDEST = 100;
const SHOWN_GROUPS = 8;
/** More days are shown by weeks. */
const MOST_DAYS = 31;

/** The whole text of one rule, ended by a line break. */
export function formatBacktest(result: Backtest, { width, paint }: LayoutOptions): string {
  const room = Math.min(width, WIDEST);
  const { rule, span, records, alerts, incidents, days, tuning } = result;
  const blocks: string[] = [
    `${paint(rule.severity, ` ${rule.severity.toUpperCase()} `)} ${paint('title', rule.id)}  ${rule.title}\n`,
  ];
  const paragraph = (text: string): void => {
    blocks.push(
      wrap(text, room)
        .map((line) => `${line}\n`)
        .join(''),
    );
  };
  if (span === undefined) {
    paragraph('There is no record in the lake for that time.');
    return blocks.join('');
  }
  const perDay = alerts.length / days.length;
  const once = incidents === alerts.length ? '' : `, which are ${counted(incidents, 'incident')}`;
  const average = days.length > 1 && alerts.length > 0 ? `: ${formatRate(perDay)} a day` : '';
  blocks.push('\n');
  paragraph(
    `${counted(alerts.length, 'alert')}${once}${average}, of ${counted(records, 'record')} ` +
      `from ${minute(span.from)} to ${minute(span.to, span.from)} UTC`,
  );
  if (alerts.length > 0 && days.length > 1) blocks.push('\n', chart(days, room));
  if (alerts.length > 0) blocks.push('\n', topGroups(result, room));
  if (alerts.length > 1)
    paragraph(`first at ${minute(alerts[0]!.time)}, last at ${minute(alerts.at(-1)!.time, alerts[0]!.time)} UTC`);
  const { condition } = rule;
  if (tuning !== undefined && condition.kind === 'window') {
    blocks.push('\n', paint('title', 'thresholds'), '\n');
    paragraph(distributionInWords(tuning, rule, condition.when));
    blocks.push(thresholdTable(tuning, condition.when, days.length, room));
    for (const advice of adviceOf(tuning, condition.when, alerts.length)) paragraph(advice);
  }
  const notes = [...dominance(result), ...overlapsInWords(result)];
  if (notes.length > 0) blocks.push('\n', paint('title', 'to know'), '\n');
  notes.forEach(paragraph);
  return blocks.join('');
}

/** `2026-11-17 02:05`; without its day after another time of the same. */
function minute(time: number, after?: number): string {
  const text = (each: number): string => new Date(each * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const sameDay = after !== undefined && text(after).slice(0, 10) === text(time).slice(0, 10);
  return sameDay ? text(time).slice(11) : text(time);
}

/** `12`, `3.4`, `0.07`. */
function formatRate(rate: number): string {
  if (rate === 0 || rate >= 10) return formatCount(Math.round(rate));
  return rate >= 0.1 ? rate.toFixed(1).replace(/\.0$/, '') : rate.toPrecision(1);
}

function chart(days: Backtest['days'], room: number): string {
  const step = days.length > MOST_DAYS ? 7 : 1;
  const bars: { readonly day: string; readonly alerts: number }[] = [];
  for (let at = 0; at < days.length; at += step) {
    const together = days.slice(at, at + step).reduce((sum, { alerts }) => sum + alerts, 0);
    bars.push({ day: days[at]!.day, alerts: together });
  }
  const most = bars.reduce((max, { alerts }) => Math.max(max, alerts), 1);
  const label = step === 7 ? 'week of ' : '';
  const space = Math.max(10, Math.min(50, room - label.length - 24));
  const lines = bars.map(({ day, alerts }) => {
    const length = Math.round((alerts / most) * space);
    const bar = alerts === 0 ? '' : '█'.repeat(Math.max(1, length));
    return `  ${label}${day}  ${bar}${bar === '' ? '·' : ` ${formatCount(alerts)}`}\n`;
  });
  return lines.join('');
}

function topGroups({ rule, groups }: Backtest, room: number): string {
  const named = rule.by.map((column) => ({ name: column, type: 'VARCHAR' }));
  const measured = measuredName(rule);
  const columns = [
    ...named,
    { name: 'alerts', type: 'BIGINT' },
    ...(measured === undefined ? [] : [{ name: `largest ${measured}`, type: 'BIGINT' }]),
  ];
  const rows = groups
    .slice(0, SHOWN_GROUPS)
    .map(({ group, alerts, value }) => [
      ...group.map((each) => (each === null ? '-' : `${each}`)),
      formatCount(alerts),
      ...(measured === undefined ? [] : [formatValue(rule, value)]),
    ]);
  const more = groups.length - rows.length;
  return `${formatTable({ columns, rows }, room)}${more > 0 ? `and ${counted(more, 'more group')}\n` : ''}`;
}

/** What `value` is; undefined where it says nothing. */
function measuredName({ condition }: Rule): string | undefined {
  switch (condition.kind) {
    case 'match':
      return 'count()';
    case 'window':
      return measureText(condition.when.measure);
    case 'baseline':
      return measureText(condition.measure);
    case 'absence':
    case 'new':
      return undefined;
  }
}

function measureText(measure: Measure): string {
  return measure.kind === 'count' ? 'count()' : `${measure.kind}(${measure.field ?? ''})`;
}

function measureOf({ condition }: Rule): Measure {
  if (condition.kind === 'window') return condition.when.measure;
  return condition.kind === 'baseline' ? condition.measure : { kind: 'count' };
}

function formatValue(rule: Rule, value: number): string {
  const measure = measureOf(rule);
  const isBytes = (measure.kind === 'sum' || measure.kind === 'rate') && measure.field === 'bytes';
  return isBytes ? formatBytes(Math.round(value)) : formatCount(value);
}

/** A threshold as it is written in a rule: `5GB`. */
function thresholdText({ measure }: Threshold, value: number): string {
  const isBytes = (measure.kind === 'sum' || measure.kind === 'rate') && measure.field === 'bytes';
  if (!isBytes) return `${value}`;
  for (const [unit, size] of [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (value >= size && (value * 10) % size === 0) return `${value / size}${unit}`;
  }
  return `${value}`;
}

function distributionInWords({ measured, quantiles }: Tuning, rule: Rule, when: Threshold): string {
  const { p50, p90, p99, max } = quantiles;
  const spread = [
    ['half', p50],
    ['90 %', p90],
    ['99 %', p99],
  ] as const;
  const parts = measured < 3 ? [] : spread.map(([share, value]) => `${share} ≤ ${formatValue(rule, value)}`);
  const largest = `largest ${formatValue(rule, max)}`;
  return `${measureText(when.measure)} of ${counted(measured, 'group')} with matches: ${[...parts, largest].join(', ')}`;
}

function thresholdTable({ lines }: Tuning, when: Threshold, days: number, room: number): string {
  const columns = [
    { name: 'when', type: 'VARCHAR' },
    { name: 'alerts', type: 'BIGINT' },
    ...(days > 1 ? [{ name: 'a day', type: 'BIGINT' }] : []),
    { name: '', type: 'VARCHAR' },
  ];
  const rows = lines.map(({ threshold, alerts, perDay, isPresent }) => [
    `${measureText(when.measure)} ${when.operator} ${thresholdText(when, threshold)}`,
    formatCount(alerts),
    ...(days > 1 ? [formatRate(perDay)] : []),
    isPresent ? 'now' : '',
  ]);
  return formatTable({ columns, rows }, room);
}

function adviceOf(tuning: Tuning, when: Threshold, alerts: number): readonly string[] {
  const { largestBelow, smallestAlerting, sameAlerts, oneADay } = tuning;
  const say = (value: number): string => thresholdText(when, value);
  const advice: string[] = [];
  if (alerts === 0 && largestBelow !== undefined) advice.push(`Nothing reached it: ${say(largestBelow)} came closest.`);
  if (alerts > 0 && largestBelow === undefined)
    advice.push(
      'Whatever matched at all alerted: nothing tells what is usual from what is not. A higher threshold may.',
    );
  if (smallestAlerting !== undefined && largestBelow !== undefined) {
    const between = `What alerted came to ${say(smallestAlerting)} or more, what did not to ${say(largestBelow)} at most`;
    const same =
      sameAlerts === undefined || sameAlerts === when.value
        ? ''
        : `: at ${say(sameAlerts)} the alerts would be the same, with room on both sides`;
    advice.push(`${between}${same}.`);
  }
  if (oneADay !== undefined) advice.push(`${say(oneADay)} is the lowest round threshold with at most one alert a day.`);
  return advice;
}

/** One value that is behind most of the alerts is worth an exception, or a look. */
function dominance({ rule, alerts }: Backtest): readonly string[] {
  if (alerts.length < 4) return [];
  return rule.by.flatMap((column, index) => {
    const counts = new Map<FieldValue, number>();
    for (const { group } of alerts) counts.set(group[index] ?? null, (counts.get(group[index] ?? null) ?? 0) + 1);
    const [value, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
    if (counts.size < 2 || value === null || most < alerts.length / 2) return [];
    const rest = alerts.length - most;
    const test = `${column} = ${written(value)}`;
    const how = rule.except === undefined ? `\`except: ${test}\`` : `\`or ${test}\` at the end of its \`except\``;
    return [
      `${most} of the ${alerts.length} alerts are about ${column} ${value}: if it is known for that, ${how} leaves ${rest}.`,
    ];
  });
}

function written(value: string | number): string {
  return typeof value === 'number' || /^[\w.:/*+%-]+$/.test(value) ? `${value}` : `'${value}'`;
}

function overlapsInWords({ overlaps, alerts, rule }: Backtest): readonly string[] {
  const met = overlaps.map(({ rule: other, alerts: count, fields, relation }) => {
    const said =
      relation === 'quiets'
        ? ', and is held back by this one'
        : relation === 'quieted_by'
          ? ', and holds this one back'
          : '';
    return `\`${other}\` alerted about ${count} of the ${alerts.length} as well (same ${fields.join(' and ')}, same time)${said}.`;
  });
  const unmet = rule.quiets.filter((id) => !overlaps.some((overlap) => overlap.rule === id));
  if (unmet.length === 0) return met;
  const names = unmet.map((id) => `\`${id}\``).join(', ');
  return [...met, `It holds back alerts of ${names} about the same; the lake has none.`];
}
