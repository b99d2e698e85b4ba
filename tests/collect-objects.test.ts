/** Objects of S3 into the lake: in bounded pieces, each record once in the view, and nothing tried for ever. */
import fc from 'fast-check';
import type { SQSEvent } from 'aws-lambda';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { collectObjects, type CollectOptions } from '../shared/collect-objects.ts';
import type { BucketSource } from '../shared/config/config.ts';
import { encodeObjectMessage, type OpenObject } from '../shared/envelope/object-message.ts';
import { foldWindows } from '../shared/pipeline.ts';
import {
  DEFAULT_HEADER,
  flowLine,
  pipelineOver,
  quarantined,
  rawObjects,
  rowsInView,
  rulesOf,
} from './support/flow-lines.ts';
import { memoryStore } from './support/memory-store.ts';

const RULES = rulesOf(`rules:
  - { id: scan, where: action = REJECT, by: srcaddr, window: 10m, when: distinct(bytes) >= 5 }
  - { id: telnet, where: dstport = 23 }
`);
const FOLDER = 'AWSLogs/210987654321/vpcflowlogs/eu-west-3/2026/11/17/';

const bucket = (more: Partial<BucketSource>): BucketSource => ({
  kind: 'bucket',
  bucket: 'logs',
  prefix: '',
  create: false,
  archive: true,
  layout: 'plain',
  partition: 'daily',
  ...more,
});

/** A bucket: keys and bodies; `breaks` says after how many bytes a connection ends, as often as it has numbers. */
function openBucket(objects: ReadonlyMap<string, Uint8Array>, breaks: number[] = []): OpenObject {
  return async ({ key }) => {
    const bytes = objects.get(key);
    if (bytes === undefined) return { kind: 'gone', message: `\`${key}\` was deleted before it was read` };
    const most = breaks.shift();
    async function* body(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes!.length; at += 64) {
        if (most !== undefined && at >= most) throw new Error('the connection broke');
        yield bytes!.subarray(at, at + 64);
      }
    }
    return { kind: 'opened', version: `version of ${bytes.length}`, body: body() };
  };
}

const message = (key: string, id = key) => ({ id, body: encodeObjectMessage({ bucket: 'logs', key }) });
const textObject = (numbers: readonly number[], dstport?: number): Uint8Array =>
  gzipSync([DEFAULT_HEADER, ...numbers.map((number) => flowLine(number, dstport)), ''].join('\n'));
const numbers = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index);

const collectFrom = (
  objects: ReadonlyMap<string, Uint8Array>,
  store = memoryStore(),
  options: Partial<CollectOptions> = {},
) =>
  collectObjects(
    [...objects.keys()].map((key) => message(key)),
    pipelineOver(store, RULES),
    {
      open: openBucket(objects),
      sources: [],
      ...options,
    },
  );

test('records are archived with owner, region and bucket; rules without memory alert at once, the others by deltas', async () => {
  const store = memoryStore();
  const objects = new Map([
    [`${FOLDER}a.log.gz`, textObject(numbers(0, 5))],
    [`${FOLDER}b.log.gz`, textObject([7], 23)],
  ]);
  const { archived, failed, alerts } = await collectFrom(objects, store);
  expect(failed).toEqual([]);
  expect(archived).toMatchObject({ objects: 1, records: 6, batches: 2 });
  expect(alerts).toBe(1);
  expect(await rowsInView(store)).toHaveLength(6);
  expect((await rowsInView(store))[0]).toMatchObject({
    source_account: '210987654321',
    source_region: 'eu-west-3',
    source: 'logs',
  });
  const folded = await foldWindows(pipelineOver(store, RULES));
  expect(folded.alerts).toMatchObject([{ rule: { id: 'scan' }, records: 6 }]);
});

test('what is archived elsewhere already is seen by rules and not copied; the longest prefix says so', async () => {
  const store = memoryStore();
  const objects = new Map([
    [`parquet/${FOLDER}a.log.gz`, textObject(numbers(0, 5))],
    [`parquet/${FOLDER}b.log.gz`, gzipSync(`${DEFAULT_HEADER}\nbad line\n${flowLine(8, 23)}\n`)],
    [`text/${FOLDER}c.log.gz`, textObject([9])],
  ]);
  const sources = [
    bucket({}),
    bucket({ prefix: 'parquet/', archive: false }),
    bucket({ bucket: 'other', prefix: 'text/', archive: false }),
  ];
  const { archived, alerts } = await collectFrom(objects, store, { sources });
  expect(archived).toMatchObject({ objects: 1, records: 7, quarantined: 1 });
  expect(alerts).toBe(1);
  expect((await rowsInView(store)).map(({ bytes }) => bytes)).toEqual([9]);
  expect(await quarantined(store)).toMatchObject([{ line: 'bad line', source: `s3://logs/parquet/${FOLDER}b.log.gz` }]);
  expect((await foldWindows(pipelineOver(store, RULES))).alerts).toMatchObject([{ rule: { id: 'scan' }, records: 7 }]);
});

test('Parquet and Hive folders are read as text and plain ones', async () => {
  const store = memoryStore();
  const folder = 'AWSLogs/aws-account-id=210987654321/aws-service=vpcflowlogs/aws-region=eu-west-3/year=2026/';
  const columnData = DEFAULT_HEADER.split(' ').map((name, column) => {
    const values = numbers(1, 3).map((number) => flowLine(number).split(' ')[column]!);
    const isLong = /^(packets|bytes|start|end)$/.test(name);
    const isInt = /^(version|srcport|dstport|protocol)$/.test(name);
    const data = isLong ? values.map(BigInt) : isInt ? values.map(Number) : values;
    return { name: name.replaceAll('-', '_'), data };
  });
  const body = new Uint8Array(parquetWriteBuffer({ columnData }));
  const { archived, failed } = await collectFrom(new Map([[`${folder}a.log.parquet`, body]]), store);
  expect(failed).toEqual([]);
  expect(archived).toMatchObject({ records: 3, quarantined: 0 });
  expect((await rowsInView(store))[0]).toMatchObject({ source_account: '210987654321', source_region: 'eu-west-3' });
});

test('what is gone is reported and done, what can not be read fails alone, what is no message too', async () => {
  const store = memoryStore();
  const objects = new Map([['a.log.gz', textObject([1])]]);
  const open: OpenObject = async (object) => {
    if (object.key === 'cold')
      throw new Error('cannot read `s3://logs/cold`: it is archived in Glacier; restore it first');
    return openBucket(objects)(object);
  };
  const messages = [message('deleted'), message('cold'), { id: 'bad', body: '{}' }, message('a.log.gz')];
  const { archived, failed, gone } = await collectObjects(messages, pipelineOver(store, RULES), { open, sources: [] });
  expect(gone).toMatchObject([{ bucket: 'logs', key: 'deleted', message: '`deleted` was deleted before it was read' }]);
  expect(failed).toEqual([
    { id: 'cold', reason: 'cannot read `s3://logs/cold`: it is archived in Glacier; restore it first' },
    { id: 'bad', reason: expect.stringContaining('neither a notification of S3') as unknown },
  ]);
  expect(archived.records).toBe(1);
});

test('folders, empty objects and tests are passed over without being opened', async () => {
  const opened: string[] = [];
  const open: OpenObject = async ({ key }) => {
    opened.push(key);
    return { kind: 'opened', version: 'v', body: (async function* () {})() };
  };
  const messages = [
    message('AWSLogs/'),
    message('AWSLogs/aws-logs-write-test'),
    { id: 'empty', body: encodeObjectMessage({ bucket: 'logs', key: 'empty', size: 0 }) },
    { id: 'test', body: '{"Event":"s3:TestEvent"}' },
    message('unknown-size'),
  ];
  const { archived, failed } = await collectObjects(messages, pipelineOver(memoryStore(), RULES), {
    open,
    sources: [],
  });
  expect(failed).toEqual([]);
  expect(opened).toEqual(['unknown-size']);
  expect(archived).toMatchObject({ batches: 0, objects: 0 });
});

test('what is no flow log is quarantined once, however large, and done', async () => {
  const store = memoryStore();
  const foreign = Array.from({ length: 60_000 }, (_, index) => `INFO something else ${index}`).join('\n');
  const objects = new Map<string, Uint8Array>([
    ['app.log', Buffer.from(foreign)],
    ['picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13])],
    ['few.txt', Buffer.from('hello\nworld\n')],
    ['cut.parquet', Buffer.from('PAR1 and no more')],
    ['ok.log.gz', textObject([1])],
  ]);
  const { archived, failed } = await collectFrom(objects, store);
  expect(failed).toEqual([]);
  expect(archived).toMatchObject({ records: 1, unreadable: 3, quarantined: 5 });
  const lines = await quarantined(store);
  expect(lines).toHaveLength(5);
  const whole = lines.find(({ source }) => source === 's3://logs/app.log');
  expect(whole!['reason']).toContain('none of its first 1000 lines');
  expect(String(whole!['line']).length).toBeLessThan(5000);
});

test('an object of any size is archived in pieces; a batch is never split', async () => {
  const store = memoryStore();
  const objects = new Map([
    [
      'large.log',
      Buffer.from([DEFAULT_HEADER, ...numbers(0, 130_000).map((number) => flowLine(number)), ''].join('\n')),
    ],
  ]);
  const waiting: number[] = [];
  const { archived } = await collectFrom(objects, store, { objectLines: 60_000 });
  expect(archived).toMatchObject({ objects: 3, batches: 3, records: 130_000 });
  for (const rows of (await rawObjects(store)).values()) waiting.push(new Set(rows.map(({ batch }) => batch)).size);
  expect(waiting).toEqual([1, 1, 1]);
});

test('where the lake can not be written all messages fail, also those that were read before', async () => {
  const objects = new Map([
    ['a', textObject([1])],
    ['b', textObject([2])],
  ]);
  let puts = 0;
  const store = memoryStore(undefined, (operation) => {
    if (operation === 'put' && puts++ === 0) throw new Error('S3 is down');
  });
  await expect(collectFrom(objects, store, { objectLines: 1 })).rejects.toThrow('S3 is down');
});

test('any mix of objects, repeated, reordered, broken off, partly failed: each record once in the view', async () => {
  // a header starts a chunk, so that small objects have several
  const contents = fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 5,
  });
  const invocations = fc.array(
    fc.record({
      take: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 6 }),
      breaks: fc.array(fc.nat({ max: 1500 }), { maxLength: 4 }),
      dies: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
      objectLines: fc.integer({ min: 1, max: 40 }),
    }),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(contents, invocations, async (contents, invocations) => {
      let operations = Number.POSITIVE_INFINITY;
      const store = memoryStore(undefined, () => {
        if (operations-- <= 0) throw new Error('killed');
      });
      let number = 0;
      const sizes = new Map<number, number>();
      const objects = new Map(
        contents.map((chunks, index) => {
          const text = chunks.map((size) => {
            const lines = numbers(number, size).map((each) => flowLine(each));
            for (const each of numbers(number, size)) sizes.set(each, size);
            number += size;
            return [DEFAULT_HEADER, ...lines, ''].join('\n');
          });
          return [`${index}`, index % 2 === 0 ? Buffer.from(text.join('')) : gzipSync(text.join(''))];
        }),
      );
      const waiting = new Set(objects.keys());
      const invoke = async (take: readonly string[], breaks: number[], objectLines: number): Promise<void> => {
        const messages = take.flatMap((key, nth) => (objects.has(key) ? [message(key, `${key} ${nth}`)] : []));
        const open = openBucket(objects, breaks);
        const result = await collectObjects(messages, pipelineOver(store, RULES), {
          open,
          sources: [],
          objectLines,
        }).catch(() => undefined);
        operations = Number.POSITIVE_INFINITY;
        if (result === undefined) return;
        const failed = new Set(result.failed.map(({ id }) => id));
        for (const { id } of messages) if (!failed.has(id)) waiting.delete(id.split(' ')[0]!);
      };
      for (const { take, breaks, dies, objectLines } of invocations) {
        operations = dies ?? Number.POSITIVE_INFINITY;
        await invoke(take.map(String), [...breaks], objectLines);
      }
      await invoke([...waiting], [], 50);
      expect([...waiting]).toEqual([]);
      const seen = (await rowsInView(store)).map(({ bytes }) => Number(bytes)).sort((a, b) => a - b);
      expect(seen).toEqual(numbers(0, number));
      for (const rows of (await rawObjects(store)).values()) {
        for (const some of Map.groupBy(rows, ({ batch }) => batch).values()) {
          expect(some).toHaveLength(sizes.get(Number(some[0]!['bytes']))!);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('the samples of events/ name one object in three ways', async () => {
  const store = memoryStore();
  const read = (name: string): string => readFileSync(new URL(`../events/${name}`, import.meta.url), 'utf8');
  const events = ['object-notification', 'object-eventbridge', 'object-backfill', 'object-test'];
  const opened: string[] = [];
  const { failed } = await collectObjects(
    events.flatMap((name) => {
      const { Records } = JSON.parse(read(`sqs/${name}.json`)) as SQSEvent;
      return Records.map(({ messageId, body }) => ({ id: messageId, body }));
    }),
    pipelineOver(store, RULES),
    {
      sources: [],
      open: async ({ key }) => {
        opened.push(key);
        return { kind: 'opened', version: key, body: (async function* () {})() };
      },
    },
  );
  expect(failed).toEqual([]);
  const name = '123456789012_vpcflowlogs_ap-northeast-1_fl-060a1f3b9261384fc_20261117T0130Z_b7d2408c.log.gz';
  expect(opened).toHaveLength(3);
  expect(new Set(opened).size).toBe(1);
  expect(opened[0]).toMatch(new RegExp(`^AWSLogs/aws-account-id=123456789012/.*/${name}$`));
});

test('an object whose records can not be encoded fails alone, and the others are archived', async () => {
  const store = memoryStore();
  const pipeline = pipelineOver(store, RULES);
  const objects = new Map([1, 2, 3].map((n) => [`${FOLDER}${n}.log.gz`, textObject(numbers(n * 100, 10))]));
  const spoilt = `${FOLDER}2.log.gz`;
  const collected = await collectObjects(
    [...objects.keys()].map((key) => message(key)),
    {
      ...pipeline,
      decode: (arrival) => {
        const decoded = pipeline.decode(arrival);
        if (decoded.kind !== 'decoded' || !('place' in arrival) || !arrival.place.includes(spoilt)) return decoded;
        // a column that the encoder misses
        const batches = decoded.delivery.batches.map((batch) => ({ ...batch, initiator: undefined as never }));
        return { ...decoded, delivery: { ...decoded.delivery, batches } };
      },
    },
    { open: openBucket(objects), sources: [] },
  );
  expect(collected.failed).toEqual([{ id: spoilt, reason: expect.stringMatching(/^writing it failed \(/) }]);
  expect(collected.archived).toMatchObject({ records: 20, batches: 2 });
});
