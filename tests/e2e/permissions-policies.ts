/** Policies of the deployed roles: read, changed, put back, and compared with what a request asks. */
import { createHash, createHmac } from 'node:crypto';
import type { Asked } from './permissions-proxy.ts';

/** A statement as it was deployed, with ARNs in place of references. */
export interface DeployedStatement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

/** The one policy that every role has. */
const POLICY = 'work';

/** The actions of a statement. */
export function actionsOf({ Action }: DeployedStatement): readonly string[] {
  return [Action].flat();
}

/** The resources of a statement. */
export function resourcesOf({ Resource }: DeployedStatement): readonly string[] {
  return [Resource].flat();
}

/** Whether a statement is about what was asked. */
export function isAbout(
  statement: DeployedStatement,
  { action, resource }: Pick<Asked, 'action' | 'resource'>,
): boolean {
  return (
    actionsOf(statement).includes(action) &&
    // some requests do not say what they are about
    (resource === '*' || resourcesOf(statement).some((pattern) => fits(resource, pattern)))
  );
}

/** Whether an ARN fits a pattern with `*` in it. */
export function fits(resource: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(resource);
}

/** The statements of a role. */
export async function readPolicy(endpoint: string, role: string): Promise<readonly DeployedStatement[]> {
  const xml = await askIam(endpoint, { Action: 'GetRolePolicy', RoleName: role, PolicyName: POLICY });
  const text = /<PolicyDocument>(.*?)<\/PolicyDocument>/s.exec(xml)![1]!;
  const document = text.trimStart().startsWith('{') ? unescaped(text) : decodeURIComponent(text);
  return (JSON.parse(document) as { Statement: DeployedStatement[] }).Statement;
}

/** Lets a role do what these statements say, and nothing else. */
export async function writePolicy(
  endpoint: string,
  role: string,
  statements: readonly DeployedStatement[],
): Promise<void> {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements.map(asEmulated) });
  await askIam(endpoint, { Action: 'PutRolePolicy', RoleName: role, PolicyName: POLICY, PolicyDocument });
}

/**
 * A statement in the words of the emulator, which asks for some permissions otherwise than AWS does. What is added here
 * goes with its statement.
 */
function asEmulated(statement: DeployedStatement): DeployedStatement {
  const resources = resourcesOf(statement);
  const actions = actionsOf(statement);
  switch (actions[0]!.split(':')[0]) {
    case 'sns':
      // AWS asks for `sns:Publish`, and has no other
      return { ...statement, Action: [...actions, 'sns:PublishBatch'] };
    case 'athena':
      // AWS knows in which workgroup a query runs that is named by its id alone
      return { ...statement, Resource: [...resources, '*'] };
    case 'glue':
      // AWS looks at the catalog, the database and the table; here a lone database is a table
      return {
        ...statement,
        Resource: [...resources, ...resources.map((arn) => arn.replace(':database/', ':table/'))],
      };
    case 'logs':
      // AWS's ARN of a log group goes on with `:log-stream:`
      return { ...statement, Resource: [...resources, ...resources.map((arn) => arn.replace(/:\*$/, ''))] };
    default:
      return statement;
  }
}

async function askIam(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const body = new URLSearchParams({ ...parameters, Version: '2010-05-08' }).toString();
  return askSigned(endpoint, 'iam', body, { 'content-type': 'application/x-www-form-urlencoded' });
}

/** A signed request of the account's root to a service for which there is no client here. */
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

function unescaped(xml: string): string {
  return xml.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
