import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DEFAULT_CONFIG, type LogGroupSource } from '../shared/config/config.ts';
import { decodeOptionsOf, type LastingOptions } from '../shared/decode-options.ts';
import { inflate } from '../shared/envelope/inflate.ts';
import { decodeDelivery } from '../shared/flow/decode.ts';

const group = (logGroup: string, ...formats: string[]): LogGroupSource => ({
  kind: 'log-group',
  logGroup,
  formats,
  create: undefined,
});
const bucket = {
  kind: 'bucket',
  bucket: 'b',
  prefix: '',
  create: false,
  archive: true,
  layout: 'plain',
  partition: 'hourly',
} as const;

const optionsOf = (...sources: LogGroupSource[]): LastingOptions => {
  const options = decodeOptionsOf({ ...DEFAULT_CONFIG, sources: [bucket, ...sources] });
  if ('kind' in options) throw new Error(options.message);
  return options;
};

test('a log group has the formats of the first source that names it', () => {
  const { formats } = optionsOf(
    group('/vpc/one', 'srcaddr start', 'srcaddr start', 'dstaddr start'),
    group('/vpc/*', 'start'),
  );
  expect(formats.ofLogGroup('/vpc/one')!.map(({ text }) => text)).toEqual(['srcaddr start', 'dstaddr start']);
  expect(formats.ofLogGroup('/vpc/two')!.map(({ text }) => text)).toEqual(['start']);
  expect(formats.ofLogGroup('/other')).toBeUndefined();
  expect(formats.given).toBeUndefined();
});

test('a format that nobody knows is told with the place where it was written', () => {
  const sources = [group('/vpc/one', 'srcadr start')];
  expect(decodeOptionsOf({ ...DEFAULT_CONFIG, sources })).toEqual({
    kind: 'problem',
    message: expect.stringMatching(/^the configuration for log group `\/vpc\/one`: unknown field `srcadr`.*`srcaddr`/),
  });
  expect(decodeOptionsOf(DEFAULT_CONFIG, { format: 'nonsense', where: '--format' })).toMatchObject({
    message: expect.stringMatching(/^--format: unknown field `nonsense`/),
  });
});

test.each(['scanned', 'read slowly'])(
  'a region that is known is on the source of what CloudWatch delivers, %s',
  (way) => {
    const event = { id: '1', timestamp: 1_794_877_200_000, message: '10.0.0.1 1794877200' };
    const message = { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logStream: 's', subscriptionFilters: [] };
    const events = way === 'scanned' ? [event] : [{ ...event, extra: 'x' }];
    const json = inflate(gzipSync(JSON.stringify({ ...message, logEvents: events })));
    const options = { ...optionsOf(group('g', 'srcaddr start')), arrival: 1_794_877_300 };
    const sourceWith = (region: string | undefined) => {
      const decoded = decodeDelivery({ kind: 'cloudwatch', json, place: 'here' }, { ...options, region });
      return decoded.kind === 'decoded' ? decoded.delivery.source : undefined;
    };
    expect(sourceWith('eu-west-1')).toEqual({ account: '1', region: 'eu-west-1', name: 'g' });
    expect(sourceWith(undefined)).toEqual({ account: '1', region: null, name: 'g' });
  },
);
