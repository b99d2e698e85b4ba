/** What is published on a topic: one message for people and programs, as large as SNS takes it. */
import type { ALERT_FORMATS } from '../../config/config.ts';
import type { Notice } from '../notifications.ts';
import { bySeverity, totalOf, type Remainder } from '../remainder.ts';
import { asffOf } from './asff.ts';
import { attributesOf, MOST_ATTRIBUTE_VALUES, type MessageAttributes } from './attributes.ts';
import { chatOf } from './chat.ts';
import { safeJson } from './clean.ts';
import type { MessageContext } from './context.ts';
import { emailOf } from './email.ts';
import { ocsfOf } from './ocsf.ts';
import { shortenAlert, type ToldAlert } from './shorten.ts';
import { subjectOf } from './subject.ts';

/** How a route's messages are written. */
export type AlertFormat = (typeof ALERT_FORMATS)[number];

/** A message as SNS takes it. */
export interface TopicMessage {
  readonly subject: string;
  /**
   * For `MessageStructure` `json`: `default` is what programs get (SQS, Lambda, HTTPS, Firehose, chat), `email` a text,
   * `sms` one line.
   */
  readonly body: string;
  readonly attributes: MessageAttributes;
}

/** Bytes of a message, and of all messages of a batch, that SNS takes unless a topic was told otherwise. */
export const MOST_MESSAGE_BYTES = 262_144;

/** What a notice says on a topic of this format. */
export function messageOf(notice: Notice, format: AlertFormat, context: MessageContext): TopicMessage {
  if (notice.kind === 'more') return messageFrom(notice, moreOf(notice, format, context), context);
  const { alert, kind } = notice;
  const written = (told: ToldAlert): TopicMessage => {
    const noted = withAttributesNoted(told, alert);
    return messageFrom({ kind, alert: noted }, bodyOf(noted, kind, format, context), context, attributesOf(notice));
  };
  // what is too large by itself need not be written to know that
  const fits = (told: ToldAlert): boolean =>
    JSON.stringify(told).length <= MOST_MESSAGE_BYTES && messageBytes(written(told)) <= MOST_MESSAGE_BYTES;
  return written(shortenAlert(alert, fits));
}

function messageFrom(
  notice: Notice,
  body: unknown,
  context: MessageContext,
  attributes = attributesOf(notice),
): TopicMessage {
  const subject = subjectOf(notice);
  const texts = { default: safeJson(body), email: emailOf(notice, context), sms: subject };
  return { subject, body: safeJson(texts), attributes };
}

function bodyOf(alert: ToldAlert, kind: 'new' | 'continuing', format: AlertFormat, context: MessageContext): unknown {
  switch (format) {
    case 'default':
      return alert;
    case 'chat':
      return chatOf({ alert, kind }, context);
    case 'asff':
      return asffOf(alert, context);
    case 'ocsf':
      return ocsfOf(alert, context);
  }
}

/** What programs get of a remainder; standards for findings have nothing like it. */
function moreOf(notice: Remainder, format: AlertFormat, context: MessageContext): unknown {
  if (format === 'chat') return chatOf(notice, context);
  const { id, counts, named, time } = notice;
  const count = totalOf(counts);
  return {
    schema: 'sekisho.more/1',
    id,
    time,
    count,
    severities: Object.fromEntries(bySeverity(counts)),
    bucket: context.lake,
    objects: named.map(({ key }) => key),
    ...(count > named.length ? { cut: ['objects'] } : {}),
  };
}

/** Filter policies see so many interfaces and tags, and no more: that is cut, too. */
function withAttributesNoted(told: ToldAlert, { interfaces, rule }: ToldAlert): ToldAlert {
  const cut = [
    ...(told.cut ?? []),
    ...(interfaces.length > MOST_ATTRIBUTE_VALUES ? ['attributes.interface'] : []),
    ...(rule.tags.length > MOST_ATTRIBUTE_VALUES ? ['attributes.tags'] : []),
  ];
  return cut.length === 0 ? told : { ...told, cut };
}

/** What SNS counts: the body with all its texts, the subject, and names, types and values of attributes, in UTF-8. */
export function messageBytes({ subject, body, attributes }: TopicMessage): number {
  const parts = Object.entries(attributes).flatMap(([name, { DataType, StringValue }]) => [
    name,
    DataType,
    StringValue,
  ]);
  return [subject, body, ...parts].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
