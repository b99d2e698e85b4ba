/** `alerts`: who is told of what. */
import { z } from 'zod';
import { complain, type Complaint } from './complaint.ts';
import { ALERT_FORMATS, ALERT_SEVERITIES, DEFAULT_CONFIG, type AlertConfig, type DeploymentConfig } from './config.ts';
import { email } from './values.ts';

const route = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9-]{0,63}$/,
      "a route's name begins with a letter and has at most 64 letters, digits and `-`, as it becomes part of a topic's name",
    )
    .describe("Part of the topic's name."),
  at_least: z.enum(ALERT_SEVERITIES).optional().describe('The least severity that is told.').meta({ default: 'info' }),
  topic: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      "write a standard topic's ARN, such as `arn:aws:sns:ap-northeast-1:111122223333:security`",
    )
    .optional()
    .describe('ARN of a topic that is there already. Without it, the deployment makes one.'),
  emails: z
    .array(email)
    .optional()
    .describe('Addresses that are subscribed to the topic that the deployment makes. Each has to confirm once.')
    .meta({ default: [] }),
  format: z
    .enum(ALERT_FORMATS)
    .optional()
    .describe(
      '`default`: a text for e-mail and JSON for programs; `chat`: for Amazon Q Developer in Slack or Teams; `asff`: AWS Security Finding Format; `ocsf`: Open Cybersecurity Schema Framework.',
    )
    .meta({ default: 'default' }),
});

/** The settings of alerts. */
export const alertSettings = z
  .strictObject({
    notifications_per_minute: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('Alerts told one by one in a minute; of the rest their number.')
      .meta({ default: 10 }),
    routes: z
      .array(route)
      .optional()
      .describe('Who is told of what. Each is an SNS topic. Without it, one topic `alerts` gets all.')
      .meta({ examples: [[{ name: 'on-call', at_least: 'high', emails: ['on-call@example.com'] }]] }),
    security_hub: z
      .boolean()
      .optional()
      .describe('Whether alerts also become findings of AWS Security Hub.')
      .meta({ default: false }),
  })
  .describe('How alerts are told.');

type AlertSettings = z.output<typeof alertSettings>;

/** The settings as the program takes them. */
export function toAlerts(read: AlertSettings = {}): AlertConfig {
  const standard = DEFAULT_CONFIG.alerts;
  return {
    notificationsPerMinute: read.notifications_per_minute ?? standard.notificationsPerMinute,
    routes:
      read.routes?.map(({ name, at_least: atLeast = 'info', topic, emails = [], format = 'default' }) => ({
        name,
        atLeast,
        topic,
        emails,
        format,
      })) ?? standard.routes,
    securityHub: read.security_hub ?? standard.securityHub,
  };
}

/** What is wrong with the routes among each other and with the deployment. */
export function checkAlerts({ routes = [] }: AlertSettings = {}, { region }: DeploymentConfig): readonly Complaint[] {
  return routes.flatMap(({ name, topic, emails = [] }, index) => {
    const at = (...path: PropertyKey[]): PropertyKey[] => ['alerts', 'routes', index, ...path];
    const found: Complaint[] = [];
    const same = routes.slice(0, index).find((other) => plain(other.name) === plain(name));
    if (same !== undefined) {
      found.push(
        complain(
          at('name'),
          same.name === name
            ? `two routes are called \`${name}\`: give each a name of its own`
            : `\`${name}\` and \`${same.name}\` differ by \`-\` and capitals alone, which would give both the same topic: name them further apart`,
        ),
      );
    }
    if (topic !== undefined && emails.length > 0) {
      found.push(
        complain(
          at('emails'),
          'the deployment subscribes nobody to a topic that it does not make: leave out `topic`, or subscribe these addresses where the topic was made',
        ),
      );
    }
    const home = topic?.split(':')[3];
    if (region !== undefined && home !== undefined && home !== region) {
      found.push(
        complain(at('topic'), `a function in ${region} can't publish to a topic in ${home}: name a topic of ${region}`),
      );
    }
    return [...found, ...repeats(emails, at('emails'))];
  });
}

/** Addresses that stand twice in a list at a path. */
export function repeats(emails: readonly string[], path: readonly PropertyKey[]): readonly Complaint[] {
  return emails.flatMap((address, index) =>
    emails.indexOf(address) < index ? [complain([...path, index], `\`${address}\` is there twice: leave one`)] : [],
  );
}

function plain(name: string): string {
  return name.replaceAll('-', '').toLowerCase();
}
