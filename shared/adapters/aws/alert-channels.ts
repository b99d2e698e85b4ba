/** The configuration's routes, and Security Hub, as channels of alerts. */
import { SNSClient } from '@aws-sdk/client-sns';
import type { AlertChannel } from '../../alerts/channel.ts';
import { asffOf } from '../../alerts/messages/asff.ts';
import type { MessageContext } from '../../alerts/messages/context.ts';
import { messageOf } from '../../alerts/messages/message.ts';
import type { Notice } from '../../alerts/notifications.ts';
import type { AlertConfig } from '../../config/config.ts';
import { openAlertTopic } from './alert-topic.ts';
import { MESSAGES } from './limits.ts';
import { openSecurityHub } from './security-hub.ts';

/**
 * A channel a route, on the topic that `topics` names for it, and one for Security Hub where it is asked for. Programs that
 * read findings get all of them: only what people read is capped.
 */
export function openChannels(
  { routes, securityHub }: AlertConfig,
  topics: Readonly<Record<string, string>>,
  context: MessageContext,
): readonly AlertChannel[] {
  const client = new SNSClient(MESSAGES);
  const channels = routes.map(({ name, atLeast, topic, format }): AlertChannel => {
    const arn = topics[name] ?? topic;
    if (arn === undefined) throw new Error(`route \`${name}\` has no topic: deploy again`);
    return {
      name,
      atLeast,
      capped: format === 'default' || format === 'chat',
      sink: openAlertTopic<Notice>(client, arn, (notice) => messageOf(notice, format, context)),
    };
  });
  if (!securityHub) return channels;
  const findings = openSecurityHub<Notice>({
    findingOf: (notice) => (notice.kind === 'more' ? undefined : asffOf(notice.alert, context)),
  });
  // a blank is in no route's name
  return [...channels, { name: 'Security Hub', atLeast: 'info', capped: false, sink: findings }];
}
