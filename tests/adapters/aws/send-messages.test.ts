/** Batches of messages of which SQS takes only some, which the emulator never does: played by a server of our own. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sendMessages } from '../../../shared/adapters/aws/send-messages.ts';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}
interface Failure {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message?: string;
}

let server: Server;
let client: SQSClient;
let url: string;
/** Requests so far, each the bodies in it. */
let requests: string[][];
let refuse: (entry: Entry, request: number) => Omit<Failure, 'Id'> | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const { Entries } = JSON.parse(text) as { readonly Entries: readonly Entry[] };
      requests.push(Entries.map(({ MessageBody }) => MessageBody));
      const refused = (entry: Entry) => refuse(entry, requests.length);
      const Failed = Entries.flatMap((entry) => {
        const failure = refused(entry);
        return failure === undefined ? [] : [{ Id: entry.Id, ...failure }];
      });
      const failed = new Set(Failed.map(({ Id }) => Id));
      const Successful = Entries.filter(({ Id }) => !failed.has(Id)).map(({ Id }) => ({ Id, MessageId: Id }));
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ Successful, Failed }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  url = `${endpoint}/123456789012/objects`;
  // a played answer has no digest of the messages
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new SQSClient({ endpoint, region: 'us-east-1', credentials, md5: false });
});
afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  requests = [];
  refuse = () => undefined;
});

const messages = (n: number) => Array.from({ length: n }, (_, index) => ({ body: `m${index}` }));

test('ten go in a request, in order', async () => {
  const sent: number[] = [];
  expect(await sendMessages(client, url, messages(23), (n) => sent.push(n))).toBe(23);
  expect(requests.map((bodies) => bodies.length)).toEqual([10, 10, 3]);
  expect(requests.flat()).toEqual(messages(23).map(({ body }) => body));
  expect(sent).toEqual([10, 10, 3]);
});

test('nothing is no request', async () => {
  expect(await sendMessages(client, url, [])).toBe(0);
  expect(requests).toEqual([]);
});

test('together they have at most 1 MiB', async () => {
  const large = ['a', 'b', 'c'].map((letter) => ({ body: letter.repeat(400_000) }));
  await sendMessages(client, url, large);
  expect(requests.map((bodies) => bodies.map((body) => body[0]).join(''))).toEqual(['ab', 'c']);
});

test('those that SQS did not take are sent again, and no others', async () => {
  refuse = ({ MessageBody }, request) =>
    (request === 1 && ['m2', 'm5'].includes(MessageBody)) || (request === 2 && MessageBody === 'm5')
      ? { SenderFault: false, Code: 'InternalError' }
      : undefined;
  expect(await sendMessages(client, url, messages(10))).toBe(10);
  expect(requests.slice(1)).toEqual([['m2', 'm5'], ['m5']]);
});

test("the sender's own fault is told at once, with what was sent before", async () => {
  refuse = ({ MessageBody }) =>
    MessageBody === 'm12'
      ? { SenderFault: true, Code: 'InvalidMessageContents', Message: 'no such letter' }
      : undefined;
  await expect(sendMessages(client, url, messages(15))).rejects.toThrow(
    'SQS did not take 1 of 5 messages (14 were sent): InvalidMessageContents: no such letter',
  );
  expect(requests).toHaveLength(2);
});

test('what is never taken ends after five tries', async () => {
  refuse = () => ({ SenderFault: false, Code: 'ServiceUnavailable' });
  await expect(sendMessages(client, url, messages(1))).rejects.toThrow('(0 were sent): ServiceUnavailable: ');
  expect(requests).toHaveLength(5);
});
