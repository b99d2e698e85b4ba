/** An alert in one short line, as the subject of an e-mail and as a text message. */
import { formatSeverities, type Notice } from '../notifications.ts';
import { bySeverity, totalOf } from '../remainder.ts';
import { formatCounted } from '../wording.ts';
import { asciiLine, cutAscii } from './clean.ts';
import { endsOf } from './ends.ts';

/** SNS wants fewer than 100 printable ASCII characters. */
const MOST_CHARACTERS = 99;

/** `[HIGH] Port scan: 203.0.113.9 tried 120 ports within 10m on eni-0a1b2c3d`: ASCII, at most 99 characters. */
export function subjectOf(notice: Notice): string {
  return cutAscii(`[${badgeOf(notice)}] ${saidOf(notice)}`, MOST_CHARACTERS);
}

function badgeOf(notice: Notice): string {
  if (notice.kind === 'more') return 'MORE';
  return notice.alert.rule.severity.toUpperCase() + (notice.kind === 'continuing' ? ', goes on' : '');
}

function saidOf(notice: Notice): string {
  if (notice.kind === 'more') {
    const { counts } = notice;
    return `and ${formatCounted(totalOf(counts), 'more alert')}: ${formatSeverities(bySeverity(counts))}`;
  }
  const { rule, summary } = notice.alert;
  const said = asciiLine(summary);
  // a title in another script is nothing but question marks
  if (!said.includes('??')) return said;
  const { from, to } = endsOf(notice.alert);
  return asciiLine(
    [rule.id, ...(from === undefined ? [] : [from.value]), ...(to === undefined ? [] : ['->', to.value])].join(' '),
  );
}
