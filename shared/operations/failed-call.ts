/** Asynchronous calls that failed for good, as Lambda keeps them in S3, and which of them are made again. */
import { FAILED_CALLS, KEPT_CALLS, type KeptCall } from './deployed-functions.ts';

/** The function whose failed call a key is; undefined for any other key. */
export function functionOfKey(key: string): string | undefined {
  return key.startsWith(FAILED_CALLS) ? /^([^/]+)\/./.exec(key.slice(FAILED_CALLS.length))?.[1] : undefined;
}

/** The last part of a function's name, where it is one of the deployment's whose calls are kept. */
export function keptCall(stack: string, name: string): KeptCall | undefined {
  return KEPT_CALLS.find((each) => name === `${stack}-${each}`);
}

/** Whether one call does all that has been left over, and so makes up for any number of failed ones. */
export function catchesUp(name: KeptCall): boolean {
  return name === 'rules';
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
