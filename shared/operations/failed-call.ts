/** Asynchronous calls that failed for good, as Lambda keeps them in S3, and which of them are made again. */
import { FUNCTIONS, type FunctionName } from './check-functions.ts';

/** Prefix under which Lambda's on-failure destinations write. */
export const FAILED_CALLS = 'aws/lambda/async/';

/** Functions that do all that has been left over whenever they run: one call makes up for any number of failed ones. */
const CATCHES_UP: ReadonlySet<string> = new Set<FunctionName>(['windows', 'rules']);

/** The function whose failed call a key is; undefined for any other key. */
export function functionOfKey(key: string): string | undefined {
  return key.startsWith(FAILED_CALLS) ? /^([^/]+)\/./.exec(key.slice(FAILED_CALLS.length))?.[1] : undefined;
}

/** The last part of a function's name, where it is one of the deployment's. */
export function deployedFunction(stack: string, name: string): FunctionName | undefined {
  return FUNCTIONS.find((each) => name === `${stack}-${each}`);
}

/** Whether one call does the work of many. */
export function catchesUp(name: FunctionName): boolean {
  return CATCHES_UP.has(name);
}

/** Lambda takes no larger event asynchronously: 1 MB. */
const MOST_BYTES = 2 ** 20;

/** What is to be called again, or why it can't be. */
export type FailedCall =
  { readonly kind: 'call'; readonly payload: string } | { readonly kind: 'unusable'; readonly message: string };

/** Reads the record that Lambda keeps of a call. Source: AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations". */
export function readFailedCall(text: string): FailedCall {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return { kind: 'unusable', message: 'it is no JSON' };
  }
  if (typeof record !== 'object' || record === null || !('requestPayload' in record)) {
    return { kind: 'unusable', message: 'it has no `requestPayload`, so it is no record of a call' };
  }
  const payload = JSON.stringify(record.requestPayload);
  const bytes = new TextEncoder().encode(payload).length;
  if (bytes > MOST_BYTES) {
    return {
      kind: 'unusable',
      message: `its payload has ${bytes} bytes, and Lambda takes ${MOST_BYTES} asynchronously`,
    };
  }
  return { kind: 'call', payload };
}
