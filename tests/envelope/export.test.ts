/** Exports of the CLI, one document of any size: cut as they stream, the same way at every reading. */
import { expect, test } from 'vitest';
import { openInput } from '../../shared/envelope/open.ts';
import { open, readBack } from '../support/decode.ts';

const line = (port: number): string =>
  `2 123456789012 eni-0123456789abcdef0 203.0.113.7 10.0.0.1 40000 ${port} 6 1 40 1763341200 1763341260 REJECT OK`;
const eventOf = (i: number, logStreamName = 's') => ({
  logStreamName,
  timestamp: 1_763_341_200_000,
  message: line(i % 65_536),
  eventId: `${i}`,
});
const exportOf = (count: number): unknown => ({
  events: Array.from({ length: count }, (_, i) => eventOf(i)),
  searchedLogStreams: [],
});

test('an export is cut every 10,000 events, pretty-printed or not, however it comes in', async () => {
  const { records, ids, rejects, unopened } = await readBack(JSON.stringify(exportOf(20_001), null, 4));
  expect([records.length, ids.length, new Set(ids).size, rejects.length, unopened.length]).toEqual([
    20_001, 3, 3, 0, 0,
  ]);
  expect((await readBack(JSON.stringify(exportOf(20_001)))).ids).toEqual(ids);
});

test.each([1, 7, 1000])('pieces of %i bytes change nothing', async (step) => {
  const content = JSON.stringify({ logGroupName: 'flow, "events":[', events: [eventOf(1), eventOf(2)] }, null, 4);
  expect(await open(content, step)).toEqual(await open(content));
  expect(await open(content, step)).toMatchObject([{ kind: 'cloudwatch' }]);
});

test('each delivery is of one log stream, and of the group that is said before the events', async () => {
  const events = ['a', 'b', 'a'].map((stream, i) => eventOf(i, stream));
  const items = await open(JSON.stringify({ logGroupName: 'flow', nested: { events: [1] }, events }));
  const heads = items.map((item) => (item.kind === 'cloudwatch' ? JSON.parse(item.json.toString()) : item));
  expect(heads.map(({ logGroup, logStream, logEvents }) => [logGroup, logStream, logEvents.length])).toEqual([
    ['flow', 'a', 2],
    ['flow', 'b', 1],
  ]);
});

test('events that can not be read cost only themselves', async () => {
  const good = JSON.stringify(eventOf(22));
  const { records, rejects, unopened } = await readBack(
    `{"events":[${good},\n{"a":b},7,"x,]",[1],{"a":1},${good}]}\n${good}`,
  );
  expect(records.map((record) => record['dstport'])).toEqual([22, 22, 22]);
  expect(rejects.map((reject) => reject.line)).toEqual(['7', '"x,]"', '[1]', '{"a":1}']);
  expect(unopened).toMatchObject([{ line: 2, message: expect.stringContaining("can't be read") }]);
});

test.each(['', ',\n{"logStr', ','])('an export that ends early gives what came before (%j)', async (end) => {
  const { records, unopened } = await readBack(`{"events":[${JSON.stringify(eventOf(22))}${end}`);
  expect(records.length).toBe(1);
  expect(unopened).toMatchObject([{ message: expect.stringContaining('ends too early') }]);
});

test('deliveries come while the export is still being read', async () => {
  let written = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"events":[');
    for (;;) yield Buffer.from(`${JSON.stringify(eventOf(written++))},\n`);
  }
  for await (const delivery of openInput(endless(), 'input', { isHeader: () => false })) {
    expect(delivery.kind).toBe('cloudwatch');
    if (written > 30_000) break;
  }
  expect(written).toBeLessThan(50_000);
});
