/** Alerts, and what messages of them are made with, for tests of messages. */
import fc from 'fast-check';
import type { Alert } from '../../../shared/alerts/alert.ts';
import type { Exception, MessageContext } from '../../../shared/alerts/messages/context.ts';
import type { Notice } from '../../../shared/alerts/notifications.ts';
import { SEVERITIES } from '../../../shared/rules/rule.ts';
import { alertNumber, alertWith } from '../sample.ts';

export const context: MessageContext = {
  deployment: 'sekisho-prod',
  lake: 'flow-lake',
  timeZone: 'Asia/Tokyo',
  home: { partition: 'aws', account: '111122223333', region: 'ap-northeast-1' },
  workgroup: 'sekisho-prod',
  database: 'sekisho_prod',
  logGroups: ['/vpc/flow-logs'],
  exceptions: new Map<string, Exception>([
    ['port-scan', { kind: 'into', lists: ['scanners', 'monitoring'] }],
    ['admin-port-open', { kind: 'except' }],
  ]),
};

/** A port scan as the pipeline writes it, with queries of real length. */
export const scan: Alert = {
  ...alertWith(1, { rule: { severity: 'high', tags: ['reconnaissance', 'attack.t1046'] } }),
  queries: {
    athena:
      "SELECT * FROM flows WHERE day BETWEEN DATE '2026-11-03' AND DATE '2026-11-03' AND coalesce(start, \"end\") BETWEEN 1793681400 AND 1793682029 AND srcaddr = '203.0.113.9' AND interface_id = 'eni-0a1b2c3d4e5f60718' AND action = 'REJECT' ORDER BY start LIMIT 1000",
    insights:
      '# time range: 2026-11-03T04:50:00Z to 2026-11-03T05:00:29Z\nfields @timestamp, @logStream, @message\n| filter @message like /(^| )203\\.0\\.113\\.9( |$)/\n| sort @timestamp asc\n| limit 1000',
  },
};

/** A rule in Japanese, IPv6, no runbook, no account, many interfaces. */
export const japanese: Alert = {
  ...alertNumber(2),
  rule: {
    id: 'admin-port-open',
    title: '管理用ポートがインターネットに開いている',
    severity: 'critical',
    tags: [],
    quiets: [],
  },
  summary:
    '管理用ポートがインターネットに開いている: 1 record on eni-1 at port 22, the first [2001:db8::7]:51514 → [2001:db8:0:1:2:3:4:5]:22 tcp ACCEPT',
  continues: alertNumber(1).id,
  group: { interface_id: 'eni-1', server_port: 22 },
  measure: { 'count()': 1 },
  threshold: null,
  records: 1,
  packets: 1,
  bytes: 1_250_000,
  interfaces: ['eni-1', 'eni-2', 'eni-3', 'eni-4', 'eni-5'],
  account_id: null,
  region: null,
  vpc_id: null,
  samples: [
    {
      srcaddr: '2001:db8:1111:2222:3333:4444:5555:6666',
      dstaddr: '2001:db8:0:1:2:3:4:5',
      srcport: 51_514,
      dstport: 22,
      protocol: 6,
      action: 'ACCEPT',
      flow_direction: 'ingress',
      packets: 1,
      bytes: 1_250_000,
    },
  ],
  runbook: null,
};

/** Whoever can name a tag or an address can put this into an alert. */
export const hostile: Alert = {
  ...alertNumber(3),
  rule: { id: 'x', title: '<!channel> $(reboot) `id`', severity: 'low', tags: ["'; DROP TABLE flows; --"], quiets: [] },
  summary:
    'tag\r\nSubject: forged\r\n\r\nClick https://evil.example/ <https://evil.example|here> [here](http://evil.example) \u202Egnp.exe @channel \u0000\u001B[31m\u0007',
  group: { instance_tag: '<img src=x onerror=alert(1)>\n\nwhat to do\n  call +1-555-0100', 'a"b': '\uD800' },
  vpc_id: 'vpc-1\nthe whole alert: s3://evil/',
  interfaces: ['eni-1"}], "x": [{"'],
  samples: [{ srcaddr: 'http://evil.example', dstaddr: '10.0.0.1\n\n', action: '*bold*', log_status: '\u2028' }],
  queries: { athena: "SELECT 1 -- \u001B]0;pwned\u0007'\n\nwhat to do", insights: 'fields @message\u0000' },
  runbook: 'look\n\nthe whole alert: elsewhere',
};

export const told = (alert: Alert): Notice => ({ alert, kind: alert.continues === null ? 'new' : 'continuing' });

const repeated = (units: readonly string[], most: number): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...units), fc.integer({ min: 0, max: most })).map(([unit, times]) => unit.repeat(times));

/** Text of any length and content. */
const text = fc.oneof(
  { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 5 },
  { arbitrary: repeated(['x', '"', '\\', '\u0001', '\uD800', '\uFFFF', '\n', '<'], 100_000), weight: 1 },
  { arbitrary: repeated(['関', '🔥', 'e\u0301'], 2000), weight: 1 },
);
const value = fc.oneof(text, fc.integer(), fc.constant(null));
const few = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 5 });
const many = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.oneof(
    few(arbitrary),
    fc.integer({ min: 0, max: 9_000 }).map((count) => Array.from({ length: count }, (_, index) => `eni-${index}`)),
  );

/** Any alert of any size. */
export const anyAlert: fc.Arbitrary<Alert> = fc
  .record({
    severity: fc.constantFrom(...SEVERITIES),
    id: text,
    title: text,
    tags: many(text),
    quiets: many(text),
    summary: text,
    group: fc.dictionary(text, value, { maxKeys: 4 }),
    measure: fc.dictionary(text, fc.double({ noNaN: true }), { maxKeys: 4 }),
    texts: fc.tuple(...Array.from({ length: 6 }, () => fc.option(text))),
    interfaces: many(text),
    samples: few(fc.dictionary(fc.constantFrom('srcaddr', 'dstaddr', 'srcport', 'protocol', 'action', 'x'), value)),
    athena: text,
    insights: text,
  })
  .map(({ severity, id, title, tags, quiets, texts, athena, insights, ...rest }) => {
    const [threshold = null, account_id = null, region = null, vpc_id = null, runbook = null, continues = null] = texts;
    return {
      ...alertNumber(4),
      ...rest,
      threshold,
      account_id,
      region,
      vpc_id,
      runbook,
      continues,
      rule: { id, title, severity, tags, quiets },
      queries: { athena, insights },
    };
  });
