import { gzipSync } from 'node:zlib';
import type { Delivery, Unopened } from '../../shared/envelope/delivery.ts';
import { openInput } from '../../shared/envelope/open.ts';
import { recordAt, type DecodedDelivery, type FlowRecord, type Reject } from '../../shared/flow/columns.ts';
import { decodeDelivery, type Decoded, type DecodeOptions } from '../../shared/flow/decode.ts';
import { servicePortTable } from '../../shared/flow/direction.ts';
import { parseFormat, parseHeader, type Format } from '../../shared/flow/format.ts';
import { networkTest } from '../../shared/flow/networks.ts';

const inNetworks = networkTest(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']);

/** A format that the test knows to be right. */
export function formatOf(text: string): Format {
  const format = parseFormat(text);
  if ('kind' in format) throw new Error(format.message);
  return format;
}

/** Options as of the end of 2026, with the private ranges as networks. */
export function decodeOptions(
  format?: Format,
  ofLogGroup?: (group: string) => readonly Format[] | undefined,
): DecodeOptions {
  return {
    formats: { given: format, ofLogGroup: ofLogGroup ?? (() => undefined) },
    inNetworks,
    servicePorts: servicePortTable(),
    arrival: Date.UTC(2026, 11, 31) / 1000,
  };
}

/** The delivery of a result that must be one. */
export function decoded(result: Decoded): DecodedDelivery {
  if (result.kind !== 'decoded') throw new Error(`not decoded: ${JSON.stringify(result)}`);
  return result.delivery;
}

/** A subscription message as CloudWatch Logs writes it, events numbered from `firstId`. */
export function subscriptionMessage(lines: readonly string[], { logGroup = 'flow-logs', firstId = 0 } = {}): string {
  return JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup,
    logStream: 'eni-0123456789abcdef0-all',
    subscriptionFilters: ['sekisho'],
    logEvents: lines.map((message, i) => ({
      id: String(firstId + i).padStart(56, '0'),
      timestamp: 1_763_341_200_000,
      message,
    })),
  });
}

/** The event that Lambda gets for a message. */
export function subscriptionEvent(message: string): string {
  return JSON.stringify({ awslogs: { data: gzipSync(message).toString('base64') } });
}

/** Opens bytes as one input, handed over in pieces of `step` bytes. */
export async function open(content: string | Uint8Array, step = 65_536): Promise<(Delivery | Unopened)[]> {
  const bytes = Buffer.from(content as Uint8Array);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  }
  return await Array.fromAsync(openInput(pieces(), 'input', { isHeader: (line) => parseHeader(line) !== undefined }));
}

/** Everything read from an input: records, rejects, and the inputs that were none. */
export interface ReadBack {
  readonly records: readonly FlowRecord[];
  readonly rejects: readonly Reject[];
  readonly unopened: readonly Unopened[];
  readonly ids: readonly string[];
  readonly control: number;
}

/** Opens and decodes one input whole. */
export async function readBack(content: string | Uint8Array, options = decodeOptions()): Promise<ReadBack> {
  const items = await open(content);
  const results = items.filter((item) => item.kind !== 'unopened').map((item) => decodeDelivery(item, options));
  const deliveries = results.filter((result) => result.kind === 'decoded').map((result) => result.delivery);
  const malformed = results.filter((result) => result.kind === 'malformed');
  return {
    records: deliveries.flatMap(({ batches }) =>
      batches.flatMap((batch) => Array.from({ length: batch.length }, (_, row) => recordAt(batch, row))),
    ),
    rejects: deliveries.flatMap(({ rejects }) => rejects),
    unopened: [
      ...items.filter((item) => item.kind === 'unopened'),
      ...malformed.map(({ reason }) => ({
        kind: 'unopened' as const,
        place: 'input',
        line: 1,
        message: reason,
        content: undefined,
      })),
    ],
    ids: deliveries.map(({ id }) => id),
    control: results.filter((result) => result.kind === 'control').length,
  };
}
