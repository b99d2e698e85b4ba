/**
 * Sending a message to SQS at once: what every delivery waits for. Loading and starting the SDK's client would take
 * longer than all the rest of a first delivery, so the first try is a plain signed request; whatever does not succeed is
 * left to the SDK, which knows every kind of credentials and how to wait.
 */
import { FIRST_TRY } from './limits.ts';
import { signPost, type Signer } from './sign-request.ts';

/** Sends a message of at most 1 MiB to the queue at `queueUrl`; throws what the SDK throws when it has given up. */
export async function sendMessage(
  queueUrl: string,
  body: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const signer = signerOf(environment);
  if (signer !== undefined && (await trySending(queueUrl, body, signer))) return;
  const { sendWithClient } = await import('./late.ts');
  await sendWithClient(queueUrl, body);
}

/** The credentials that Lambda gives its functions; undefined elsewhere. */
function signerOf(environment: NodeJS.ProcessEnv): Signer | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = environment;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined || AWS_REGION === undefined)
    return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
    region: AWS_REGION,
    service: 'sqs',
  };
}

/** True where SQS has the message; what went wrong the SDK will find out again, and say better. */
async function trySending(queueUrl: string, message: string, signer: Signer): Promise<boolean> {
  // where the queue is is where it is asked for, as the SDK has it too
  const url = new URL(queueUrl);
  const body = Buffer.from(JSON.stringify({ QueueUrl: queueUrl, MessageBody: message }));
  const target = 'AmazonSQS.SendMessage';
  const headers = signPost(signer, { host: url.host, target, body, now: new Date() });
  // one of the two takes a while to load: the other is not needed
  const { request } = process.getBuiltinModule(url.protocol === 'http:' ? 'node:http' : 'node:https');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': body.length },
    timeout: FIRST_TRY,
  };
  const sent = request(new URL('/', url), options, (response) => {
    response.resume();
    // the signature covers the body: an answer of 200 says that it arrived whole
    response.on('end', () => resolve(response.statusCode === 200));
    response.on('error', () => resolve(false));
  });
  sent.on('error', () => resolve(false));
  sent.on('timeout', () => sent.destroy(new Error('timed out')));
  sent.end(body);
  return promise;
}
