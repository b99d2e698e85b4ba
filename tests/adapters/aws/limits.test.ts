/** What functions ask of AWS, where AWS takes the connection and never answers: each has to give up by itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openChannels } from '../../../shared/adapters/aws/alert-channels.ts';
import { openAthena } from '../../../shared/adapters/aws/athena.ts';
import { openGlueCatalog } from '../../../shared/adapters/aws/glue-catalog.ts';
import type * as Limits from '../../../shared/adapters/aws/limits.ts';
import { fetchListObject } from '../../../shared/adapters/aws/list-object.ts';
import { fetchListObjectSoon, giveBack, openBucket } from '../../../shared/adapters/aws/late.ts';
import { openObjectSource } from '../../../shared/adapters/aws/object-source.ts';
import { receiveMessages } from '../../../shared/adapters/aws/receive-messages.ts';
import { openSecurityHub } from '../../../shared/adapters/aws/security-hub.ts';
import { sendMessage } from '../../../shared/adapters/aws/send-message.ts';
import { asffOf } from '../../../shared/alerts/messages/asff.ts';
import { DEFAULT_CONFIG } from '../../../shared/config/config.ts';
import { context, scan } from '../../alerts/messages/samples.ts';
import { alertWith } from '../../alerts/sample.ts';
import { collect } from '../../support/collect.ts';
import { memoryStore } from '../../support/memory-store.ts';

const { short } = vi.hoisted(() => ({
  short: {
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 100,
      requestTimeout: 100,
      socketTimeout: 100,
      throwOnRequestTimeout: true,
    },
  } as const,
}));
/** The real limits, all of them short. */
vi.mock('../../../shared/adapters/aws/limits.ts', async (original) => ({
  ...(await original<typeof Limits>()),
  MESSAGES: short,
  CALLS: short,
  OBJECTS: short,
  STREAMS: short,
  QUERIES: short,
  LISTS: short,
  LISTS_SOON: short,
  LISTS_WITHIN: 150,
  FIRST_TRY: 100,
  GIVING_BACK: 150,
}));

/** What the server sends when it is asked: nothing, or the beginning of an object. */
let answer: string | undefined;
let server: Server;
let url: string;
const sockets = new Set<Socket>();
let connections = 0;

beforeAll(async () => {
  server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', () => {
      if (answer !== undefined) socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  answer = undefined;
  connections = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const ARN = 'arn:aws:sqs:us-east-1:123456789012:batches';
const routes = [{ name: 'mail', atLeast: 'info', topic: 'arn:aws:sns:us-east-1:123456789012:mail' }] as const;
const alerts = {
  ...DEFAULT_CONFIG.alerts,
  routes: routes.map((route) => ({ ...route, format: 'default' as const, emails: [] })),
};

describe('what is never answered is tried twice, and fails', () => {
  test.each<readonly [what: string, run: () => Promise<unknown>, reason: RegExp]>([
    ['reading an object', () => openBucket('lake').get('a/b'), /cannot read `s3:\/\/lake\/a\/b`: TimeoutError/],
    ['writing an object', () => openBucket('lake').put('a/b', Buffer.from('x')), /cannot write .*TimeoutError/],
    ['writing once', () => openBucket('lake').putIfAbsent('a/b', Buffer.from('x')), /cannot write .*TimeoutError/],
    ['listing objects', () => collect(openBucket('lake').list('a/')), /cannot list .*TimeoutError/],
    ['opening an object', () => openObjectSource()({ bucket: 'logs', key: 'a' }), /cannot read .*TimeoutError/],
    ['sending a message', () => sendMessage(`${url}/1/queue`, 'x'), /requestTimeout/],
    ['receiving messages', () => receiveMessages(`${url}/1/queue`, 1), /requestTimeout/],
    ['looking for a view', () => openGlueCatalog('db').has('flows'), /cannot look for `db.flows`: .*requestTimeout/],
    [
      'a query',
      () => openAthena({ database: 'db', workgroup: 'wg', store: memoryStore() }).query('SELECT 1'),
      /requestTimeout/,
    ],
    [
      'telling a topic',
      () => openChannels(alerts, {}, context)[0]!.sink.publish([{ kind: 'new', alert: scan }]),
      /messages were not published .*TimeoutError/,
    ],
    [
      'importing findings',
      () => openSecurityHub({ findingOf: (alert: typeof scan) => asffOf(alert, context) }).publish([alertWith(1, {})]),
      /findings were not imported .*TimeoutError/,
    ],
  ])('%s', async (_, run, reason) => {
    await expect(run()).rejects.toThrow(reason);
    // the plain first try of a message, or of what is loaded late, is one of its own
    expect(connections).toBeGreaterThanOrEqual(2);
    expect(connections).toBeLessThanOrEqual(3);
  });

  test('reading a list', async () => {
    const failed = await fetchListObject('lists', 'a.txt', undefined);
    expect(failed).toMatchObject({ kind: 'failed', message: expect.stringContaining('TimeoutError') as string });
    expect(connections).toBe(2);
  });
});

test('a list that records wait for is given up in time, whatever it does', async () => {
  const failed = { kind: 'failed', message: 'cannot read `s3://lists/a.txt`: it has not come within 0.15 seconds' };
  expect(await fetchListObjectSoon('lists', 'a.txt', undefined)).toEqual(failed);
  answer = 'HTTP/1.1 200 OK\r\netag: "e"\r\ncontent-length: 100\r\n\r\n192.0.2.1\n';
  const began = performance.now();
  expect(await fetchListObjectSoon('lists', 'a.txt', undefined)).toMatchObject({ kind: 'failed' });
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('giving messages back ends in time, however many there are', async () => {
  const began = performance.now();
  const many = Array.from({ length: 10_000 }, (_, index) => ({ receipt: `${index}`, seconds: 30 }));
  await expect(giveBack(ARN, many)).rejects.toThrow(/abort|timeout/i);
  expect(performance.now() - began).toBeLessThan(2_000);
});

test('an answer that stops in the middle is given up', async () => {
  answer = 'HTTP/1.1 200 OK\r\netag: "e"\r\ncontent-length: 100\r\n\r\nhalf of it';
  await expect(openBucket('lake').get('a/b')).rejects.toThrow(/cannot read .*inactivity/);
  const opened = await openObjectSource()({ bucket: 'logs', key: 'a' });
  if (opened.kind !== 'opened') throw new Error(opened.message);
  await expect(collect(opened.body)).rejects.toThrow(/inactivity|aborted/);
});

test('no adapter that functions use makes a client without limits', () => {
  const folder = 'shared/adapters/aws/';
  // asks for nothing: it only knows the region of a profile
  const files = readdirSync(folder).filter((file) => file !== 'region.ts');
  const made = files.flatMap((file) =>
    [...readFileSync(`${folder}${file}`, 'utf8').matchAll(/new \w+Client\(([^;]*)/g)].map(([, settings]) => settings!),
  );
  expect(made.length).toBeGreaterThan(8);
  const names = /\b(MESSAGES|CALLS|OBJECTS|STREAMS|QUERIES|limits)\b/;
  expect(made.filter((settings) => !names.test(settings))).toEqual([]);
});

test('the tries of a call fit into the time of the functions that wait for them', async () => {
  const limits = await vi.importActual<typeof Limits>('../../../shared/adapters/aws/limits.ts');
  const worst = ({ maxAttempts, requestHandler }: Limits.ClientLimits): number =>
    maxAttempts * requestHandler.requestTimeout;
  // detect has a minute: the message, lists, alerts
  expect(limits.FIRST_TRY + worst(limits.MESSAGES) + limits.LISTS_WITHIN).toBeLessThan(30_000);
  // archive has two, windows five
  expect(worst(limits.OBJECTS)).toBeLessThan(60_000);
  expect(limits.OBJECTS.requestHandler.socketTimeout).toBeLessThan(30_000);
});
