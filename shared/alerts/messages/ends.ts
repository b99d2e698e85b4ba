/** Between whom it was, as far as the alert has one answer. */
import type { FieldValue } from '../../flow/columns.ts';
import type { Alert } from '../alert.ts';

/** Fields that say from whom, and to whom. */
const FROM = ['client', 'srcaddr', 'pkt_srcaddr'];
const TO = ['server', 'dstaddr', 'pkt_dstaddr'];

/** One end of the traffic. */
export interface End {
  readonly value: FieldValue;
  /** True where only some of the records are known to have it. */
  readonly isSampled: boolean;
}

/** Who began it and with whom: of the group, else what all samples share; undefined where there are several. */
export interface Ends {
  readonly from: End | undefined;
  readonly to: End | undefined;
}

/** Finds both ends. */
export function endsOf(alert: Alert): Ends {
  return { from: endOf(alert, FROM, 'srcaddr'), to: endOf(alert, TO, 'dstaddr') };
}

/** An end as it is said: `10.0.0.5`, `10.0.0.5 (in the records shown)`. */
export function formatEnd({ value, isSampled }: End): string {
  return `${value}${isSampled ? ' (in the records shown)' : ''}`;
}

function endOf(
  { group, measure, samples, records }: Alert,
  columns: readonly string[],
  sampled: string,
): End | undefined {
  const named = columns.map((column) => group[column]).find((value) => value != null);
  if (named !== undefined) return { value: named, isSampled: false };
  // samples are few: what is known to be many may be the same in all of them
  if (columns.some((column) => (measure[`distinct(${column})`] ?? 0) > 1)) return undefined;
  const values = new Set(samples.flatMap((sample) => sample[sampled] ?? []));
  return values.size === 1 ? { value: [...values][0]!, isSampled: records > samples.length } : undefined;
}
