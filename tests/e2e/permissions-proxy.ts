/**
 * What functions ask of AWS, seen on its way: a proxy that hands every request on as if it had come over TLS, as the
 * buckets' policies refuse everything else, and writes down what it asks in the words of IAM.
 */
import { Agent, createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readOperation } from '../support/aws-operation.ts';

/** A request, as IAM looks at it. */
export interface Asked {
  /** `s3:GetObject`. */
  readonly action: string;
  /** ARN of what it is about; `*` where the request does not say. */
  readonly resource: string;
  /** What a listing is to begin with. */
  readonly prefix?: string;
  /** True where the caller was not allowed to. */
  readonly denied: boolean;
}

/** A proxy that runs. */
export interface WatchingProxy {
  readonly endpoint: string;
  forwardTo(endpoint: string): void;
  /** What roles asked since the last call. */
  take(): readonly Asked[];
  stop(): Promise<void>;
}

/** Account and region of everything in the emulator. */
const HERE = 'us-east-1:000000000000';

/** Starts a proxy on a free port. */
export async function startWatchingProxy(): Promise<WatchingProxy> {
  let target: URL | undefined;
  let asked: Asked[] = [];
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = await bodyOf(incoming);
      const headers = { ...incoming.headers, 'x-forwarded-proto': 'https' };
      const { hostname: host, port } = target!;
      const outgoing = request({ host, port, agent, method: incoming.method, path: incoming.url, headers });
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.on('response', resolve).on('error', reject).end(body);
      });
      const text = await bodyOf(answer);
      const { 'transfer-encoding': _chunked, connection: _connection, ...rest } = answer.headers;
      const denied = answer.statusCode! >= 400 && /not authorized to perform|AccessDenied/.test(text.toString());
      if (isOfRole(incoming)) asked.push({ ...inWordsOfIam(incoming, body), denied });
      response.writeHead(answer.statusCode!, rest).end(text);
    })().catch((error: unknown) => response.destroy(error as Error));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo: (endpoint) => void (target = new URL(endpoint)),
    take() {
      const taken = asked;
      asked = [];
      return taken;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

/** Operations whose permission is called otherwise. */
const ACTIONS: Readonly<Record<string, string>> = {
  's3:ListObjectsV2': 's3:ListBucket',
  's3:ListMultipartUploads': 's3:ListBucketMultipartUploads',
  's3:ListParts': 's3:ListMultipartUploadParts',
  'sns:PublishBatch': 'sns:Publish',
};

/** Whether whoever asks has taken a role: the account's root, which may do everything, prepares and looks. */
function isOfRole({ headers }: IncomingMessage): boolean {
  return headers.authorization?.includes('Credential=ASIA') === true;
}

/** What a request asks for. */
function inWordsOfIam(incoming: IncomingMessage, body: Buffer): Omit<Asked, 'denied'> {
  const { operation, target } = readOperation(incoming, body);
  const [service = '', name] = operation.split('.');
  const action = `${service.toLowerCase()}:${name}`;
  const is = ACTIONS[action] ?? action;
  switch (service) {
    case 'S3': {
      const url = new URL(incoming.url!, 'http://aws');
      const [, bucket, ...key] = decodeURIComponent(url.pathname).split('/');
      const place = [bucket, ...key].join('/').replace(/\/$/, '');
      const versioned = url.searchParams.has('versionId') && is === 's3:GetObject' ? `${is}Version` : is;
      const prefix = url.searchParams.get('prefix');
      return { action: versioned, resource: `arn:aws:s3:::${place}`, ...(prefix === null ? {} : { prefix }) };
    }
    case 'SQS':
    case 'SNS':
      return { action: is, resource: `arn:aws:${service.toLowerCase()}:${HERE}:${target}` };
    case 'GLUE': {
      const { DatabaseName, Name } = JSON.parse(body.toString()) as Record<string, string>;
      return { action: is, resource: `arn:aws:glue:${HERE}:database/${DatabaseName ?? Name}` };
    }
    case 'ATHENA': {
      const { WorkGroup } = JSON.parse(body.toString()) as Record<string, string>;
      return { action: is, resource: WorkGroup === undefined ? '*' : `arn:aws:athena:${HERE}:workgroup/${WorkGroup}` };
    }
    case 'Logs': {
      const { logGroupName } = JSON.parse(body.toString()) as Record<string, string>;
      return { action: `logs:${name}`, resource: `arn:aws:logs:${HERE}:log-group:${logGroupName}:*` };
    }
    default:
      return { action: is, resource: target === '' ? '*' : target };
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
