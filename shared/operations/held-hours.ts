/** Which hours the lake holds already, and from where: two flow logs of the same traffic would count it twice. */
import type { FlowTable } from '../flow/fields.ts';
import type { QueryEngine } from '../ports.ts';
import { spanConditions, TIME } from '../query/scan-sql.ts';
import { VIEWS } from '../query/sql-scope.ts';
import type { FlowLogObject } from './flow-log-object.ts';

/** An hour of an account and region that came from a source. */
export interface HeldHour {
  readonly table: FlowTable;
  /** The log group or bucket. */
  readonly source: string;
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** Unix seconds at which it begins. */
  readonly hour: number;
  readonly records: number;
}

/** Successive hours that another source holds and the objects are about as well. */
export interface OverlapSpan {
  readonly table: FlowTable;
  readonly source: string;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly records: number;
  /** Objects of the backfill that are about these hours. */
  readonly objects: number;
}

const HOUR = 3_600;

/** The time that objects are about, in whole hours; undefined where no key tells any. */
export function timeOf(objects: readonly FlowLogObject[]): { readonly from: number; readonly to: number } | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (const { time } of objects) {
    if (time === undefined) continue;
    from = Math.min(from, time.from);
    to = Math.max(to, time.to);
  }
  return to < from ? undefined : { from: hourOf(from), to: hourOf(to - 1) + HOUR };
}

/** Asks the lake which hours of a time it holds. */
export async function heldHours(
  engine: QueryEngine,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly HeldHour[]> {
  const held: HeldHour[] = [];
  for (const table of ['vpc', 'tgw'] as const) {
    const { rows } = await engine.query(heldHoursQuery(table, from, to));
    for (const [source, account, region, hour, records] of rows) {
      held.push({
        table,
        source: textOf(source) ?? '',
        account: textOf(account),
        region: textOf(region),
        hour: Number(hour),
        records: Number(records),
      });
    }
  }
  return held;
}

/** In the words that Athena and DuckDB share; no day and no hour of arrival is opened that can hold nothing of that time. */
function heldHoursQuery(table: FlowTable, from: number, to: number): string {
  return (
    `SELECT source, source_account, source_region, ${TIME} - ${TIME} % ${HOUR} AS hour, count(*) AS records ` +
    `FROM ${VIEWS[table]} WHERE ${spanConditions({ from, to }).join(' AND ')} GROUP BY 1, 2, 3, 4`
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * What others hold of the objects' hours, in spans. An account or region that a key or a record does not tell may be any.
 * Hours that came from the bucket itself are no overlap: its objects are known by their identity.
 */
export function overlapsOf(
  objects: readonly FlowLogObject[],
  held: readonly HeldHour[],
  bucket: string,
): readonly OverlapSpan[] {
  const index = new Map<number, Map<string, number>>();
  for (const { account, region, time } of objects) {
    if (time === undefined) continue;
    for (let hour = hourOf(time.from); hour < time.to; hour += HOUR) {
      const places = index.get(hour) ?? new Map<string, number>();
      index.set(hour, places);
      const place = placeOf(account, region);
      places.set(place, (places.get(place) ?? 0) + 1);
    }
  }
  const others = held.filter(({ source }) => source !== bucket && source !== `s3://${bucket}`);
  const hits = others.flatMap((hour) => {
    const found = [...(index.get(hour.hour) ?? [])].filter(([place]) => fits(place, hour));
    const count = found.reduce((sum, [, objects]) => sum + objects, 0);
    return count === 0 ? [] : [{ ...hour, objects: count }];
  });
  return spansOf(hits);
}

function hourOf(seconds: number): number {
  return seconds - (seconds % HOUR);
}

function placeOf(account: string | undefined, region: string | undefined): string {
  return `${account ?? ''} ${region ?? ''}`;
}

function fits(place: string, { account, region }: HeldHour): boolean {
  const [a = '', r = ''] = place.split(' ');
  return (a === '' || account === undefined || a === account) && (r === '' || region === undefined || r === region);
}

function spansOf(hits: readonly (HeldHour & { readonly objects: number })[]): readonly OverlapSpan[] {
  const groups = Map.groupBy(hits, ({ table, source, account, region }) =>
    JSON.stringify([table, source, account ?? null, region ?? null]),
  );
  return [...groups.values()].flatMap((group) => {
    const spans: OverlapSpan[] = [];
    for (const { hour, records, objects, ...rest } of group.toSorted((a, b) => a.hour - b.hour)) {
      const last = spans.at(-1);
      if (last?.to === hour) {
        spans[spans.length - 1] = {
          ...last,
          to: hour + HOUR,
          records: last.records + records,
          objects: last.objects + objects,
        };
      } else spans.push({ ...rest, from: hour, to: hour + HOUR, records, objects });
    }
    return spans;
  });
}
