/** What can't be read becomes a reject: with its reason, its place and its line, also where nothing of it can be kept. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Reject } from '../../shared/flow/columns.ts';
import { decodeDelivery } from '../../shared/flow/decode.ts';
import { decodeOptions, open } from '../support/decode.ts';

const LINE =
  '2 123456789012 eni-0123456789abcdef0 203.0.113.7 10.0.0.1 40000 22 6 1 40 1763341200 1763341260 REJECT OK';

async function rejectsOf(content: string | Uint8Array, step?: number): Promise<readonly Reject[]> {
  const items = await open(content, step);
  return items.flatMap((item) => {
    const result = decodeDelivery(item, decodeOptions());
    return result.kind === 'control' ? [] : result.delivery.rejects;
  });
}

test.each([
  ['a binary file', Buffer.from([1, 0, 2, 0]), /neither flow-log text/],
  ['broken Parquet', Buffer.from('PAR1 and nothing more'), /can't be read as Parquet/],
  ['gzip of which nothing is left', gzipSync(LINE).subarray(0, 12), /ends too early/],
])('%s is a reject though nothing of it is kept', async (_, content, reason) => {
  expect(await rejectsOf(content)).toEqual([
    { line: '', reason: expect.stringMatching(reason), source: 'input', number: 1 },
  ]);
});

test("a reject of Firehose's JSON has its document's line, pretty-printed or not", async () => {
  const wrapped = [LINE, 'bogus', LINE, 'bogus too'].map((message) => ({ message }));
  const pretty = wrapped.map((each) => JSON.stringify(each, null, 2)).join('\n');
  expect(await rejectsOf(pretty)).toMatchObject([{ number: 4 }, { number: 10 }]);
  const oneALine = wrapped.map((each) => JSON.stringify(each)).join('\n');
  expect(await rejectsOf(`\n${oneALine}`)).toMatchObject([{ number: 3 }, { number: 5 }]);
});

test("Firehose's JSON is cut every 50,000 lines", async () => {
  const document = JSON.stringify({ message: LINE });
  const chunks = await open(`${`${document}\n`.repeat(100_000)}{"message":"last"}`);
  expect(chunks).toMatchObject([{ firstLine: 1 }, { firstLine: 50_001 }, { firstLine: 100_001 }]);
});

test('a reject has the line on which it starts', async () => {
  expect(await rejectsOf(`{"message":"${LINE}"}\n\n{"a":\n1}\nno JSON\n{"b":`)).toMatchObject([
    { line: '{"a":\n1}', number: 3 },
    { line: 'no JSON', number: 5 },
    { line: '{"b":', number: 6 },
  ]);
  expect(await rejectsOf(`${LINE}\n${'x'.repeat(3_000_000)}`)).toMatchObject([{ number: 2 }]);
});
