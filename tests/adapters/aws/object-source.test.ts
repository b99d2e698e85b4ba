import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openObjectSource } from '../../../shared/adapters/aws/object-source.ts';
import type { OpenedObject } from '../../../shared/envelope/object-message.ts';
import { hasEmulator, startEmulator, type Emulator } from '../../support/aws-emulator.ts';
import { collect } from '../../support/collect.ts';

const KEY = 'AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/17/a b+c 関所.log.gz';

describe.skipIf(!hasEmulator)('objects of S3, as the emulator ministack plays it', () => {
  let emulator: Emulator;
  let client: S3Client;
  beforeAll(async () => {
    emulator = await startEmulator();
    for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
    client = new S3Client();
    for (const Bucket of ['plain', 'versioned']) await client.send(new CreateBucketCommand({ Bucket }));
    await client.send(
      new PutBucketVersioningCommand({ Bucket: 'versioned', VersioningConfiguration: { Status: 'Enabled' } }),
    );
  });
  afterAll(async () => {
    client.destroy();
    vi.unstubAllEnvs();
    await emulator.stop();
  });

  const put = (Bucket: string, Body: string | Uint8Array, extra: object = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key: KEY, Body, ...extra }));
  const bodyOf = async ({ body }: OpenedObject) => Buffer.concat(await collect(body)).toString();
  const opened = async (...[object]: Parameters<ReturnType<typeof openObjectSource>>): Promise<OpenedObject> => {
    const found = await openObjectSource()(object);
    if (found.kind !== 'opened') throw new Error(found.message);
    return found;
  };

  test('an object is known by its ETag, and where the bucket keeps versions, by its version', async () => {
    await put('plain', 'one');
    const found = await opened({ bucket: 'plain', key: KEY });
    expect(found.version).toBe(createHash('md5').update('one').digest('hex'));
    expect(await bodyOf(found)).toBe('one');
    const { VersionId: first } = await put('versioned', 'first');
    const { VersionId: second } = await put('versioned', 'second');
    const old = await opened({ bucket: 'versioned', key: KEY, version: first! });
    expect([old.version, await bodyOf(old)]).toEqual([first, 'first']);
    const latest = await opened({ bucket: 'versioned', key: KEY });
    expect([latest.version, await bodyOf(latest)]).toEqual([second, 'second']);
  });

  test('an object is read as a stream', async () => {
    const body = randomBytes(3_000_000);
    await put('plain', body);
    const pieces = await collect((await opened({ bucket: 'plain', key: KEY })).body);
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).equals(body)).toBe(true);
  });

  test('what was deleted is gone: the object, the version, and what only marks a deletion', async () => {
    const open = openObjectSource();
    const gone = { kind: 'gone', message: `\`s3://plain/none.gz\` was deleted before it was read` };
    expect(await open({ bucket: 'plain', key: 'none.gz' })).toEqual(gone);
    await put('versioned', 'x');
    const { VersionId: mark } = await client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: KEY }));
    expect(await open({ bucket: 'versioned', key: KEY })).toMatchObject({ kind: 'gone' });
    expect(await open({ bucket: 'versioned', key: KEY, version: mark! })).toMatchObject({ kind: 'gone' });
  });

  test('what can not be read is an error that says why', async () => {
    const open = openObjectSource();
    await expect(open({ bucket: 'no-such-bucket', key: 'a' })).rejects.toThrow(
      'cannot read `s3://no-such-bucket/a`: there is no such bucket',
    );
    await put('plain', 'cold', { StorageClass: 'GLACIER' });
    await expect(open({ bucket: 'plain', key: KEY })).rejects.toThrow(/it is archived in Glacier; restore it first/);
  });

  test('what is refused may also be gone: S3 tells the difference to those alone who may list the bucket', async () => {
    const server: Server = createServer((_, answer) => {
      answer.writeHead(403, { 'content-type': 'application/xml' });
      answer.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as AddressInfo;
    const refusing = new S3Client({ endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true });
    await expect(openObjectSource(refusing)({ bucket: 'theirs', key: 'a' })).rejects.toThrow(
      /^cannot read `s3:\/\/theirs\/a`: access denied; allow `s3:GetObject` .*; or it was deleted, which S3 tells only who may list the bucket$/,
    );
    refusing.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a connection that breaks ends the body with an error, not as if it were whole', async () => {
    const server: Server = createServer((_, answer) => {
      answer.writeHead(200, { 'content-length': '1000', etag: '"e"' });
      answer.write('half of it');
      setTimeout(() => answer.destroy(), 50);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as AddressInfo;
    const flaky = new S3Client({ endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true });
    const found = await openObjectSource(flaky)({ bucket: 'plain', key: 'a' });
    if (found.kind !== 'opened') throw new Error(found.message);
    await expect(collect(found.body)).rejects.toThrow(/aborted|hang up|reset/);
    flaky.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
