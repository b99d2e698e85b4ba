import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBucketStore } from '../../../shared/adapters/aws/object-store.ts';
import { describeObjectStore } from '../../contracts/object-store.ts';
import { hasEmulator, startEmulator, type Emulator } from '../../support/aws-emulator.ts';
import { collect } from '../../support/collect.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.skipIf(!hasEmulator)('S3, as the emulator ministack plays it', () => {
  let emulator: Emulator;
  let client: S3Client;
  let buckets = 0;
  beforeAll(async () => {
    emulator = await startEmulator();
    client = clientOf(emulator.endpoint);
  });
  afterAll(async () => {
    client.destroy();
    await emulator.stop();
  });

  const newBucket = async (): Promise<string> => {
    const bucket = `bucket-${++buckets}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return bucket;
  };

  describeObjectStore('a bucket', async () => {
    const port = openBucketStore(client, await newBucket());
    return { port, close: async () => undefined };
  });

  test('a listing goes on over its pages', async () => {
    const store = openBucketStore(client, await newBucket());
    const keys = Array.from({ length: 1_050 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    for (let from = 0; from < keys.length; from += 50) {
      await Promise.all(keys.slice(from, from + 50).map((key) => store.put(key, bytes('x'))));
    }
    expect((await collect(store.list('many/'))).map(({ key }) => key)).toEqual(keys);
  });

  test('a bucket that is not there is an error that names it, whatever is asked of it', async () => {
    const store = openBucketStore(client, 'no-such-bucket');
    const expected = 'no-such-bucket/a`: there is no such bucket';
    await expect(store.get('a')).rejects.toThrow(`cannot read \`s3://${expected}`);
    await expect(store.put('a', bytes('1'))).rejects.toThrow(`cannot write \`s3://${expected}`);
    await expect(store.putIfUnchanged('a', bytes('1'), 'x')).rejects.toThrow(`cannot write \`s3://${expected}`);
    await expect(collect(store.list('a'))).rejects.toThrow(`cannot list \`s3://${expected}`);
  });

  test('an answer that is lost does not hide that this call created the object', async () => {
    const bucket = await newBucket();
    const proxy = await startProxy(emulator.endpoint, { answersLost: 1 });
    const flaky = clientOf(proxy.endpoint);
    const store = openBucketStore(flaky, bucket);
    expect(await store.putIfAbsent('alerts/1.json', bytes('mine'))).toBe(true);
    expect(await store.putIfAbsent('alerts/1.json', bytes('mine'))).toBe(false);
    flaky.destroy();
    await proxy.stop();
  });

  test('a write that meets another under way is tried again where it must be created, and given up where it must be unchanged', async () => {
    const conflict = [409, 'ConditionalRequestConflict'] as const;
    const proxy = await startProxy(emulator.endpoint, { refusals: [conflict, conflict, conflict] });
    const busy = clientOf(proxy.endpoint);
    const store = openBucketStore(busy, await newBucket());
    expect(await store.putIfUnchanged('s', bytes('1'), undefined)).toBeUndefined();
    expect(await store.putIfAbsent('a', bytes('1'))).toBe(true);
    expect((await store.get('a'))?.body).toEqual(bytes('1'));
    busy.destroy();
    await proxy.stop();
  });

  test('throttling is waited out, a refusal is told with the permission that is missing', async () => {
    const bucket = await newBucket();
    const slow = await startProxy(emulator.endpoint, {
      refusals: [
        [503, 'SlowDown'],
        [503, 'SlowDown'],
      ],
    });
    const refused = await startProxy(emulator.endpoint, { refusals: [[403, 'AccessDenied']] });
    const clients = [clientOf(slow.endpoint), clientOf(refused.endpoint)] as const;
    await openBucketStore(clients[0], bucket).put('a', bytes('1'));
    const failed = openBucketStore(clients[1], bucket).put('a', bytes('1'));
    await expect(failed).rejects.toThrow(/cannot write `s3:\/\/bucket-\d+\/a`: access denied; allow `s3:PutObject`/);
    await expect(failed).rejects.toMatchObject({ cause: { name: 'AccessDenied' } });
    for (const each of clients) each.destroy();
    await slow.stop();
    await refused.stop();
  });
});

function clientOf(endpoint: string): S3Client {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
}

interface Faults {
  /** How many requests are carried out, but their connection is cut instead of answered. */
  readonly answersLost?: number;
  /** Status and S3's code for the first requests, which are not carried out. */
  readonly refusals?: readonly (readonly [number, string])[];
}

/** Stands before the emulator and makes the first requests fail. */
async function startProxy(target: string, faults: Faults): Promise<{ endpoint: string; stop(): Promise<void> }> {
  let lost = faults.answersLost ?? 0;
  const refusals = [...(faults.refusals ?? [])];
  const server: Server = createServer((incoming, answer) => {
    const refusal = refusals.shift();
    if (refusal !== undefined) {
      incoming.resume();
      answer.writeHead(refusal[0], { 'content-type': 'application/xml' });
      answer.end(`<Error><Code>${refusal[1]}</Code><Message>${refusal[1]}</Message></Error>`);
      return;
    }
    const options = { method: incoming.method!, headers: incoming.headers };
    const forwarded = request(new URL(incoming.url!, target), options, (response) => {
      if (lost > 0) {
        lost--;
        response.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
