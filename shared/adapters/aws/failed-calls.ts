/** Asynchronous calls that failed for good: made again from what Lambda kept of them in S3. */
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { ObjectStore, ObjectSummary } from '../../ports.ts';
import { FAILED_CALLS, type KeptCall } from '../../operations/deployed-functions.ts';
import { catchesUp, functionOfKey, readFailedCall } from '../../operations/failed-call.ts';
import { reasonOfError } from './call-errors.ts';

/** What became of a function's failed calls. */
export interface CalledAgain {
  /** Calls that Lambda took again. */
  readonly called: number;
  /** Calls for which another one stands, as it catches up with everything. */
  readonly covered: number;
  /** Left where they are: keys, and why. */
  readonly kept: readonly { readonly key: string; readonly reason: string }[];
}

/** The failed calls in Transit by the function's full name, oldest first. */
export async function listFailedCalls(transit: ObjectStore): Promise<ReadonlyMap<string, readonly ObjectSummary[]>> {
  const calls = new Map<string, ObjectSummary[]>();
  for await (const object of transit.list(FAILED_CALLS)) {
    const name = functionOfKey(object.key);
    if (name === undefined) continue;
    const those = calls.get(name) ?? [];
    calls.set(name, those);
    those.push(object);
  }
  for (const each of calls.values()) each.sort((a, b) => a.modified.getTime() - b.modified.getTime());
  return calls;
}

/**
 * Makes a function's failed calls again, oldest first. What is kept of a call is deleted only once Lambda has taken it
 * again, so that a crash between the two repeats it, which is harmless.
 */
export async function callAgain(
  { lambda, transit }: { readonly lambda: LambdaClient; readonly transit: ObjectStore },
  { name, full }: { readonly name: KeptCall; readonly full: string },
  calls: readonly ObjectSummary[],
  progress: (done: number) => void = () => {},
): Promise<CalledAgain> {
  const kept: { key: string; reason: string }[] = [];
  let called = 0;
  let covered = 0;
  for (const { key } of calls) {
    progress(called + covered + kept.length);
    if (called > 0 && catchesUp(name)) {
      await transit.delete(key);
      covered++;
      continue;
    }
    const stored = await transit.get(key);
    // another run was faster
    if (stored === undefined) continue;
    const call = readFailedCall(new TextDecoder().decode(stored.body));
    if (call.kind === 'unusable') {
      kept.push({ key, reason: call.message });
      continue;
    }
    const refused = await invoke(lambda, full, call.payload);
    if (refused !== undefined) {
      kept.push({ key, reason: refused });
      continue;
    }
    called++;
    await transit.delete(key);
  }
  return { called, covered, kept };
}

/** Why Lambda did not take the call; undefined where it did. */
async function invoke(lambda: LambdaClient, name: string, payload: string): Promise<string | undefined> {
  try {
    const command = new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: Buffer.from(payload) });
    const { StatusCode } = await lambda.send(command);
    return StatusCode === 202 ? undefined : `Lambda answered with status ${StatusCode}`;
  } catch (error) {
    // what is wrong with this one payload does not stop the others; anything else does
    const isAboutPayload = error instanceof Error && /^(RequestTooLarge|InvalidRequestContent)/.test(error.name);
    if (isAboutPayload) return reasonOfError(error);
    throw error;
  }
}
