/** What could not be read, as an object beside the records: nothing is dropped. */
import type { DecodedDelivery } from '../flow/columns.ts';

/** An object's body and how many lines it holds. */
export interface QuarantineObject {
  readonly body: Uint8Array;
  readonly lines: number;
}

/** The deliveries' rejects as JSON lines `{batch, line, reason, source, number}`; undefined where there are none. */
export function encodeQuarantine(deliveries: readonly DecodedDelivery[]): QuarantineObject | undefined {
  const lines = deliveries.flatMap(({ id, rejects }) =>
    rejects.map(({ line, reason, source, number }) => {
      const reject = { batch: id, line, reason, source, number };
      // Half a surrogate pair has no UTF-8, and JSON readers refuse its escape.
      return JSON.stringify(reject, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
    }),
  );
  if (lines.length === 0) return undefined;
  return { body: new TextEncoder().encode(`${lines.join('\n')}\n`), lines: lines.length };
}
