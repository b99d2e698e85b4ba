/** The deliveries that the stages of one table read, all of them the same ones. */
import { subscriptionEvent } from './traffic/delivery.ts';
import { HOUR } from './traffic/hour.ts';
import { V2, V5 } from './traffic/line.ts';
import { payloads } from './traffic/stream.ts';

/** The formats that are measured. */
export const FORMATS = { v2: V2, v5: V5 } as const;

/** A format that is measured. */
export type FormatName = keyof typeof FORMATS;

/** Deliveries of one format and size. */
export interface Workload {
  readonly format: FormatName;
  /** Records a delivery. */
  readonly size: number;
  /** Deliveries that become one object of the lake. */
  readonly merged: number;
  /** `awslogs.data` of each delivery, as Lambda gets it. */
  readonly data: readonly string[];
  /** What every stage has to find: counted while the lines were made. */
  readonly expected: { readonly records: number; readonly bytes: number };
}

/** `count` fresh deliveries of `size` records each. */
export function planWorkload(format: FormatName, size: number, count: number, merged: number): Workload {
  const data: string[] = [];
  let bytes = 0;
  const traffic = payloads({ seed: 'bench', start: HOUR, seconds: 60, rate: 40 }, FORMATS[format], size);
  for (const message of traffic.take(count)) {
    for (const event of message.logEvents) bytes += Number(event.message.split(' ')[9]!.replace('-', '0'));
    data.push(subscriptionEvent(message).awslogs.data);
  }
  return { format, size, merged, data, expected: { records: size * count, bytes } };
}
