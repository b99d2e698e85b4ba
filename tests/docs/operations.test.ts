/** What the documents say of a deployment, beside what there is. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { alarms } from '../../infra/alarms.ts';
import { FUNCTIONS } from '../../infra/names.ts';
import type { MetricName } from '../../shared/adapters/aws/metrics.ts';
import { attributesOf } from '../../shared/alerts/messages/attributes.ts';
import { DEFAULT_CONFIG, type Config } from '../../shared/config/config.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { parseFormat } from '../../shared/flow/format.ts';
import { scan } from '../alerts/messages/samples.ts';
import { blocksOf, codeIn, read, rowsOf, sectionsOf, sectionUnder, type Block } from './documents.ts';

const BUCKET = { kind: 'bucket', prefix: '', archive: true, layout: 'plain', partition: 'daily' } as const;
const CONFIG: Config = {
  ...DEFAULT_CONFIG,
  sources: [
    { kind: 'log-group', logGroup: '/vpc/flow-logs', formats: ['default'], create: undefined },
    { ...BUCKET, bucket: 'there', create: false },
    { ...BUCKET, bucket: 'made', create: true },
  ],
};
const ALARMS = Object.keys(alarms({ config: CONFIG, rules: [], lists: [] }).Resources);

/** Types hold it complete. */
const METRICS = {
  Records: true,
  SkipData: true,
  QuarantinedLines: true,
  UnreadableDeliveries: true,
  FlowToAlertSeconds: true,
  AlertsTold: true,
  AlertsHeldBack: true,
  WindowStateBytes: true,
  LateRecords: true,
  UnreadableState: true,
  UnreadableLists: true,
  FailedMessages: true,
  WatermarkAgeSeconds: true,
} satisfies Record<MetricName, true>;

const ENGLISH = read('docs/operations.md');
const JAPANESE = read('docs/operations.ja.md');

describe.each([
  {
    language: 'English',
    text: ENGLISH,
    headings: { alarms: 'Alarms', metrics: 'Metrics', parts: 'What a deployment consists of', security: 'Security' },
  },
  {
    language: 'Japanese',
    text: JAPANESE,
    headings: { alarms: 'アラーム', metrics: 'メトリクス', parts: 'デプロイされるもの', security: 'セキュリティ' },
  },
])('operations in $language', ({ text, headings }) => {
  test('have a row for each alarm', () => {
    const names = ALARMS.map((id) => id.replace(/^(Subscription|ObjectsOf)\w+?[0-9a-f]{8}(?=[A-Z])/, '$1…').replace(/Alarm$/, '')); // prettier-ignore
    expect(firstOf(sectionUnder(text, headings.alarms))).toEqual(names.sort());
  });

  test('have a row for each metric', () => {
    expect(firstOf(sectionUnder(text, headings.metrics))).toEqual(Object.keys(METRICS).sort());
  });

  test('have a row for each function, and for its role', () => {
    expect(firstOf(sectionUnder(text, headings.parts))).toEqual(FUNCTIONS.map((name) => name.toLowerCase()).sort());
    expect(firstOf(sectionUnder(text, headings.security))).toEqual(FUNCTIONS.map((name) => `${name}Role`).sort());
  });

  test('name what filter policies see', () => {
    const said = text.split('\n\n').find((paragraph) => paragraph.includes('`kind`'));
    const attributes = Object.keys(attributesOf({ kind: 'new', alert: scan }));
    expect(attributes).toContain('vpc');
    expect(codeIn(said!)).toEqual(expect.arrayContaining(attributes));
  });

  test('show configurations without fault', () => {
    const shown = blocksOf(text).filter(({ language }) => language === 'yaml');
    expect(shown.length).toBeGreaterThan(4);
    for (const { text: yaml } of shown) {
      const complete = yaml.replace(/^( +- log_group: .*)$/m, '$1\n    format: recommended');
      expect(parseConfig('sekisho.yml', complete, parseFormat)).toMatchObject({ networks: undefined });
    }
  });

  test('name parameters that the template for members has', () => {
    const { Parameters } = parse(read('infra/member.yml'), { logLevel: 'silent' }) as { Parameters: object };
    const named = [...text.matchAll(/ParameterKey=(\w+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(1);
    expect(Object.keys(Parameters)).toEqual(expect.arrayContaining(named));
  });
});

describe.each([
  ['operations', ENGLISH, JAPANESE],
  ['settings', read('docs/settings.md'), read('docs/settings.ja.md')],
  ['lake', read('docs/lake.md'), read('docs/lake.ja.md')],
])('%s in both languages', (_, english, japanese) => {
  test('have the same sections with the same commands and examples', () => {
    const [left, right] = [english, japanese].map((text) => sectionsOf(text).map((section) => examplesIn(section)));
    expect(right).toEqual(left);
  });

  test('have tables with the same rows', () => {
    const [left, right] = [english, japanese].map((text) => sectionsOf(text).map((section) => rowCodes(section)));
    expect(right).toEqual(left);
  });
});

/** What the first cells of rows name, in order. */
function firstOf(section: string): readonly string[] {
  return rowsOf(section)
    .map(([first]) => codeIn(first!)[0]!)
    .sort();
}

function rowCodes(section: string): readonly (string | undefined)[] {
  return rowsOf(section).map(([first]) => codeIn(first!)[0]);
}

/** Blocks without what is said in words: comments, and pictures. */
function examplesIn(section: string): readonly Block[] {
  return blocksOf(section)
    .filter(({ text }) => !text.includes('─▶') && !text.startsWith('lake/'))
    .map(({ language, text }) => ({ language, text: text.replaceAll(/ *# .*$/gm, '').replaceAll(/^ *\n/gm, '') }));
}
