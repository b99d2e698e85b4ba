/** What Athena refuses or gives up, told to a person: Athena's own words, and what to do. */
import type { QueryExecution } from '@aws-sdk/client-athena';

/** An error of a call to Athena, to be thrown; what Athena says of the query is its beginning. */
export function callError(action: string, workgroup: string, error: unknown): Error {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return new Error(`${message || name}${advice(callAdvice(action, workgroup, name, message))}`, { cause: error });
}

function callAdvice(action: string, workgroup: string, name: string, message: string): string | undefined {
  switch (name) {
    case 'AccessDeniedException':
      return `allow \`athena:${action}\` on the workgroup \`${workgroup}\``;
    case 'TooManyRequestsException':
    case 'ThrottlingException':
      return 'too many queries run in this account and region; try again later, or ask AWS for a higher quota';
    case 'CredentialsProviderError':
      return 'set `AWS_PROFILE`, or sign in with `aws sso login`';
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return 'the AWS credentials have expired; sign in again';
    default:
      if (/workgroup/i.test(message) && /not found|is disabled/i.test(message)) {
        return `deploy first, or check the name of the workgroup \`${workgroup}\``;
      }
      if (/region is missing/i.test(message)) return 'set `AWS_REGION`';
      return statusAdvice(message);
  }
}

/** The error of a query that did not succeed. */
export function endedError({ Status: status, Query: sql }: QueryExecution): Error {
  const reason = status?.AthenaError?.ErrorMessage ?? status?.StateChangeReason ?? '';
  const fallback = status?.State === 'CANCELLED' ? 'the query was stopped by somebody else' : 'the query failed';
  return new Error(`${reason === '' ? fallback : reason}${advice(statusAdvice(reason))}`, {
    cause: { ...status, query: sql },
  });
}

/** What to do, by words of Athena's message. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /bytes scanned limit/i,
    'ask for a shorter time or fewer columns, or raise `budgets.query_scan` in sekisho.yml and deploy again',
  ],
  [/access denied|not authorized|AccessDenied/i, "allow `s3:GetObject` and `s3:ListBucket` on the lake, `glue:GetTable` on its tables, and `kms:Decrypt` if a key of yours encrypts it"], // prettier-ignore
  [/exhausted resources|EXCEEDED_.*MEMORY/i, 'ask for a shorter time, or for fewer groups'],
  [/query timeout|EXCEEDED_TIME_LIMIT/i, 'ask for a shorter time'],
  [/SCHEMA_NOT_FOUND|Schema .* does not exist/i, 'deploy first: the stack makes the database'],
  [
    /TABLE_NOT_FOUND|Table .* does not exist/i,
    'views are made by the first run of the scheduled rules, within an hour of the deployment; check the name',
  ],
  [/injected proj/i, "say in WHERE which account and region is meant, such as `aws_region = 'us-east-1'`"],
  [/reduce your request rate|SlowDown|503/i, 'S3 is busy; try again later'],
];

function statusAdvice(message: string): string | undefined {
  return ADVICE.find(([words]) => words.test(message))?.[1];
}

function advice(text: string | undefined): string {
  return text === undefined ? '' : `; ${text}`;
}

/** Whether Athena itself says that the same query may succeed. */
export function isWorthAnotherTry({ Status: status }: QueryExecution): boolean {
  return status?.State === 'FAILED' && status.AthenaError?.Retryable === true;
}
