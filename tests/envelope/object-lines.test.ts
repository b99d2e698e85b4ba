import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Delivery, Unopened } from '../../shared/envelope/delivery.ts';
import { readObject } from '../../shared/envelope/object-lines.ts';
import { decodeDelivery } from '../../shared/flow/decode.ts';
import { parseHeader } from '../../shared/flow/format.ts';
import { decoded, decodeOptions } from '../support/decode.ts';
import { collect } from '../support/collect.ts';

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const KEY = 'AWSLogs/210987654321/vpcflowlogs/eu-west-3/2026/11/17/a.log.gz';
const line = (port: number): string =>
  `2 123456789012 eni-0123456789abcdef0 10.0.0.1 10.0.0.2 ${port} 443 6 1 40 1763341200 1763341260 ACCEPT OK`;
const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `${line(index % 60_000)}\n`).join('');

type Failing = { readonly after: number };

async function* pieces(bytes: Uint8Array, step: number, failing?: Failing): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) {
    if (failing !== undefined && at >= failing.after) throw new Error('the connection broke');
    yield bytes.subarray(at, at + step);
  }
  if (failing !== undefined) throw new Error('the connection broke');
}

const read = (
  bytes: Uint8Array,
  version = 'v1',
  failing?: Failing,
  step = 65_536,
): AsyncGenerator<Delivery | Unopened> =>
  readObject(
    { bucket: 'logs', key: KEY },
    { kind: 'opened', version, body: pieces(bytes, step, failing) },
    { isHeader: (text) => parseHeader(text) !== undefined },
  );

const idsOf = (items: readonly (Delivery | Unopened)[]): readonly string[] =>
  items.map((item) => decoded(decodeDelivery(item, decodeOptions())).id);

test('chunks are known by bucket, key, version and number, whatever the lines', async () => {
  const text = `${HEADER}\n${lines(120_000)}`;
  const [plain, zipped, other, cut] = await Promise.all([
    collect(read(Buffer.from(text))),
    collect(read(gzipSync(text), 'v1', undefined, 1000)),
    collect(read(Buffer.from(text), 'v2')),
    collect(read(Buffer.from(`${HEADER}\n${lines(3)}`))),
  ]);
  expect(plain.map((item) => item.kind === 'text' && item.origin?.chunk)).toEqual([1, 2, 3]);
  expect(idsOf(zipped)).toEqual(idsOf(plain));
  expect(new Set([...idsOf(plain), ...idsOf(other)]).size).toBe(6);
  expect(idsOf(cut)).toEqual(idsOf(plain).slice(0, 1));
});

test('equal lines in two objects are two batches, and a file of the same lines a third', async () => {
  const text = Buffer.from(`${HEADER}\n${lines(3)}`);
  const [item] = await collect(read(text));
  if (item?.kind !== 'text') throw new Error('no text');
  const moved = { ...item, origin: { ...item.origin!, key: 'other' } };
  const { origin: _, ...file } = item;
  expect(new Set(idsOf([item, moved, file])).size).toBe(3);
});

test('the owner and the region come from the key, the source is the bucket', async () => {
  const [item] = await collect(read(Buffer.from(`${HEADER}\n${lines(1)}`)));
  const { source } = decoded(decodeDelivery(item!, decodeOptions()));
  expect(source).toEqual({ account: '210987654321', region: 'eu-west-3', name: 'logs' });
  if (item?.kind !== 'text') throw new Error('no text');
  const { origin: _, ...file } = { ...item, place: `copy/${KEY}` };
  const copied = decoded(decodeDelivery(file, decodeOptions()));
  expect(copied.source).toEqual({ account: '210987654321', region: 'eu-west-3', name: null });
});

test('a connection that breaks gives whole chunks only, then its error', async () => {
  const text = Buffer.from(`${HEADER}\n${lines(120_000)}`);
  const whole = idsOf(await collect(read(text)));
  for (const bytes of [text, gzipSync(text)]) {
    for (const after of [0, 0.3, 0.6, 0.9, 1].map((part) => Math.floor(part * bytes.length))) {
      const got: (Delivery | Unopened)[] = [];
      const reading = async (): Promise<void> => {
        for await (const item of read(bytes, 'v1', { after }, 4096)) got.push(item);
      };
      await expect(reading()).rejects.toThrow('the connection broke');
      for (const [index, item] of got.entries()) {
        expect(decoded(decodeDelivery(item, decodeOptions())).batches[0]?.length).toBe(50_000);
        expect(idsOf([item])[0]).toBe(whole[index]);
      }
    }
  }
});

test('an object that itself is damaged gives what can be read, and says where it ends', async () => {
  const bytes = gzipSync(`${HEADER}\n${lines(10)}`);
  const items = await collect(read(bytes.subarray(0, bytes.length - 12)));
  expect(items.at(-1)).toMatchObject({ kind: 'unopened', place: `s3://logs/${KEY}` });
  expect(items.at(-1)).toMatchObject({ message: expect.stringContaining('ends too early') as unknown });
});
