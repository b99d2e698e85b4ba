/** Policies of the deployed roles: read, changed, put back, and compared with what a request asks. */
import type { Asked } from './permissions-proxy.ts';
import { askSigned } from './permissions-requests.ts';

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
function resourcesOf({ Resource }: DeployedStatement): readonly string[] {
  return [Resource].flat();
}

/** How listings may begin that a statement is about; `*` at the end. */
export function prefixesOf({ Condition = {} }: DeployedStatement): readonly string[] {
  return Object.values(Condition).flatMap((keys: Record<string, string[]>) => keys['s3:prefix'] ?? []);
}

/** Whether a permission is about what was asked. */
export function isAbout({ statement, ...allowed }: Permission, { action, resource, prefix }: Asked): boolean {
  if (allowed.action !== action) return false;
  if (prefix !== undefined && !prefixesOf(statement).some((pattern) => fits(prefix, pattern))) return false;
  // some requests do not say what they are about
  return resource === '*' || fits(resource, allowed.resource);
}

/** Whether a text fits a pattern with `*` in it. */
function fits(text: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
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
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements.flatMap(asEmulated) });
  await askIam(endpoint, { Action: 'PutRolePolicy', RoleName: role, PolicyName: POLICY, PolicyDocument });
}

/**
 * A statement in the words of the emulator, which asks for some permissions otherwise than AWS does. What is added here
 * goes with its statement.
 */
function asEmulated(statement: DeployedStatement): readonly DeployedStatement[] {
  const actions = actionsOf(statement);
  const resources = resourcesOf(statement);
  switch (actions[0]!.split(':')[0]!) {
    case 'sns':
      // AWS asks for `sns:Publish`, and knows no `sns:PublishBatch`
      return [{ ...statement, Action: [...actions, 'sns:PublishBatch'] }];
    case 'athena': {
      // of a query that is named by its id AWS knows in which workgroup it runs
      const byId = actions.filter((action) => BY_ID.includes(action));
      return [statement, ...(byId.length === 0 ? [] : [{ ...statement, Sid: 'ById', Action: byId, Resource: '*' }])];
    }
    case 'glue':
      // a request for a database is one for a table here
      return [
        { ...statement, Resource: [...resources, ...resources.map((arn) => arn.replace(':database/', ':table/'))] },
      ];
    case 'logs':
      // AWS's ARN of a log group goes on with `:log-stream:`
      return [{ ...statement, Resource: [...resources, ...resources.map((arn) => arn.replace(/:\*$/, ''))] }];
    default:
      return [statement];
  }
}

/** Actions whose requests do not say what they are about, so that the emulator can't tell. */
export const BY_ID: readonly string[] = [
  'athena:GetQueryExecution',
  'athena:GetQueryResults',
  'athena:StopQueryExecution',
];

/** The credentials of whoever takes a role. */
export async function takeRole(endpoint: string, role: string) {
  const RoleArn = `arn:aws:iam::000000000000:role/${role}`;
  const xml = await askForm(endpoint, 'sts', { Action: 'AssumeRole', Version: '2011-06-15', RoleArn, RoleSessionName: 'test' }); // prettier-ignore
  const read = (name: string): string => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)![1]!;
  return {
    accessKeyId: read('AccessKeyId'),
    secretAccessKey: read('SecretAccessKey'),
    sessionToken: read('SessionToken'),
  };
}

async function askIam(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  return askForm(endpoint, 'iam', { ...parameters, Version: '2010-05-08' });
}

async function askForm(
  endpoint: string,
  service: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return askSigned(endpoint, service, new URLSearchParams(parameters).toString(), type);
}

function unescaped(xml: string): string {
  return xml.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** One action on one resource, and the statement that allows it. */
export interface Permission {
  readonly statement: DeployedStatement;
  readonly action: string;
  readonly resource: string;
}

/** Everything that statements allow, one by one. */
export function permissionsIn(statements: readonly DeployedStatement[]): readonly Permission[] {
  return statements.flatMap((statement) => {
    const all = resourcesOf(statement);
    // of a catalog, a database and its tables AWS looks at all three, the emulator at the second
    const resources = all.some((arn) => arn.includes(':database/'))
      ? all.filter((arn) => arn.includes(':database/'))
      : all;
    return actionsOf(statement).flatMap((action) => resources.map((resource) => ({ statement, action, resource })));
  });
}

/** The statements without one of their permissions. */
export function without(statements: readonly DeployedStatement[], taken: Permission): readonly DeployedStatement[] {
  return statements.flatMap((statement) => {
    if (statement !== taken.statement) return [statement];
    const otherActions = actionsOf(statement).filter((action) => action !== taken.action);
    const otherResources = resourcesOf(statement).filter((resource) => resource !== taken.resource);
    const left = [
      { ...statement, Action: otherActions },
      { ...statement, Sid: `${statement.Sid}Elsewhere`, Action: taken.action, Resource: otherResources },
    ];
    return left.filter(({ Action, Resource }) => Action.length > 0 && Resource.length > 0);
  });
}
