/** What a CloudWatch Logs subscription sends to a function: base64 of gzip of the message. */
import type { CloudWatchDelivery, Unopened } from './delivery.ts';
import { inflate } from './inflate.ts';

/** Rejected input is kept whole up to here. */
const KEPT = 65_536;

/** Stands for the place of what can't say where it comes from. */
const SUBSCRIPTION = 'a CloudWatch Logs subscription';

/** Opens `awslogs.data` as it was found in a place. */
export function openSubscription(data: string, place: string, line: number): CloudWatchDelivery | Unopened {
  try {
    return { kind: 'cloudwatch', json: inflate(Buffer.from(data, 'base64')), place };
  } catch (error) {
    const message = describe(error);
    return { kind: 'unopened', place, line, message, content: Buffer.from(data).toString('utf8', 0, KEPT) };
  }
}

function describe(error: unknown): string {
  const { message, code } = Object(error) as { readonly message?: string; readonly code?: string };
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return '`awslogs.data` becomes far larger than any delivery of CloudWatch Logs: check what sent it';
  }
  return `\`awslogs.data\` is not whole: gzip says ${message ?? String(error)}; fetch the event again`;
}

/** The same for what came over the network: it keeps the data as they came, to be handed on so. */
export function openPacked(packed: string): CloudWatchDelivery | Unopened {
  const opened = openSubscription(packed, '', 1);
  return opened.kind === 'cloudwatch' ? { ...opened, packed } : { ...opened, place: SUBSCRIPTION, packed };
}

/** Opens the event that a function was called with. One that no subscription sends is handed on whole, and opens nowhere. */
export function openSubscriptionEvent(event: unknown): CloudWatchDelivery | Unopened {
  const { awslogs } = Object(event) as { readonly awslogs?: unknown };
  const { data } = Object(awslogs) as { readonly data?: unknown };
  return openPacked(typeof data === 'string' ? data : (JSON.stringify(event) ?? ''));
}
