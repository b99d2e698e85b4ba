/** Alerts told on a topic of SNS. */
import { PublishBatchCommand, SNSServiceException, type SNSClient } from '@aws-sdk/client-sns';
import { setTimeout } from 'node:timers/promises';
import { planBatches } from '../../alerts/messages/batches.ts';
import type { TopicMessage } from '../../alerts/messages/message.ts';
import { Untold } from '../../alerts/untold.ts';
import type { AlertSink } from '../../ports.ts';

/** How often a message is tried that SNS could not take; a call that fails as a whole is tried again by the client. */
const MOST_ATTEMPTS = 4;

/** Before the second attempt, milliseconds; doubled before each that follows. */
const PAUSE = 100;

/** A message and what it tells of. */
interface Outgoing<A> extends TopicMessage {
  readonly item: A;
}

/** Why something was not told. */
interface Failure<A> {
  readonly item: A;
  readonly reason: string;
}

/**
 * The sink that publishes what `messageOf` says on the topic, in the order in which it is given, as few calls as SNS's
 * limits allow. Rejects with {@link Untold}: everything that is not in it is durably with SNS.
 */
export function openAlertTopic<A>(
  client: SNSClient,
  topic: string,
  messageOf: (item: A) => TopicMessage,
): AlertSink<A> {
  return {
    async publish(items) {
      const failures: Failure<A>[] = [];
      const outgoing = items.flatMap((item): Outgoing<A>[] => {
        try {
          return [{ ...messageOf(item), item }];
        } catch (error) {
          failures.push({ item, reason: `it could not be written: ${reasonOf(error)}` });
          return [];
        }
      });
      for (const batch of planBatches(outgoing)) failures.push(...(await publishBatch(client, topic, batch)));
      if (failures.length === 0) return;
      const reasons = [...new Set(failures.map(({ reason }) => reason))].join('; ');
      throw new Untold(
        `${failures.length} of ${items.length} messages were not published to \`${topic}\`: ${reasons}`,
        failures.map(({ item }) => item),
      );
    },
  };
}

async function publishBatch<A>(
  client: SNSClient,
  topic: string,
  batch: readonly Outgoing<A>[],
): Promise<readonly Failure<A>[]> {
  const failures: Failure<A>[] = [];
  let left: readonly Outgoing<A>[] = batch;
  for (let attempt = 1; left.length > 0; attempt++) {
    if (attempt > 1) await setTimeout(PAUSE * 2 ** (attempt - 2));
    const again: Outgoing<A>[] = [];
    for (const { message, reason, fault } of await publishOnce(client, topic, left)) {
      if (fault === 'one of them' && left.length > 1) failures.push(...(await publishBatch(client, topic, [message])));
      else if (fault === 'theirs' && attempt < MOST_ATTEMPTS) again.push(message);
      else failures.push({ item: message.item, reason });
    }
    left = again;
  }
  return failures;
}

/** A message that one attempt left behind. */
interface LeftBehind<A> {
  readonly message: Outgoing<A>;
  readonly reason: string;
  /** Trying again helps where it is SNS's; where it may be that of one of them, the others are told without it. */
  readonly fault: 'theirs' | 'ours' | 'one of them';
}

async function publishOnce<A>(
  client: SNSClient,
  topic: string,
  messages: readonly Outgoing<A>[],
): Promise<readonly LeftBehind<A>[]> {
  const command = new PublishBatchCommand({
    TopicArn: topic,
    PublishBatchRequestEntries: messages.map(({ subject, body, attributes }, index) => ({
      Id: String(index),
      Subject: subject,
      Message: body,
      MessageStructure: 'json',
      MessageAttributes: { ...attributes },
    })),
  });
  try {
    const { Failed = [] } = await client.send(command);
    return Failed.map(({ Id, Code, Message, SenderFault }) => ({
      message: messages[Number(Id)]!,
      reason: [Code, Message].filter((text) => text !== undefined).join(': '),
      fault: SenderFault === false ? 'theirs' : 'ours',
    }));
  } catch (error) {
    // where that helps, the client has tried it several times
    const reason = reasonOf(error);
    const fault = isAboutContent(error) ? 'one of them' : 'ours';
    return messages.map((message) => ({ message, reason, fault }));
  }
}

/** Refused for what the call holds, not for what the topic, the sender or the moment is. */
function isAboutContent(error: unknown): boolean {
  if (!(error instanceof SNSServiceException)) return false;
  const { name, $fault, $metadata } = error;
  return $fault === 'client' && $metadata.httpStatusCode === 400 && !OF_THE_CALL.test(name);
}

/** Errors that every call would meet now. */
const OF_THE_CALL = /Thrott|TooManyRequests|NotFound|Auth|Denied|Token|Signature|Credential|KMS|Kms|OptInRequired/;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch (error.name) {
    case 'AuthorizationError':
    case 'AuthorizationErrorException':
      return 'access denied; allow `sns:Publish` on it (and `kms:Decrypt`, `kms:GenerateDataKey` if a key of yours encrypts it)';
    case 'NotFound':
    case 'NotFoundException':
      return 'there is no such topic; check its ARN, and the region';
    default:
      return error.message === '' || error.message === error.name ? error.name : `${error.name}: ${error.message}`;
  }
}
