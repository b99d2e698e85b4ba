/**
 * Alerts for chat rooms: custom notifications of Amazon Q Developer in chat applications, schema version 1.0
 * (docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html).
 */
import { createHash } from 'node:crypto';
import { alertKey } from '../layout.ts';
import { formatMore, type Notice, type Notification } from '../notifications.ts';
import { compareText } from '../order.ts';
import { bySeverity, type Remainder } from '../remainder.ts';
import { formatMeasured, formatSeen, formatWhere } from '../terminal.ts';
import { formatFlow } from '../wording.ts';
import { cutText, withoutLinks } from './clean.ts';
import type { MessageContext } from './context.ts';
import { endsOf, formatEnd } from './ends.ts';
import { subjectOf } from './subject.ts';
import type { ToldAlert } from './shorten.ts';

/** What the service takes at most; lists are kept short, as a room is no report. */
const MOST_TITLE = 250;
const MOST_DESCRIPTION = 4000;
const MOST_LINE = 350;
const MOST_LISTED = 10;
const MOST_SAMPLES = 3;

/** A custom notification. */
export interface ChatNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** What has the same stands in one thread. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources?: readonly string[];
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/** What a chat room is shown. */
export function chatOf(notice: Notice, context: MessageContext): ChatNotification {
  return notice.kind === 'more' ? remainderChat(notice, context) : alertChat(notice, context);
}

function alertChat(notice: Notification, { lake, timeZone, deployment }: MessageContext): ChatNotification {
  const { alert, kind } = notice;
  const { rule, summary, first_seen: start, last_seen: end, samples, runbook, interfaces } = alert;
  const { cut = [] } = alert as ToldAlert;
  const { from, to } = endsOf(alert);
  const zones = timeZone === 'UTC' ? ['UTC'] : [timeZone, 'UTC'];
  const lines = [
    ['', summary],
    ['when', zones.map((zone) => formatSeen({ start, end }, zone)).join(' · ')],
    ['from', from === undefined ? '' : formatEnd(from)],
    ['to', to === undefined ? '' : formatEnd(to)],
    ['where', formatWhere([alert])],
    ['measured', formatMeasured(alert)],
    ...samples.slice(0, MOST_SAMPLES).map((sample) => ['record', formatFlow(sample)]),
    ['the whole alert', `${lake}/${alertKey(alert)}`],
    ['too large for a message, left out or cut', cut.join(', ')],
  ].flatMap(([label, text]) => (text === '' ? [] : [said(label!, text!)]));
  const steps = runbook === null ? [] : runbook.split('\n').flatMap((line) => plain(line, MOST_LINE) || []);
  return {
    version: '1.0',
    source: 'custom',
    id: alert.id,
    content: {
      textType: 'client-markdown',
      title: plain(
        `${rule.severity.toUpperCase()}: ${rule.title}${kind === 'continuing' ? ' (goes on)' : ''}`,
        MOST_TITLE,
      ),
      description: cutText(lines.join('\n'), MOST_DESCRIPTION),
      ...(steps.length === 0 ? {} : { nextSteps: steps.slice(0, MOST_LISTED) }),
      keywords: [rule.severity, rule.id, ...rule.tags].slice(0, MOST_LISTED).map((word) => plain(word, 50)),
    },
    metadata: {
      threadId: threadOf(alert),
      summary: subjectOf(notice),
      eventType: `sekisho-${kind}`,
      ...(interfaces.length === 0
        ? {}
        : { relatedResources: interfaces.slice(0, MOST_LISTED).map((id) => plain(id, MOST_LINE)) }),
      additionalContext: {
        deployment: plain(deployment, MOST_LINE),
        alert: alert.id,
        rule: plain(rule.id, MOST_LINE),
        severity: rule.severity,
        account: plain(alert.account_id ?? '-', MOST_LINE),
        region: plain(alert.region ?? '-', MOST_LINE),
      },
    },
  };
}

function remainderChat(notice: Remainder, { lake, deployment }: MessageContext): ChatNotification {
  const { named, id, time } = notice;
  const counts = bySeverity(notice.counts);
  const listed = named
    .slice(0, MOST_LISTED)
    .map(({ severity, key, summary = key }) => said(severity, cutText(summary, MOST_LINE)));
  return {
    version: '1.0',
    source: 'custom',
    id,
    content: {
      textType: 'client-markdown',
      title: plain(subjectOf(notice), MOST_TITLE),
      description: cutText([...listed, plain(formatMore(counts, `${lake}/alerts/`)!)].join('\n'), MOST_DESCRIPTION),
      keywords: [...counts.keys()],
    },
    metadata: {
      // those of an hour stand together
      threadId: `sekisho-more-${time.slice(0, 13)}`,
      summary: subjectOf(notice),
      eventType: 'sekisho-more',
      additionalContext: { deployment: plain(deployment, MOST_LINE) },
    },
  };
}

/** Of a rule and a group: the alerts of an incident that goes on have the same. */
export function threadOf({ rule, group }: Pick<ToldAlert, 'rule' | 'group'>): string {
  const fields = Object.entries(group).sort(([a], [b]) => compareText(a, b));
  const hash = createHash('sha256').update(JSON.stringify([rule.id, fields]));
  return `sekisho-${hash.digest('hex').slice(0, 32)}`;
}

function said(label: string, text: string): string {
  return label === '' ? plain(text) : `*${label}* ${plain(text)}`;
}

/** What chat programs make mentions, links and formats of, and what looks like it. */
const MARKUP: Readonly<Record<string, string>> = {
  '<': '‹',
  '&': '＆',
  '@': '＠',
  '[': '［',
  ']': '］',
  '*': '∗',
  '`': "'",
  '~': '∼',
};

/** A line that no chat program takes for more than text. */
function plain(text: string, most = Number.POSITIVE_INFINITY): string {
  return cutText(
    withoutLinks(text).replaceAll(/[<&@[\]*`~]/g, (character) => MARKUP[character]!),
    most,
  );
}
