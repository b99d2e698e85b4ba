/** What a backfill found, costs, and collides with. */
import { isoTime } from '../../shared/alerts/span.ts';
import type { BackfillCost, BackfillPlan } from '../../shared/operations/backfill.ts';
import { timeOf, type OverlapSpan } from '../../shared/operations/held-hours.ts';
import { PRICES_SOURCE } from '../../shared/operations/prices.ts';
import { dollars } from '../../shared/operations/wording.ts';
import type { QueryResult } from '../../shared/ports.ts';
import { byteSize, count, counted } from '../output.ts';
import { formatTable } from '../table.ts';

/** What there is, and what reading it costs. */
export function formatPlan(place: string, plan: BackfillPlan, cost: BackfillCost): string {
  const { objects, bytes, others, outside, undated, cut } = plan;
  const time = timeOf(objects);
  const from = time === undefined ? '' : `, from ${minute(time.from)} to ${minute(time.to)} UTC`;
  const once = cost.queue + cost.functions + cost.requests;
  const left = [
    ...(outside > 0 ? [`${count(outside)} of other days`] : []),
    ...(undated > 0 ? [`${count(undated)} whose keys tell no day (without --from and --to they are read, too)`] : []),
    ...(others > 0 ? [`${count(others)} that are no flow logs`] : []),
    ...(cut ? ['what comes after the limit'] : []),
  ];
  return [
    `${counted(objects.length, 'object')} of flow logs at ${place}, ${byteSize(bytes)}${from}`,
    ...(left.length > 0 ? [`Left out: ${left.join(', ')}`] : []),
    `It costs ${about(once)} once (S3 requests ${dollars(cost.requests)}, Lambda ${dollars(cost.functions)}, SQS ${dollars(cost.queue)}),`,
    `then ${about(cost.storageMonth)} a month for what the lake keeps of it, less when it moves to colder tiers`,
    `(${PRICES_SOURCE}; an estimate, not a bill)`,
    '',
  ].join('\n');
}

function about(usd: number): string {
  const text = dollars(usd);
  return text.startsWith('$') ? `about ${text}` : text;
}

/** The hours that another source holds. */
export function formatOverlaps(overlaps: readonly OverlapSpan[], width: number): string {
  const text = (name: string): QueryResult['columns'][number] => ({ name, type: 'VARCHAR' });
  const number = (name: string): QueryResult['columns'][number] => ({ name, type: 'BIGINT' });
  const rows = overlaps.map(({ source, account, region, from, to, records, objects }) => [
    source,
    account ?? 'unknown',
    region ?? 'unknown',
    hours(from, to),
    records,
    objects,
  ]);
  const columns = [
    text('source'),
    text('account'),
    text('region'),
    text('hours (UTC)'),
    number('records'),
    number('objects'),
  ];
  return formatTable({ columns, rows }, width);
}

/** `2026-11-17 02:00`. */
function minute(seconds: number): string {
  return isoTime(seconds).slice(0, 16).replace('T', ' ');
}

/** `2026-11-17 01:00 to 02:00`. */
function hours(from: number, to: number): string {
  const [start, end] = [minute(from), minute(to)];
  return `${start} to ${end.startsWith(start.slice(0, 11)) ? end.slice(11) : end}`;
}

/** Spans as JSON has them. */
export function overlapsAsJson(overlaps: readonly OverlapSpan[]): readonly object[] {
  return overlaps.map(({ from, to, account, region, ...rest }) => ({
    ...rest,
    account: account ?? null,
    region: region ?? null,
    from: isoTime(from),
    to: isoTime(to),
  }));
}
