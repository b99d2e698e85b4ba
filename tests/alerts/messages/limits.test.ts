/** Whatever an alert holds, its messages are within the limits of those who take them, and say what they lack. */
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../shared/alerts/alert.ts';
import { alertKey } from '../../../shared/alerts/layout.ts';
import { planBatches } from '../../../shared/alerts/messages/batches.ts';
import {
  messageBytes,
  messageOf,
  MOST_MESSAGE_BYTES,
  type AlertFormat,
  type TopicMessage,
} from '../../../shared/alerts/messages/message.ts';
import { shortenAlert, type ToldAlert } from '../../../shared/alerts/messages/shorten.ts';
import { holdBack, NOTHING_HELD, remainderOf } from '../../../shared/alerts/remainder.ts';
import { alertWith } from '../sample.ts';
import { anyAlert, context, hostile, japanese, scan, told } from './samples.ts';

const formats: readonly AlertFormat[] = ['default', 'chat', 'asff', 'ocsf'];

/** What SNS, and SQS behind it, refuse to carry. */
// oxlint-disable-next-line no-control-regex -- they are what must not be there
const REFUSED = /[^\u0009\u000A\u000D\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** As UTF-8, counted by somebody else than the plan. */
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

function sizeOf({ subject, body, attributes }: TopicMessage): number {
  const texts = Object.entries(attributes).map(([name, each]) => name + each.DataType + each.StringValue);
  return bytesOf([subject, body, ...texts].join(''));
}

function readBody({ body }: TopicMessage): { default: string; email: string; sms: string } {
  const texts = JSON.parse(body) as { default: string; email: string; sms: string };
  expect(Object.keys(texts).sort()).toEqual(['default', 'email', 'sms']);
  return texts;
}

function checkMessage(message: TopicMessage): void {
  const { subject, body, attributes } = message;
  expect(sizeOf(message)).toBeLessThanOrEqual(262_144);
  expect(messageBytes(message)).toBe(sizeOf(message));
  expect(subject).toMatch(/^[!-~][ -~]{0,98}$/);
  const texts = readBody(message);
  for (const text of [body, subject, ...Object.values(texts)]) {
    expect(text.isWellFormed()).toBe(true);
    expect(REFUSED.exec(text)?.[0].codePointAt(0)).toBeUndefined();
  }
  expect(Object.keys(attributes).length).toBeLessThanOrEqual(10);
  for (const { DataType, StringValue } of Object.values(attributes)) {
    expect(StringValue).not.toBe('');
    expect(REFUSED.test(StringValue)).toBe(false);
    if (DataType === 'String.Array') expect(JSON.parse(StringValue)).toBeInstanceOf(Array);
  }
}

test('messages of any alert are within the limits of SNS and SQS, and are JSON', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(anyAlert, fc.constantFrom(...formats), (alert, format) => {
      const message = messageOf(told(alert), format, context);
      checkMessage(message);
      expect(typeof JSON.parse(readBody(message).default)).toBe('object');
    }),
    { numRuns: 25 },
  );
});

test('whatever differs from the alert is named, in the JSON and in the text', { timeout: 120_000 }, () => {
  const fields: Readonly<Record<string, (alert: Alert) => unknown>> = {
    samples: ({ samples }) => samples,
    queries: ({ queries }) => queries,
    interfaces: ({ interfaces }) => interfaces,
    'rule.tags': ({ rule }) => rule.tags,
    'rule.quiets': ({ rule }) => rule.quiets,
    runbook: ({ runbook }) => runbook,
    summary: ({ summary }) => summary,
    threshold: ({ threshold }) => threshold,
    group: ({ group }) => group,
    measure: ({ measure }) => measure,
    rule: ({ rule: { id, title, severity } }) => [id, title, severity],
    account_id: ({ account_id }) => account_id,
    region: ({ region }) => region,
    vpc_id: ({ vpc_id }) => vpc_id,
    continues: ({ continues }) => continues,
    rest: ({ id, first_seen, last_seen, window, period, records, packets, bytes, quieted_by }) => {
      return [id, first_seen, last_seen, window, period, records, packets, bytes, quieted_by];
    },
  };
  fc.assert(
    fc.property(anyAlert, (alert) => {
      const { default: json, email } = readBody(messageOf(told(alert), 'default', context));
      const { cut = [], ...shown } = JSON.parse(json) as ToldAlert;
      const whole = JSON.parse(JSON.stringify(alert)) as Alert;
      const differing = Object.entries(fields)
        .filter(([, read]) => JSON.stringify(read(shown)) !== JSON.stringify(read(whole)))
        .map(([name]) => name);
      expect(cut.filter((name) => !name.startsWith('attributes.'))).toEqual(differing);
      expect(email.includes('left out or cut')).toBe(cut.length > 0);
    }),
    { numRuns: 25 },
  );
});

test('an alert that fits is told whole', () => {
  for (const alert of [scan, japanese, hostile]) {
    expect(JSON.parse(readBody(messageOf(told(alert), 'default', context)).default)).toEqual(
      JSON.parse(JSON.stringify(alert)),
    );
  }
});

describe('a large alert is cut', () => {
  const interfaces = Array.from({ length: 12_000 }, (_, index) => `eni-${String(index).padStart(17, '0')}`);

  test('samples first, then queries, then long lists; the object is named', () => {
    const large = { ...scan, interfaces: interfaces.slice(0, 200) };
    const sizeOf = (alert: ToldAlert): number => bytesOf(JSON.stringify(alert));
    const cuts = [large, { ...large, samples: [] }, { ...large, samples: [], queries: { athena: '', insights: '' } }];
    const shown = cuts.map((alert) => {
      const { cut, ...rest } = shortenAlert(
        large,
        (each) => sizeOf({ ...each, cut: [] }) <= sizeOf({ ...alert, cut: [] }) + 30,
      );
      expect(rest).toEqual(alert);
      return cut;
    });
    expect(shown).toEqual([undefined, ['samples'], ['samples', 'queries']]);
    expect(shortenAlert(large, (each) => sizeOf(each) < 5000).cut).toEqual(['samples', 'queries', 'interfaces']);
  });

  test('until it fits, and no more', () => {
    const { default: json, email } = readBody(messageOf(told({ ...scan, interfaces }), 'default', context));
    const shown = JSON.parse(json) as ToldAlert;
    expect(shown.cut).toEqual(['samples', 'queries', 'interfaces', 'attributes.interface']);
    expect(shown.runbook).toBe(scan.runbook);
    expect(email).toContain(
      'too large for a message, left out or cut: samples, queries, interfaces,\nattributes.interface\n',
    );
    expect(email).toContain(`s3://flow-lake/${alertKey(scan)}`);
  });

  test('fields that another version added go last, and are named', () => {
    const later = { ...scan, added: 'x'.repeat(300_000) };
    const { cut, ...shown } = shortenAlert(later, (each) => JSON.stringify(each).length < 250_000);
    expect(cut?.at(-1)).toBe('other fields');
    expect(Object.keys(shown).sort()).toEqual(Object.keys(scan).sort());
  });
});

test(
  'lines of an e-mail have at most 78 columns, but for queries and the place of the object',
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        const bare: Alert = { ...alert, id: scan.id, queries: { athena: '', insights: '' } };
        const { email } = readBody(messageOf(told(bare), 'default', context));
        for (const line of email.split('\n')) {
          if (!line.startsWith('the whole alert: s3://')) expect(stringWidth(line)).toBeLessThanOrEqual(78);
        }
        expect(email).toContain(alertKey(scan));
      }),
      { numRuns: 20 },
    );
  },
);

test('nothing in a record can forge a line of an e-mail, or a link', () => {
  const { email } = readBody(messageOf(told(hostile), 'default', context));
  const lines = email.split('\n');
  expect(lines.filter((line) => line.startsWith('the whole alert:'))).toEqual([
    `the whole alert: s3://flow-lake/${alertKey(hostile)}`,
  ]);
  expect(lines.filter((line) => line === 'what to do')).toHaveLength(1);
  expect(lines.filter((line) => /^subject:/i.test(line))).toEqual([]);
  expect(email.match(/[a-z0-9]+:\/\//g)).toEqual(['s3://']);
});

test('nothing in a record mentions somebody in a chat, or makes a link there', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.oneof(anyAlert, fc.constant(hostile)), (alert) => {
      const { content, metadata } = JSON.parse(readBody(messageOf(told(alert), 'chat', context)).default) as {
        content: { title: string; description: string; nextSteps?: string[]; keywords: string[] };
        metadata: { threadId: string };
      };
      const shown = [content.title, content.description, ...(content.nextSteps ?? []), ...content.keywords];
      for (const text of shown) expect(text).not.toMatch(/[<@[\]`]|:\/\//);
      expect(content.title.length).toBeLessThanOrEqual(250);
      expect(content.description.length).toBeLessThanOrEqual(8000);
      expect(metadata.threadId).toMatch(/^sekisho-[0-9a-f]{32}$/);
    }),
    { numRuns: 20 },
  );
});

test('alerts of an incident that goes on stand in one thread, others do not', () => {
  const threadOf = (alert: Alert): string =>
    (JSON.parse(readBody(messageOf(told(alert), 'chat', context)).default) as { metadata: { threadId: string } })
      .metadata.threadId;
  const later = {
    ...scan,
    id: japanese.id,
    continues: scan.id,
    period: { start: '2026-11-03T05:00:00Z', end: '2026-11-03T06:00:00Z' },
  };
  expect(threadOf(later)).toBe(threadOf(scan));
  expect(threadOf({ ...scan, group: { ...scan.group, srcaddr: '203.0.113.10' } })).not.toBe(threadOf(scan));
  expect(threadOf({ ...scan, rule: { ...scan.rule, id: 'other' } })).not.toBe(threadOf(scan));
});

test('a finding has what Security Hub asks for, in its limits', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anyAlert, (alert) => {
      const message = messageOf(told({ ...alert, id: scan.id }), 'asff', context);
      const json = readBody(message).default;
      const finding = JSON.parse(json) as Record<string, any>;
      expect(bytesOf(json)).toBeLessThanOrEqual(240_000);
      expect(finding).toMatchObject({ SchemaVersion: '2018-10-08', Id: scan.id, AwsAccountId: '111122223333' });
      const within = (text: string, least: number, most: number): void => {
        expect(text.length).toBeGreaterThanOrEqual(least);
        expect(text.length).toBeLessThanOrEqual(most);
      };
      within(finding['Title'], 1, 256);
      within(finding['Description'], 1, 1024);
      within(finding['GeneratorId'], 1, 512);
      if (finding['Remediation']) within(finding['Remediation'].Recommendation.Text, 1, 512);
      expect(Object.keys(finding['ProductFields']).length).toBeLessThanOrEqual(50);
      for (const [name, value] of Object.entries<string>(finding['ProductFields'])) {
        within(name, 1, 128);
        within(value, 1, 2048);
      }
      expect(finding['Resources'].length).toBeGreaterThanOrEqual(1);
      expect(finding['Resources'].length).toBeLessThanOrEqual(32);
      for (const { Region } of finding['Resources']) if (Region !== undefined) within(Region, 1, 16);
      if (alert.interfaces.length > 32) expect(finding['ProductFields']['sekisho/cut']).toContain('Resources');
    }),
    { numRuns: 20 },
  );
});

/** Required attributes of OCSF 1.4.0's classes and objects that are used. */
const OCSF = {
  event: [
    'activity_id',
    'category_uid',
    'class_uid',
    'cloud',
    'finding_info',
    'metadata',
    'severity_id',
    'time',
    'type_uid',
  ],
  metadata: ['product', 'version'],
  finding_info: ['uid'],
  cloud: ['provider'],
  analytic: ['type_id'],
} as const;

test('a Detection Finding has what OCSF requires', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anyAlert, (alert) => {
      const event = JSON.parse(readBody(messageOf(told(alert), 'ocsf', context)).default) as Record<string, any>;
      expect(Object.keys(event)).toEqual(expect.arrayContaining([...OCSF.event]));
      expect(Object.keys(event['metadata'])).toEqual(expect.arrayContaining([...OCSF.metadata]));
      expect(Object.keys(event['finding_info'])).toEqual(expect.arrayContaining([...OCSF.finding_info]));
      expect(Object.keys(event['cloud'])).toEqual(expect.arrayContaining([...OCSF.cloud]));
      expect(Object.keys(event['finding_info'].analytic)).toEqual(expect.arrayContaining([...OCSF.analytic]));
      expect(event).toMatchObject({ class_uid: 2004, category_uid: 2, type_uid: 200_401, activity_id: 1 });
      expect([event['time'], event['start_time']].every(Number.isInteger)).toBe(true);
      for (const evidence of event['evidences'] ?? []) {
        expect(evidence.src_endpoint ?? evidence.dst_endpoint).toHaveProperty('ip');
        expect(Number.isInteger(evidence.connection_info.direction_id)).toBe(true);
      }
    }),
    { numRuns: 20 },
  );
});

test('a remainder of any size is a message, which names as many as it counts or says that it does not', () => {
  for (const count of [1, 20, 500, 501, 3000]) {
    const alerts = Array.from({ length: count }, (_, number) => alertWith(number, {}));
    const held = holdBack(NOTHING_HELD, alerts);
    for (const format of formats) {
      const message = messageOf(remainderOf(held, new Date(0)), format, context);
      checkMessage(message);
      if (format === 'chat') continue;
      const more = JSON.parse(readBody(message).default) as { count: number; objects: string[]; cut?: string[] };
      expect(more.count).toBe(count);
      expect(more.objects.length < count).toBe(more.cut !== undefined);
    }
  }
});

test('the id of a remainder depends on its alerts alone', () => {
  const both = [scan, japanese];
  const idOf = (alerts: readonly Alert[], time = 0): string =>
    remainderOf(holdBack(NOTHING_HELD, alerts), new Date(time)).id;
  expect(idOf(both)).toBe(idOf([...both].reverse(), 1e12));
  expect(idOf(both)).not.toBe(idOf(both.slice(1)));
});

test('batches hold all messages in their order, ten and 262,144 bytes each at most', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 262_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const messages = lengths.map((length, index) => ({
        subject: `${index}`,
        body: 'é'.repeat(Math.floor(length / 2)),
        attributes: { kind: { DataType: 'String', StringValue: 'new' } as const },
      }));
      const batches = planBatches(messages);
      expect(batches.flat()).toEqual(messages);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(10);
        expect(batch.reduce((sum, message) => sum + sizeOf(message), 0)).toBeLessThanOrEqual(MOST_MESSAGE_BYTES);
      }
      // no two neighbours would have gone together
      for (const [index, batch] of batches.entries()) {
        const next = batches[index + 1]?.[0];
        if (next === undefined || batch.length === 10) continue;
        expect([...batch, next].reduce((sum, message) => sum + sizeOf(message), 0)).toBeGreaterThan(MOST_MESSAGE_BYTES);
      }
    }),
  );
});
