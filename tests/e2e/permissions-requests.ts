/** Requests to services for which there is no client here, signed as AWS wants it. */
import { createHash, createHmac } from 'node:crypto';

/** Asks in the name of the account's root; the answer's text. */
export async function askSigned(
  endpoint: string,
  service: string,
  body: string,
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = { ...more, host: new URL(endpoint).host, 'x-amz-date': time };
  const names = Object.keys(headers).sort();
  const canonical = [
    'POST\n/\n',
    ...names.map((name) => `${name}:${headers[name]}`),
    `\n${names.join(';')}`,
    sha256(body),
  ].join('\n');
  const scope = `${time.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), 'AWS4test');
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).toString('hex');
  const response = await fetch(endpoint, {
    method: 'POST',
    body,
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service}: ${response.status} ${text}`);
  return text;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
