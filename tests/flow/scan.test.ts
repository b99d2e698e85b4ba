/** The scanner and the reference parser are two ways to one result: on every line, and on every payload. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordAt } from '../../shared/flow/columns.ts';
import { decodeDelivery, type DecodeOptions } from '../../shared/flow/decode.ts';
import { FIELDS } from '../../shared/flow/fields.ts';
import { DEFAULT_FORMAT, type Format } from '../../shared/flow/format.ts';
import { parseLine } from '../../shared/flow/parse.ts';
import { decoded, decodeOptions, formatOf, subscriptionMessage } from '../support/decode.ts';

const vpcFields = FIELDS.filter((field) => field.tables.includes('vpc')).map((field) => field.name);

const format = fc.oneof(
  fc.constant(DEFAULT_FORMAT),
  fc
    .uniqueArray(fc.constantFrom(...vpcFields), { minLength: 1, maxLength: 12 })
    .map((names) => formatOf(names.join(' '))),
);

const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('-', '0', '6', '22', '443', 'ACCEPT', 'REJECT', 'OK', 'NODATA', '10.0.0.1', 'ingress'),
  },
  { weight: 3, arbitrary: fc.integer({ min: 1_400_000_000, max: 1_790_000_000 }).map(String) },
  { weight: 2, arbitrary: fc.ipV4() },
  { weight: 2, arbitrary: fc.ipV6() },
  { weight: 1, arbitrary: fc.bigInt({ min: -1n, max: 2n ** 70n }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '00',
      '01',
      '-1',
      '--',
      '1.2.3',
      '1.2.3.256',
      '1.2.3.04',
      '"',
      '\\',
      '\t',
      '\r',
      'é',
      '日本',
      '::1%eth0',
      '{}',
      '1789000000123',
    ),
  },
);

/** A line that often fits the format, and often just misses it. */
const lineOf = (of: Format): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...of.fields.map((field) =>
        field.type === 'address'
          ? fc.oneof({ weight: 9, arbitrary: fc.oneof(fc.ipV4(), fc.ipV6()) }, { weight: 1, arbitrary: value })
          : field.type === 'string'
            ? fc.oneof(
                { weight: 9, arbitrary: fc.constantFrom(...(field.values ?? ['a', 'eni-1', 'x%20y'])) },
                { weight: 1, arbitrary: value },
              )
            : field.name === 'start' || field.name === 'end'
              ? fc.oneof(
                  { weight: 9, arbitrary: fc.integer({ min: 1_400_000_000, max: 1_790_000_000 }).map(String) },
                  { weight: 1, arbitrary: value },
                )
              : fc.oneof(
                  { weight: 9, arbitrary: fc.integer({ min: 0, max: 255 }).map(String) },
                  { weight: 1, arbitrary: value },
                ),
      ),
    )
    .chain((values) => fc.constantFrom(' ', ' ', ' ', ' ', '  ').map((space) => values.join(space)));

const lines = format.chain((of) => fc.tuple(fc.constant(of), fc.array(lineOf(of), { minLength: 1, maxLength: 20 })));

const TIMESTAMP = 1_763_341_200_000;

/** What the reference parser alone makes of the lines: the values of those it takes. */
function expectedRecords(of: Format, all: readonly string[], options: DecodeOptions): (string | number | null)[][] {
  return all.flatMap((line) => {
    const parsed = parseLine(of, line);
    if (parsed.kind === 'unreadable') return [];
    const at = (name: string) => parsed.values[of.fields.findIndex((field) => field.name === name)] ?? null;
    const time = Number(at('start') ?? at('end') ?? TIMESTAMP / 1000);
    const within = (seconds: number, latest: number): boolean => seconds >= 1_388_534_400 && seconds <= latest;
    const latest = options.arrival + 86_400;
    return within(time, latest) && within(Number(at('end') ?? time), latest + 3600) ? [[...parsed.values]] : [];
  });
}

function read(json: string, options: DecodeOptions) {
  const delivery = decoded(decodeDelivery({ kind: 'cloudwatch', json: Buffer.from(json), place: 'fuzz' }, options));
  const records = delivery.batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, row) => Object.values(recordAt(batch, row))),
  );
  return {
    id: delivery.id,
    records,
    rejects: delivery.rejects,
    times: delivery.batches.flatMap((batch) => [...batch.time]),
  };
}

test('any payload is read as the reference parser reads its lines, and nothing is lost', () => {
  fc.assert(
    fc.property(lines, ([of, all]) => {
      const options = decodeOptions(of);
      const { records, rejects } = read(subscriptionMessage(all), options);
      expect(records).toEqual(expectedRecords(of, all, options));
      expect(records.length + rejects.length).toBe(all.length);
      expect(rejects.every((reject) => all[reject.number - 1]!.replace(/\r$/, '') === reject.line)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('a payload in any other JSON shape gives the same records and the same identity', () => {
  fc.assert(
    fc.property(lines, fc.constantFrom('pretty', 'reordered', 'escaped', 'extracted'), ([of, all], shape) => {
      const options = decodeOptions(of);
      const plain = subscriptionMessage(all);
      const message = JSON.parse(plain) as { logEvents: { id: string; message: string }[] };
      const other =
        shape === 'pretty'
          ? JSON.stringify(message, null, 2)
          : shape === 'reordered'
            ? JSON.stringify(Object.fromEntries(Object.entries(message).reverse()))
            : shape === 'escaped'
              ? plain.replaceAll('-', '\\u002d')
              : JSON.stringify({
                  ...message,
                  logEvents: message.logEvents.map((event) => ({ ...event, extractedFields: { a: '}"' } })),
                });
      expect(read(other, options)).toEqual(read(plain, options));
    }),
    { numRuns: 300 },
  );
});

test('text gives the same records as a subscription', () => {
  fc.assert(
    fc.property(lines, ([of, all]) => {
      const options = decodeOptions(of);
      const single = all
        .map((line) => line.replaceAll('\r', ' ').trim())
        .filter((line) => line !== '' && !line.includes('\n'));
      const text = {
        kind: 'text' as const,
        lines: Buffer.from(single.join('\n')),
        header: undefined,
        firstLine: 1,
        place: 'fuzz',
      };
      const delivery = decoded(decodeDelivery(text, options));
      const records = delivery.batches.flatMap((batch) =>
        Array.from({ length: batch.length }, (_, row) => Object.values(recordAt(batch, row))),
      );
      const timed = of.fields.some((field) => field.name === 'start' || field.name === 'end');
      const withTime = expectedRecords(of, single, options).filter(
        (values) =>
          timed && of.fields.some((field, i) => (field.name === 'start' || field.name === 'end') && values[i] !== null),
      );
      expect(records).toEqual(withTime);
      expect(records.length + delivery.rejects.length).toBe(single.length);
    }),
    { numRuns: 300 },
  );
});

test('batches of many distinct texts keep them apart', () => {
  const all = Array.from(
    { length: 20_000 },
    (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255} 1763341200 tag-${i}`,
  );
  const { records, rejects } = read(subscriptionMessage(all), decodeOptions(formatOf('srcaddr start instance-tag')));
  expect(rejects).toEqual([]);
  expect(records.map((values) => values.join(' '))).toEqual(all);
});
