/** Errors of S3, told to a person: what could not be done, to which object, why, and what to do. */
import { S3ServiceException } from '@aws-sdk/client-s3';

/** What is done to objects, and the permission that it takes. */
const PERMISSIONS = {
  read: 's3:GetObject',
  write: 's3:PutObject',
  copy: 's3:GetObject` and `s3:PutObject',
  delete: 's3:DeleteObject',
  list: 's3:ListBucket',
} as const;

/** What is done to objects. */
export type S3Verb = keyof typeof PERMISSIONS;

/** The HTTP status of what S3 answered; undefined where it did not answer at all. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** What an operation failed with, as one line: ``cannot read `s3://bucket/key`: access denied; allow `s3:GetObject` …``. */
export function describeS3Error(verb: S3Verb, place: string, error: unknown): string {
  return `cannot ${verb} \`${place}\`: ${reasonOf(verb, error)}`;
}

/** The same as an error to throw, with the client's own error as its cause. */
export function s3Error(verb: S3Verb, place: string, error: unknown): Error {
  return new Error(describeS3Error(verb, place, error), { cause: error });
}

function reasonOf(verb: S3Verb, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch (error.name) {
    case 'AccessDenied':
    case 'Forbidden':
      return `access denied; allow \`${PERMISSIONS[verb]}\` on it (and \`kms:Decrypt\`, \`kms:GenerateDataKey\` if a key of yours encrypts it)`;
    case 'NoSuchBucket':
      return 'there is no such bucket; check its name and the account';
    case 'NoSuchKey':
    case 'NotFound':
      return 'there is no such object; check the key';
    case 'PermanentRedirect':
      return 'the bucket lies in another region; set `AWS_REGION` to it';
    case 'InvalidObjectState':
      return 'it is archived in Glacier; restore it first';
    case 'CredentialsProviderError':
      return 'there are no AWS credentials; set `AWS_PROFILE`, or sign in with `aws sso login`';
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return 'the AWS credentials have expired; sign in again';
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return 'the AWS credentials are not valid; check `AWS_PROFILE` or the keys';
    default:
      return /region is missing/i.test(error.message)
        ? 'no AWS region is set; set `AWS_REGION`'
        : `${error.name === 'Error' ? '' : `${error.name}: `}${error.message || 'S3 did not answer; check the network'}`;
  }
}
