/** Requests to AWS as they are on the wire: which operation, on what, and how an error of it is written. */
import type { IncomingMessage } from 'node:http';

/** An operation as a request asks for it. */
export interface Operation {
  /** `S3.PutObject`, `SQS.SendMessage`, `SNS.PublishBatch`, … */
  readonly operation: string;
  /** What it is about: an object's key, the name of a queue or topic; `` where nothing is. */
  readonly target: string;
  /** The same for all tries of a call. */
  readonly call: string;
}

/** Names that a request gives services, where they are not what people call them. */
const SERVICES: Readonly<Record<string, string>> = { monitoring: 'CloudWatch', logs: 'Logs', sts: 'STS' };

/** Reads what a request asks for: its service is signed for, its operation stands where the protocol puts it. */
export function readOperation(request: IncomingMessage, body: Buffer): Operation {
  const { headers } = request;
  const url = new URL(request.url ?? '/', 'http://aws');
  const signed = /Credential=[^/]*\/[^/]*\/[^/]*\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'unsigned';
  const service = SERVICES[signed] ?? signed.toUpperCase();
  const call = String(headers['amz-sdk-invocation-id'] ?? '');
  if (signed === 's3') {
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'));
    const target = key === '' ? (url.searchParams.get('prefix') ?? '') : key;
    return { operation: `S3.${s3Operation(request, url, key)}`, target, call };
  }
  const name = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1)!;
  if (name !== '') {
    const input = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
    return { operation: `${service}.${name}`, target: lastPart(input['QueueUrl'] ?? input['TopicArn']), call };
  }
  const form = new URLSearchParams(isForm(request) ? body.toString() : '');
  const path = url.pathname.split('/operation/').at(-1)!;
  return {
    operation: `${service}.${form.get('Action') ?? path}`,
    target: lastPart(form.get('QueueUrl') ?? form.get('TopicArn')),
    call,
  };
}

function s3Operation({ method, headers }: IncomingMessage, url: URL, key: string): string {
  const given = url.searchParams.get('x-id');
  if (given !== null) return given;
  if (url.searchParams.has('list-type')) return 'ListObjectsV2';
  if (method === 'PUT' && headers['x-amz-copy-source'] !== undefined) return 'CopyObject';
  const verb = { GET: 'Get', PUT: 'Put', HEAD: 'Head', DELETE: 'Delete', POST: 'Post' }[method ?? ''] ?? '';
  return `${verb}${key === '' ? 'Bucket' : 'Object'}`;
}

function lastPart(value: unknown): string {
  return typeof value === 'string' ? value.split(/[/:]/).at(-1)! : '';
}

function isForm({ headers }: IncomingMessage): boolean {
  return String(headers['content-type']).includes('x-www-form-urlencoded');
}

/** An error as the service that was asked writes it. */
export function answerFor(
  request: IncomingMessage,
  code: string,
): { readonly headers: Readonly<Record<string, string>>; readonly text: string } {
  const message = 'made up by a test';
  if (request.headers['x-amz-target'] !== undefined) {
    return {
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-error': `${code};Sender` },
      text: JSON.stringify({ __type: code, message }),
    };
  }
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return {
    headers: { 'content-type': 'application/xml' },
    text: isForm(request) ? `<ErrorResponse>${error}</ErrorResponse>` : error,
  };
}
