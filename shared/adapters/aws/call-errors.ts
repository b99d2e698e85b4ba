/** What AWS answers when it does not do what it was asked, for commands that look at many services. */
import type { Observed } from '../../operations/finding.ts';

/** How each service says that a permission is missing. */
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'Forbidden',
  'NotAuthorized',
  'UnauthorizedOperation',
]);

/** Errors that no other call would fare better with. */
const NO_CREDENTIALS: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'there are no AWS credentials; set `AWS_PROFILE`, or sign in with `aws sso login`',
  TokenProviderError: 'the AWS sign-in has expired; sign in again with `aws sso login`',
  ExpiredToken: 'the AWS credentials have expired; sign in again',
  ExpiredTokenException: 'the AWS credentials have expired; sign in again',
  RequestExpired: 'the AWS credentials have expired; sign in again',
  AuthFailure: 'the AWS credentials are not valid; check `AWS_PROFILE` or the keys',
  InvalidAccessKeyId: 'the AWS credentials are not valid; check `AWS_PROFILE` or the keys',
  InvalidClientTokenId: 'the AWS credentials are not valid; check `AWS_PROFILE` or the keys',
  InvalidSignatureException: 'the AWS credentials are not valid; check `AWS_PROFILE` or the keys',
  SignatureDoesNotMatch: 'the AWS credentials are not valid; check `AWS_PROFILE` or the keys',
  UnrecognizedClientException: 'the AWS credentials are not valid; check `AWS_PROFILE` or the keys',
};

/** Whether the caller lacks a permission. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && (DENIED.has(error.name) || statusCode(error) === 403) && !isAboutCredentials(error);
}

/** Whether AWS does not know or accept the caller at all, or no region is known: nothing else would work either. */
export function isAboutCredentials(error: unknown): boolean {
  return (
    error instanceof Error && (NO_CREDENTIALS[error.name] !== undefined || /region is missing/i.test(error.message))
  );
}

/** An error of AWS as one clause for people. */
export function reasonOfError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (/region is missing/i.test(error.message)) {
    return 'no AWS region is set; set `deployment.region` in sekisho.yml, or `AWS_REGION`';
  }
  const known = NO_CREDENTIALS[error.name];
  if (known !== undefined) return known;
  const message = error.message.trim().split('\n')[0]!;
  if (message === '' || message === 'UnknownError') return `${error.name} (status ${statusCode(error) ?? 'unknown'})`;
  return ['Error', 'AggregateError'].includes(error.name) ? message : `${error.name}: ${message}`;
}

/**
 * What `look` gives; where AWS refuses or fails, that instead, with the permission that it takes if that is what is missing.
 * Throws where nothing can work: no credentials, no region.
 */
export async function observe<T>(permission: string, look: () => Promise<T>): Promise<Observed<T>> {
  try {
    return { kind: 'seen', value: await look() };
  } catch (error) {
    if (isAboutCredentials(error)) throw error;
    if (isDenied(error)) return { kind: 'hidden', permission, reason: 'access denied' };
    return { kind: 'hidden', permission: undefined, reason: reasonOfError(error) };
  }
}

function statusCode(error: Error): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
