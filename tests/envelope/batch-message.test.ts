import fc from 'fast-check';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeBatchMessage, encodeBatchMessage, packArrival } from '../../shared/envelope/batch-message.ts';
import { openBatchMessage, parkBatch } from '../../shared/envelope/parked.ts';
import { openPacked, openSubscriptionEvent } from '../../shared/envelope/subscription.ts';
import { memoryStore } from '../support/memory-store.ts';

test('a message comes back as it went, whatever it holds, in plain ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (packed) => {
      const text = encodeBatchMessage({ kind: 'packed', packed });
      expect(text).toMatch(/^[ -~]*$/);
      expect(decodeBatchMessage(text)).toEqual({ kind: 'packed', packed });
    }),
  );
  const parked = { kind: 'parked', key: 'parked/2026-11-17/00ff' } as const;
  expect(decodeBatchMessage(encodeBatchMessage(parked))).toEqual(parked);
  expect(encodeBatchMessage({ kind: 'packed', packed: 'H4s=' })).toBe(
    '{"schema":"sekisho.batch/1","cloudwatch":"H4s="}',
  );
});

test('what is no message says why, and quotes nothing of it', () => {
  const schema = 'sekisho.batch/1';
  const bad: readonly (readonly [string, RegExp])[] = [
    ['secret', /^the message is not JSON$/],
    ['null', /schema is not `sekisho\.batch\/1`/],
    ['["secret"]', /schema is not `sekisho\.batch\/1`/],
    [JSON.stringify({ schema: 'sekisho.batch/2', cloudwatch: 'x' }), /schema is not `sekisho\.batch\/1`/],
    [JSON.stringify({ schema, cloudwatch: 7 }), /neither `cloudwatch` nor `parked`/],
    [JSON.stringify({ schema, parked: 'secret/x' }), /no key of a parked batch: it starts with `parked\/`/],
    [JSON.stringify({ schema, parked: 'parked/../alerts/x' }), /no key of a parked batch/],
    [JSON.stringify({ schema, parked: 'parked/' }), /no key of a parked batch/],
  ];
  for (const [text, reason] of bad) {
    expect(decodeBatchMessage(text)).toEqual({ kind: 'bad', reason: expect.stringMatching(reason) as unknown });
    expect(JSON.stringify(decodeBatchMessage(text))).not.toContain('secret');
  }
});

test('an event of a subscription is handed on as it came, and one that is none opens nowhere, but is not lost', () => {
  const data = gzipSync('{"messageType":"DATA_MESSAGE"}').toString('base64');
  const arrival = openSubscriptionEvent({ awslogs: { data } });
  expect(arrival).toMatchObject({ kind: 'cloudwatch', packed: data });
  expect(packArrival(arrival)).toBe(data);

  const cut = openSubscriptionEvent({ awslogs: { data: data.slice(0, 30) } });
  expect(cut).toMatchObject({ kind: 'unopened', packed: data.slice(0, 30), content: data.slice(0, 30) });
  for (const event of [{ hello: 'world' }, { awslogs: { data: 7 } }, 'text', null]) {
    const foreign = openSubscriptionEvent(event);
    expect(foreign).toMatchObject({ kind: 'unopened', content: JSON.stringify(event) });
    // the archiver says of it what the detector said
    expect(openPacked(packArrival(foreign))).toEqual(foreign);
  }
});

test('what becomes far larger than a delivery is not decompressed to its end', () => {
  const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024), { level: 1 }).toString('base64');
  const opened = openPacked(bomb);
  expect(opened).toMatchObject({ kind: 'unopened', packed: bomb });
  expect(opened).toMatchObject({ message: expect.stringContaining('far larger than any delivery') as unknown });
});

test('a message decompressed before is packed again', () => {
  const json = Buffer.from('{"messageType":"DATA_MESSAGE"}');
  const packed = packArrival({ kind: 'cloudwatch', json, place: 'a file' });
  expect(gunzipSync(Buffer.from(packed, 'base64'))).toEqual(json);
});

test('a parked batch is opened from its object; the message of one that is gone is bad; a store that fails throws', async () => {
  const store = memoryStore();
  const packed = gzipSync('{"messageType":"DATA_MESSAGE"}').toString('base64');
  const key = await parkBatch(store, packed, new Date('2026-11-17T23:59:59Z'));
  expect(key).toMatch(/^parked\/2026-11-17\/[0-9a-f]{32}$/);
  expect(await parkBatch(store, packed, new Date('2026-11-17T00:00:00Z'))).toBe(key);
  expect(await parkBatch(store, `${packed}x`, new Date('2026-11-17T00:00:00Z'))).not.toBe(key);
  const text = encodeBatchMessage({ kind: 'parked', key });
  expect(await openBatchMessage(text, store)).toEqual(openPacked(packed));
  await store.delete(key);
  expect(await openBatchMessage(text, store)).toEqual({ kind: 'bad', reason: `the parked batch \`${key}\` is gone` });
  const broken = memoryStore(undefined, () => {
    throw new Error('S3 is down');
  });
  await expect(openBatchMessage(text, broken)).rejects.toThrow('S3 is down');
});
