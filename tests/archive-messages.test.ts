/** The queue's messages into the lake: each record once in the view, whatever fails, repeats or comes out of order. */
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { archiveMessages } from '../shared/archive-messages.ts';
import { encodeBatchMessage } from '../shared/envelope/batch-message.ts';
import { parkBatch } from '../shared/envelope/parked.ts';
import { openPacked } from '../shared/envelope/subscription.ts';
import { detect } from '../shared/pipeline.ts';
import { subscriptionMessage } from './support/decode.ts';
import {
  flowLine,
  packedDelivery,
  pipelineOver,
  quarantined,
  rawObjects,
  rowsInView,
  rulesOf,
} from './support/flow-lines.ts';
import { memoryStore } from './support/memory-store.ts';

const RULES = rulesOf(`rules:
  - { id: scan, where: action = REJECT, by: srcaddr, window: 10m, when: distinct(bytes) >= 1000 }
  - { id: telnet, where: dstport = 23 }
`);
const DAY = new Date('2026-11-17T01:00:00Z');

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const message = (id: string, packed: string) => ({ id, body: encodeBatchMessage({ kind: 'packed', packed }) });

test('what is broken fails alone, and the others are archived', async () => {
  const [store, transit] = [memoryStore(), memoryStore()];
  const key = await parkBatch(transit, packedDelivery([3, 4]), DAY);
  const { archived, failed } = await archiveMessages(
    [
      message('whole', packedDelivery([1, 2])),
      { id: 'no-json', body: '{' },
      { id: 'parked', body: encodeBatchMessage({ kind: 'parked', key }) },
      { id: 'gone', body: encodeBatchMessage({ kind: 'parked', key: 'parked/2026-11-01/00' }) },
      message('again', packedDelivery([1, 2])),
    ],
    pipelineOver(store, RULES),
    transit,
  );
  expect(failed).toEqual([
    { id: 'no-json', reason: 'the message is not JSON' },
    { id: 'gone', reason: 'the parked batch `parked/2026-11-01/00` is gone' },
  ]);
  expect(archived).toMatchObject({ objects: 1, batches: 2, records: 4, skipdata: 0, quarantined: 0, unreadable: 0 });
  expect((await rowsInView(store)).map(({ bytes }) => bytes)).toEqual([1, 2, 3, 4]);
  expect((await rowsInView(store))[0]).toMatchObject({
    source_account: '123456789012',
    source_region: 'us-east-1',
    source: 'flow-logs',
  });
});

test('a mistake of the decoder keeps one message from the lake, not all', async () => {
  const store = memoryStore();
  const pipeline = pipelineOver(store, RULES);
  const poison = packedDelivery([2]);
  const { archived, failed } = await archiveMessages(
    [message('a', packedDelivery([1])), message('poison', poison), message('b', packedDelivery([3]))],
    {
      ...pipeline,
      decode: (arrival) => {
        if (arrival.kind === 'cloudwatch' && arrival.packed === poison) throw new TypeError('x is undefined');
        return pipeline.decode(arrival);
      },
    },
    memoryStore(),
  );
  expect(failed).toEqual([{ id: 'poison', reason: 'reading it failed (x is undefined)' }]);
  expect(archived.records).toBe(2);
});

test('a batch that spoils the object of all is found, and the others are archived', async () => {
  const store = memoryStore();
  const pipeline = pipelineOver(store, RULES);
  const spoilt = new Set([packedDelivery([400]), packedDelivery([700])]);
  const messages = numbers(11).map((index) => message(`${index}`, packedDelivery([index * 100])));
  const { archived, failed } = await archiveMessages(
    messages,
    {
      ...pipeline,
      decode: (arrival) => {
        const decoded = pipeline.decode(arrival);
        if (decoded.kind !== 'decoded' || arrival.kind !== 'cloudwatch' || !spoilt.has(arrival.packed!)) return decoded;
        // a column that the encoder misses
        const batches = decoded.delivery.batches.map((batch) => ({ ...batch, initiator: undefined as never }));
        return { ...decoded, delivery: { ...decoded.delivery, batches } };
      },
    },
    memoryStore(),
  );
  expect(failed.map(({ id }) => id)).toEqual(['4', '7']);
  expect(failed[0]!.reason).toMatch(/^writing it failed \(/);
  expect(archived.records).toBe(9);
  const bytes = (await rowsInView(store)).map((row) => Number(row['bytes'])).sort((a, b) => a - b);
  expect(bytes).toEqual([0, 100, 200, 300, 500, 600, 800, 900, 1000]);
});

test('malformed deliveries are quarantined and counted, and done; unfitting lines are rejects of their batch', async () => {
  const store = memoryStore();
  const whole = packedDelivery([1]);
  const bodies = [
    whole.slice(0, whole.length / 2),
    'no base64!',
    gzipSync('no JSON').toString('base64'),
    gzipSync('{"messageType":"SOMETHING"}').toString('base64'),
    gzipSync('{"messageType":"CONTROL_MESSAGE","logEvents":[]}').toString('base64'),
    packedDelivery([7], [flowLine(7), 'a line of another format', flowLine(8).replace('OK', 'SKIPDATA')]),
  ];
  const { archived, failed } = await archiveMessages(
    bodies.map((packed, index) => message(`${index}`, packed)),
    pipelineOver(store, RULES),
    memoryStore(),
  );
  expect(failed).toEqual([]);
  expect(archived).toMatchObject({ records: 2, skipdata: 1, quarantined: 5, unreadable: 4, batches: 5 });
  const lines = await quarantined(store);
  expect(lines).toHaveLength(5);
  expect(lines.map(({ line }) => line)).toContain('a line of another format');
  expect(lines.find(({ line }) => line === 'a line of another format')).toMatchObject({
    source: 'flow-logs eni-0123456789abcdef0-all',
    number: 2,
  });
  expect(lines.map(({ line }) => line)).toContain(whole.slice(0, whole.length / 2));
});

test('records are written before what could not be read, and both before what counts towards windows', async () => {
  const written: string[] = [];
  const store = memoryStore(undefined, (operation, key) => void written.push(`${operation} ${key.split('/')[0]}`));
  const lines = [...Array.from({ length: 5 }, (_, index) => flowLine(index)), 'no record'];
  await archiveMessages([message('a', packedDelivery([0], lines))], pipelineOver(store, RULES), memoryStore());
  expect(written).toEqual(['put flows', 'put quarantine', 'put windows']);
});

test('a store that fails fails all messages', async () => {
  const down = memoryStore(undefined, (operation) => {
    if (operation === 'put') throw new Error('S3 is down');
  });
  const messages = [message('a', packedDelivery([1]))];
  await expect(archiveMessages(messages, pipelineOver(down, RULES), memoryStore())).rejects.toThrow('S3 is down');
  const parked = { id: 'p', body: encodeBatchMessage({ kind: 'parked', key: 'parked/2026-11-17/0' }) };
  const noTransit = memoryStore(undefined, () => {
    throw new Error('transit is down');
  });
  await expect(archiveMessages([parked], pipelineOver(memoryStore(), RULES), noTransit)).rejects.toThrow('transit');
});

test('a test of the subscription goes no further; a malformed delivery goes the way of all', async () => {
  const pipeline = pipelineOver(memoryStore(), RULES);
  const control = openPacked(
    gzipSync('{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logEvents":[]}').toString(
      'base64',
    ),
  );
  expect(await detect(control, pipeline)).toMatchObject({ decoded: { kind: 'control' }, alerts: [] });
  expect(await pipeline.queue.receive(10)).toEqual([]);
  const broken = openPacked('broken');
  expect(await detect(broken, pipeline)).toMatchObject({ decoded: { kind: 'malformed' }, alerts: [] });
  expect((await pipeline.queue.receive(10)).map((each) => each.message)).toEqual([broken]);
});

test('a batch is in the queue before an alert exists', async () => {
  const order: string[] = [];
  const store = memoryStore(undefined, (operation, key) => void order.push(`${operation} ${key.split('/')[0]}`));
  const pipeline = pipelineOver(store, RULES);
  const queue = { ...pipeline.queue, send: async () => void order.push('send') };
  const { alerts } = await detect(openPacked(packedDelivery([1], [flowLine(1, 23)])), { ...pipeline, queue });
  expect(alerts).toHaveLength(1);
  expect(order[0]).toBe('send');
  expect(order).toContain('putIfAbsent alerts');
});

/** Which messages an invocation gets, and before which operation of the store it dies, if it does. */
const invocations = fc.array(
  fc.record({
    take: fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 1, maxLength: 10 }),
    twice: fc.boolean(),
    dies: fc.option(fc.nat({ max: 6 }), { nil: undefined }),
  }),
  { maxLength: 8 },
);
const kinds = fc.array(fc.constantFrom('packed', 'parked', 'large', 'broken', 'unreadable'), {
  minLength: 1,
  maxLength: 10,
});

test('any mix of messages, repeated, reordered, partly failed: each record once in the view, no batch split', async () => {
  await fc.assert(
    fc.asyncProperty(kinds, invocations, async (kinds, invocations) => {
      let operations = Number.POSITIVE_INFINITY;
      const store = memoryStore(undefined, () => {
        if (operations-- <= 0) throw new Error('killed');
      });
      const transit = memoryStore();
      const sizes = kinds.map((kind) => (kind === 'large' ? 40 : 3));
      const numbers = kinds.map((_, index) => Array.from({ length: sizes[index]! }, (_, nth) => index * 100 + nth));
      const messages = await Promise.all(
        kinds.map(async (kind, index) => {
          const id = `${index}`;
          const packed = packedDelivery(numbers[index]!);
          if (kind === 'broken') return { id, body: `{"broken":${index}` };
          if (kind === 'unreadable') return message(id, packed.slice(0, 60 + index));
          if (kind !== 'parked') return message(id, packed);
          return { id, body: encodeBatchMessage({ kind: 'parked', key: await parkBatch(transit, packed, DAY) }) };
        }),
      );
      const waiting = new Set(messages.keys());
      const invoke = async (take: readonly number[], dies: number | undefined): Promise<void> => {
        operations = dies ?? Number.POSITIVE_INFINITY;
        const taken = take.flatMap((index) => messages[index] ?? []);
        const result = await archiveMessages(taken, pipelineOver(store, RULES), transit).catch(() => undefined);
        operations = Number.POSITIVE_INFINITY;
        if (result === undefined) return;
        const failed = new Set(result.failed.map(({ id }) => id));
        for (const { id } of taken) if (!failed.has(id)) waiting.delete(Number(id));
      };
      for (const { take, twice, dies } of invocations) await invoke(twice ? [...take, ...take] : take, dies);
      await invoke([...waiting], undefined);

      const isBroken = (index: number): boolean => kinds[index] === 'broken';
      expect([...waiting].every(isBroken)).toBe(true);
      const expected = kinds.flatMap((kind, index) =>
        kind === 'broken' || kind === 'unreadable' ? [] : numbers[index]!,
      );
      const bytes = (await rowsInView(store)).map((row) => Number(row['bytes']));
      expect(bytes.sort((a, b) => a - b)).toEqual(expected);
      // a batch that an object holds, it holds whole and once
      for (const rows of (await rawObjects(store)).values()) {
        const counts = Map.groupBy(rows, ({ batch }) => batch);
        for (const some of counts.values()) {
          expect(some).toHaveLength(sizes[Math.floor(Number(some[0]!['bytes']) / 100)]!);
        }
      }
      const unreadable = kinds.filter((kind) => kind === 'unreadable').length;
      expect(new Set((await quarantined(store)).map(({ batch }) => batch)).size).toBe(unreadable);
    }),
    { numRuns: 60 },
  );
});

test('a thousand messages make one object', async () => {
  const store = memoryStore();
  const lines = Array.from({ length: 200 }, (_, index) => flowLine(index));
  const messages = Array.from({ length: 1000 }, (_, index) =>
    message(`${index}`, gzipSync(subscriptionMessage(lines, { firstId: index * 1000 })).toString('base64')),
  );
  const { archived, failed } = await archiveMessages(messages, pipelineOver(store, RULES), memoryStore());
  expect(failed).toEqual([]);
  expect(archived).toMatchObject({ objects: 1, batches: 1000, records: 200_000 });
});
