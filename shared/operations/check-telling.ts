/** Judges whether anybody is told: topics with their subscribers, and alarms. */
import { findingsOf, type Finding, type Observed } from './finding.ts';
import { commandLine, counted } from './wording.ts';

/** A subscription of a topic. */
export interface TopicSubscription {
  readonly protocol: string;
  readonly endpoint: string;
  /** Whether the subscriber has still to confirm it. */
  readonly pending: boolean;
}

/** A topic and who listens to it. */
export interface TopicLook {
  /** The route's name, or `operations`. */
  readonly name: string;
  readonly arn: string;
  readonly subscriptions: Observed<readonly TopicSubscription[]>;
}

/** An alarm of the deployment. */
export interface Alarm {
  readonly name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly state: string;
  /** What it means and what to do. */
  readonly description: string | undefined;
  readonly reason: string | undefined;
}

/** The findings about who is told of alerts and alarms. */
export function checkTopics(looks: readonly TopicLook[]): readonly Finding[] {
  const findings = findingsOf('topics');
  for (const { name, arn, subscriptions } of looks) {
    findings.look(name, subscriptions, (all) => {
      const pending = all.filter((each) => each.pending);
      for (const { protocol, endpoint } of pending) {
        findings.warning(
          name,
          `\`${endpoint}\` has not confirmed its subscription: it is told nothing`,
          `follow the link in the message that AWS sent there; have it sent again with: \`${commandLine('aws', 'sns', 'subscribe', '--topic-arn', arn, '--protocol', protocol, '--notification-endpoint', endpoint)}\``,
        );
      }
      if (all.length === 0) {
        findings.warning(
          name,
          'nobody listens to it',
          name === 'operations'
            ? 'name somebody under `operations.emails` in sekisho.yml, then: `npx osls deploy`'
            : `name somebody under \`emails\` of the route in sekisho.yml and deploy, or: \`${commandLine('aws', 'sns', 'subscribe', '--topic-arn', arn, '--protocol', 'email', '--notification-endpoint', 'YOU@EXAMPLE.COM')}\``,
        );
      } else if (pending.length < all.length) {
        findings.ok(name, counted(all.length - pending.length, 'subscriber'));
      }
    });
  }
  return findings.found;
}

/** The findings about the deployment's alarms. */
export function checkAlarms(observed: Observed<readonly Alarm[]>): readonly Finding[] {
  const findings = findingsOf('alarms');
  findings.look('alarms', observed, (all) => {
    if (all.length === 0) {
      findings.warning('alarms', 'the deployment has none', 'deploy it with this version: `npx osls deploy`');
      return;
    }
    const ringing = all.filter(({ state }) => state === 'ALARM');
    for (const { name, description, reason } of ringing) {
      findings.problem(
        'alarms',
        `\`${name}\` rings${reason === undefined ? '' : `: ${reason}`}`,
        description ??
          `see it in CloudWatch: \`${commandLine('aws', 'cloudwatch', 'describe-alarms', '--alarm-names', name)}\``,
      );
    }
    if (ringing.length === 0) findings.ok('alarms', `none of ${counted(all.length, 'alarm')} rings`);
  });
  return findings.found;
}
