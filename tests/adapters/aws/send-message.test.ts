import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sendMessage } from '../../../shared/adapters/aws/send-message.ts';
import { signPost } from '../../../shared/adapters/aws/sign-request.ts';

const sdk = new SQSClient({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });

/** The class of the signers that the SDK makes for itself, as far as it is used here. */
type SignerClass = new (options: object) => {
  sign(request: object, options: { readonly signingDate: Date }): Promise<{ readonly headers: unknown }>;
};

test('requests are signed as the SDK signs them', async () => {
  const Signer = (await sdk.config.signer()).constructor as SignerClass;
  const { sha256 } = sdk.config;
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const word = fc.stringMatching(/^[A-Za-z0-9/+=]{1,40}$/);
  await fc.assert(
    fc.asyncProperty(
      text,
      word,
      word,
      fc.option(word, { nil: undefined }),
      async (body, accessKeyId, secretAccessKey, sessionToken) => {
        const now = new Date('2026-11-17T02:03:04.567Z');
        const host = 'sqs.eu-west-1.amazonaws.com';
        const region = 'eu-west-1';
        const target = 'AmazonSQS.SendMessage';
        const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
        const signer = new Signer({ credentials, region, service: 'sqs', sha256, applyChecksum: false });
        const headers = { 'content-type': 'application/x-amz-json-1.0', host, 'x-amz-target': target };
        const request = { method: 'POST', protocol: 'https:', hostname: host, path: '/', query: {}, headers, body };
        const theirs = await signer.sign(request, { signingDate: now });
        const ours = signPost(
          { accessKeyId, secretAccessKey, sessionToken, region, service: 'sqs' },
          { host, target, body, now },
        );
        expect(ours).toEqual(theirs.headers);
      },
    ),
    { numRuns: 50 },
  );
});

/** What SQS says when it has a message. */
function answerTo({ MessageBody }: { readonly MessageBody: string }): unknown {
  return { MessageId: '1', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
}

/** A queue's server that answers with these statuses, one after the other, and keeps what it got. */
async function server(...statuses: readonly (number | 'drop')[]) {
  const got: { headers: IncomingHttpHeaders; body: any }[] = [];
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const status = statuses[got.length - 1] ?? 200;
      if (status === 'drop') {
        request.socket.destroy();
        return;
      }
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(status === 200 ? answerTo(got.at(-1)!.body) : { __type: 'ServiceUnavailable' }));
    });
  });
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void http.close());
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { got, queue: `${url}/1/queue` };
}

const isOurs = ({ headers }: { headers: IncomingHttpHeaders }): boolean => headers['amz-sdk-request'] === undefined;

test('a message goes out in one plain request', async () => {
  const { got, queue } = await server();
  await sendMessage(queue, 'überall');
  expect(got.map(({ body }) => body)).toEqual([{ QueueUrl: queue, MessageBody: 'überall' }]);
  expect(got.map(isOurs)).toEqual([true]);
  expect(got[0]!.headers).toMatchObject({ 'x-amz-target': 'AmazonSQS.SendMessage', 'x-amz-security-token': 'token' });
});

test.each([[500], [503], [400], ['drop' as const]])('what is answered with %s is left to the SDK', async (status) => {
  const { got, queue } = await server(status);
  await sendMessage(queue, 'one');
  expect(got.map(isOurs)).toEqual([true, false]);
  expect(got[1]!.body).toEqual({ QueueUrl: queue, MessageBody: 'one' });
});

test('where the environment has no credentials the SDK looks for them', async () => {
  const { got, queue } = await server();
  await sendMessage(queue, 'one', { ...process.env, AWS_ACCESS_KEY_ID: undefined });
  expect(got.map(isOurs)).toEqual([false]);
});

test('what the SDK gives up is thrown', async () => {
  const { got, queue } = await server(400, 400);
  await expect(sendMessage(queue, 'one')).rejects.toThrow(/ServiceUnavailable|UnknownError/);
  expect(got).toHaveLength(2);
});
