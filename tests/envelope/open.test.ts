/** Every carrier, and every way for one to be broken. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { CONTROL_MESSAGE } from '../../bench/traffic/delivery.ts';
import { decodeOptions, formatOf, open, readBack, subscriptionEvent, subscriptionMessage } from '../support/decode.ts';

const line = (port: number): string =>
  `2 123456789012 eni-0123456789abcdef0 203.0.113.7 10.0.0.1 40000 ${port} 6 1 40 1763341200 1763341260 REJECT OK`;
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const lines = [line(22), line(23), line(24)];
const text = `${lines.join('\n')}\n`;
const message = subscriptionMessage(lines);
const event = subscriptionEvent(message);
const control = subscriptionEvent(JSON.stringify(CONTROL_MESSAGE));
const exported = JSON.stringify({
  events: lines.map((each, i) => ({ logStreamName: 's', timestamp: 1763341200000, message: each, eventId: `${i}` })),
  searchedLogStreams: [],
});
const parquet = Buffer.from(
  parquetWriteBuffer({
    columnData: HEADER.split(' ').map((name, i) => {
      const values = lines.map((each) => each.split(' ')[i]!);
      const whole = values.every((each) => /^\d+$/.test(each)) && name !== 'account-id';
      return whole
        ? { name: name.replaceAll('-', '_'), data: values.map(Number), type: 'INT32' as const }
        : { name: name.replaceAll('-', '_'), data: values, type: 'STRING' as const };
    }),
  }),
);

test.each([
  ['a Lambda event', event],
  ['a Lambda event, pretty-printed', JSON.stringify(JSON.parse(event), null, 2)],
  ['a decoded message', message],
  ['a decoded message, pretty-printed', JSON.stringify(JSON.parse(message), null, 2)],
  ['an export of the CLI', exported],
  ['plain text', text],
  ['text without a last newline', text.trimEnd()],
  ['text with a header', `${HEADER}\n${text}`],
  ['a header in the middle', `${line(22)}\n${HEADER}\n${line(23)}\n${line(24)}\n`],
  ['CRLF', text.replaceAll('\n', '\r\n')],
  ['CRLF with a header', `${HEADER}\n${text}`.replaceAll('\n', '\r\n')],
  ['empty lines', `\n${text.replaceAll('\n', '\n\n')}`],
  ['a byte order mark', `\uFEFF${HEADER}\n${text}`],
  ["Firehose's lines", lines.map((each) => JSON.stringify({ message: each })).join('\n')],
  ["Firehose's lines run together", lines.map((each) => JSON.stringify({ message: `${each}\n` })).join('')],
  ['a JSON array', `[${lines.map((each) => JSON.stringify({ message: each })).join(',\n')}]`],
  ['messages run together', lines.map((each, i) => subscriptionMessage([each], { firstId: i })).join('')],
  ['gzip of text', gzipSync(text)],
  ['gzip in two members', Buffer.concat([gzipSync(`${line(22)}\n`), gzipSync(`${line(23)}\n${line(24)}\n`)])],
  ['gzip of messages', gzipSync(message)],
  ['zstd of text', zstdCompressSync(text)],
  ['Parquet', parquet],
])('%s gives the three records', async (_, content) => {
  const { records, rejects, unopened } = await readBack(content);
  expect(records.map((record) => record['dstport'])).toEqual([22, 23, 24]);
  expect(records[0]).toMatchObject({ interface_id: 'eni-0123456789abcdef0', start: 1763341200, log_status: 'OK' });
  expect([...rejects, ...unopened]).toEqual([]);
});

test.each([1, 7, 100])('pieces of %i bytes change nothing', async (step) => {
  const content = `${JSON.stringify(JSON.parse(event), null, 2)}\n${message}`;
  expect(await open(content, step)).toEqual(await open(content));
  expect(await open(`${HEADER}\n${text}`, step)).toEqual(await open(`${HEADER}\n${text}`));
});

test.each([1, 2, 65_536])('a byte order mark before any kind changes nothing, in pieces of %i bytes', async (step) => {
  const MARK = Buffer.from('\uFEFF');
  for (const content of [text, `${HEADER}\n${text}`, event, message, '{"message":"x"}'].map((each) =>
    Buffer.from(each),
  )) {
    const marked = Buffer.concat([MARK, content]);
    expect(await open(marked, step)).toEqual(await open(content));
    expect(await open(gzipSync(marked), step)).toEqual(await open(content));
  }
});

test('a control message is taken and says nothing', async () => {
  expect(await readBack(control)).toMatchObject({ records: [], rejects: [], unopened: [], control: 1 });
});

test('an empty input says nothing', async () => {
  expect(await readBack('')).toMatchObject({ records: [], rejects: [], unopened: [] });
});

test('a header names the format of the lines below it, also where it changes', async () => {
  const { records } = await readBack(`srcaddr start\n10.0.0.1 1763341200\nstart dstaddr\n1763341201 10.0.0.2\n`);
  expect(records).toEqual([
    { srcaddr: '10.0.0.1', start: 1763341200 },
    { start: 1763341201, dstaddr: '10.0.0.2' },
  ]);
});

test('a header with an unknown field makes its lines rejects that say so', async () => {
  const { records, rejects } = await readBack(`version srcadr start\n2 10.0.0.1 1763341200\n`);
  expect(records).toEqual([]);
  expect(rejects).toEqual([
    {
      line: '2 10.0.0.1 1763341200',
      reason: expect.stringContaining('did you mean `srcaddr`?'),
      source: 'input',
      number: 2,
    },
  ]);
});

test('lines of several formats in one log group are each read by the one they fit', async () => {
  const options = decodeOptions(undefined, () => [
    formatOf('default'),
    formatOf('srcaddr start'),
    formatOf('dstaddr start'),
  ]);
  const content = subscriptionMessage([line(22), 'bogus', '10.0.0.9 1763341200', line(23)]);
  const { records, rejects } = await readBack(content, options);
  expect(records.map((record) => record['dstport'])).toEqual([22, 23]);
  expect(rejects.map(({ line: kept, reason }) => [kept, reason])).toEqual([
    ['bogus', expect.stringContaining('it fits none of the 3 formats')],
    ['10.0.0.9 1763341200', expect.stringContaining('it fits more than one')],
  ]);
});

test.each([
  [
    'truncated gzip',
    gzipSync(Array.from({ length: 2000 }, (_, i) => line(i)).join('\n')).subarray(0, -200),
    /ends too early/,
  ],
  ['gzip cut after its header', gzipSync(text).subarray(0, 12), /ends too early at its very beginning/],
  ['gzip of which two bytes are left', Buffer.from([0x1f, 0x8b]), /ends too early at its very beginning/],
  [
    'damaged gzip',
    Buffer.concat([gzipSync(text).subarray(0, 10), Buffer.alloc(40, 0xff)]),
    /damaged at its very beginning/,
  ],
  ['damaged zstd', zstdCompressSync(text).fill(0xff, 8, 40), /damaged|ends too early/],
  ['a truncated event', event.slice(0, -10), /ends too early/],
  [
    'an event whose data is cut',
    JSON.stringify({ awslogs: { data: gzipSync(message).subarray(0, 60).toString('base64') } }),
    /not whole/,
  ],
  ['JSON that is no event', '{"hello": "world"}', /no CloudWatch Logs event/],
  ['JSON that is broken', '{"hello": world}', /can't be read/],
  ['a message of an unknown type', '{"messageType":"OTHER"}', /messageType is `OTHER`/],
  ['a message without events', '{"messageType":"DATA_MESSAGE"}', /no `logEvents`/],
  ['binary data', Buffer.from([1, 0, 2, 0]), /neither flow-log text/],
  ['broken Parquet', Buffer.concat([parquet.subarray(0, 100), parquet.subarray(-100)]), /can't be read as Parquet/],
  ['a line without end', 'x'.repeat(3_000_000), /longer than 1 MiB/],
])('%s is told once', async (_, content, expected) => {
  const { unopened } = await readBack(content);
  expect(unopened).toHaveLength(1);
  expect(unopened[0]!.message).toMatch(expected);
});

test('what came before a break is read', async () => {
  const many = Array.from({ length: 5000 }, (_, i) => line(i));
  const { records } = await readBack(gzipSync(many.join('\n'), { level: 1 }).subarray(0, -100));
  expect(records.length).toBeGreaterThan(3000);
  expect(records.map((record) => record['dstport'])).toEqual(records.map((_, i) => i));
});

test('one bad document among others costs only itself', async () => {
  const first = subscriptionMessage([line(22)]);
  const second = subscriptionMessage([line(23)], { firstId: 1 });
  const { records, unopened } = await readBack(`${first}\nnot JSON at all\n${second}\n{"a":1}\n`);
  expect(records.map((record) => record['dstport'])).toEqual([22, 23]);
  expect(unopened.map((each) => each.message)).toEqual([
    expect.stringContaining('line 2 is not JSON'),
    expect.stringContaining('no CloudWatch Logs event'),
  ]);
});

test('an identity is the same however the batch comes, and another for another batch', async () => {
  const ids = async (content: string | Uint8Array): Promise<readonly string[]> => (await readBack(content)).ids;
  expect(await ids(event)).toEqual(await ids(JSON.stringify(JSON.parse(message), null, 1)));
  expect(await ids(text)).toEqual(await ids(gzipSync(text.trimEnd())));
  expect(await ids(text)).toEqual(await ids(`${HEADER}\n${text}`));
  expect(await ids(event)).not.toEqual(await ids(subscriptionEvent(subscriptionMessage(lines, { firstId: 1 }))));
  expect(await ids(text)).not.toEqual(await ids(`${text}${line(25)}\n`));
  expect((await ids(event))[0]).toMatch(/^[0-9a-f]{32}$/);
});

test('text is cut every 50,000 lines, and numbers go on', async () => {
  const many = Array.from({ length: 100_001 }, (_, i) => line(i % 65_536)).join('\n');
  const { ids, records, rejects } = await readBack(`${many}\nbogus line\n`);
  expect([ids.length, new Set(ids).size, records.length]).toEqual([3, 3, 100_001]);
  expect(rejects).toMatchObject([{ number: 100_002 }]);
});
