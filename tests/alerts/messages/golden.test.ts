/** Every format of a message, as it reads. */
import { expect, test } from 'vitest';
import { messageOf, type AlertFormat } from '../../../shared/alerts/messages/message.ts';
import type { Notice } from '../../../shared/alerts/notifications.ts';
import { holdBack, NOTHING_HELD, remainderOf } from '../../../shared/alerts/remainder.ts';
import { alertWith } from '../sample.ts';
import { context, hostile, japanese, scan, told } from './samples.ts';

const held = Array.from({ length: 22 }, (_, number) =>
  alertWith(100 + number, { rule: { severity: number < 2 ? 'high' : 'low' } }),
);
const more = remainderOf(holdBack(NOTHING_HELD, held), new Date('2026-11-03T05:01:00Z'));

const notices: readonly (readonly [string, Notice])[] = [
  ['scan', told(scan)],
  ['japanese', told(japanese)],
  ['hostile', told(hostile)],
  ['more', more],
];
const formats: readonly AlertFormat[] = ['default', 'chat', 'asff', 'ocsf'];

for (const [name, notice] of notices) {
  test(`the e-mail about ${name}`, async () => {
    const { subject, body, attributes } = messageOf(notice, 'default', context);
    const { email, sms } = JSON.parse(body) as Record<string, string>;
    expect(sms).toBe(subject);
    const shown = Object.entries(attributes).map(
      ([key, { DataType, StringValue }]) => `${key} (${DataType}): ${StringValue}\n`,
    );
    await expect(`${shown.join('')}\nSubject: ${subject}\n\n${email}`).toMatchFileSnapshot(`golden/${name}.email.txt`);
  });

  for (const format of name === 'more' ? (['default', 'chat'] as const) : formats) {
    test(`${format} about ${name}`, async () => {
      const { body } = messageOf(notice, format, context);
      const json = (JSON.parse(body) as { default: string }).default;
      await expect(`${JSON.stringify(JSON.parse(json), null, 2)}\n`).toMatchFileSnapshot(
        `golden/${name}.${format}.txt`,
      );
    });
  }
}
