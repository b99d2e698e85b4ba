/** What others read from the lake's objects is what `sekisho parse` prints for the same input. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOG_GROUP_FORMATS } from '../../bench/traffic/samples.ts';
import { formatString, V2, V5 } from '../../bench/traffic/line.ts';
import {
  hasPyarrow,
  readWithDuckdb,
  readWithHyparquet,
  readWithPyarrow,
  type Row,
} from '../support/parquet-readers.ts';
import { AS_OF, EVENTS, jsonLines, sekisho } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

/** The formats of the sample events' log groups. */
const CONFIG = `sources:
${[...LOG_GROUP_FORMATS]
  .map(([group, formats]) => {
    const texts = formats.map((format) => `      - '${format === V2 ? 'default' : formatString(format)}'`);
    return `  - log_group: ${group}\n    format:\n${texts.join('\n')}\n`;
  })
  .join('')}`;

const IPV6 = `${V5}
5 123456789012 eni-0123456789abcdef0 2001:db8::1 2001:db8:0:0:0:0:0:2 49152 443 6 9007199254740991 18014398509 1794879005 1794879026 ACCEPT OK vpc-1 subnet-1 i-1 3 IPv6 2001:db8::1 2001:db8::2 ap-northeast-1 apne1-az1 - - AMAZON - egress 8
5 123456789012 eni-0123456789abcdef0 - - - - - - - 1794879005 1794879026 - NODATA vpc-1 subnet-1 - - - - - - - - - - - - -
5 unknown eni-0123456789abcdef0 fe80::1 ::ffff:192.0.2.1 0 65535 255 1 0 1794879005 1794879026 REJECT OK - - - - EFA - - - - outpost - S3 関所 ingress -
`;

const INPUTS: readonly (readonly [name: string, input: string, records: number])[] = [
  ['v2', 'cloudwatch-logs/data-v2.json', 40],
  ['v5', 'cloudwatch-logs/data-v5.json', 21],
  ['a custom order', 'cloudwatch-logs/data-custom.json', 24],
  ['two formats in one log group', 'cloudwatch-logs/interleaved-formats.json', 24],
  ['NODATA and SKIPDATA', 'cloudwatch-logs/gaps.json', 3],
  ['IPv6, large numbers and other letters', 'ipv6.log', 3],
  ['transit gateway records', 'cloudwatch-logs/transit-gateway.json', 12],
  ['the whole hour', 'hour', 21_867],
];

const READERS = [
  { name: 'hyparquet', read: readWithHyparquet, here: true },
  { name: 'DuckDB', read: readWithDuckdb, here: true },
  { name: 'pyarrow', read: readWithPyarrow, here: hasPyarrow },
];

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  writeFileSync(join(folder, 'sekisho.yml'), CONFIG);
  writeFileSync(join(folder, 'ipv6.log'), IPV6);
});
afterAll(() => removeFolder(folder));

/** An input's records as `parse` prints them, and the bodies of the lake's objects. */
interface Ingested {
  readonly parsed: readonly Row[];
  readonly objects: readonly Buffer[];
}

const known = new Map<string, Promise<Ingested>>();

/** Parses and ingests an input, once for all readers. */
function ingested(input: string): Promise<Ingested> {
  const made = known.get(input) ?? ingest(input);
  known.set(input, made);
  return made;
}

async function ingest(input: string): Promise<Ingested> {
  const path = input === 'ipv6.log' ? input : join(EVENTS, input);
  const lake = join(folder, 'lakes', input);
  const [parsed, written] = await Promise.all([
    sekisho(['parse', path, ...AS_OF], { cwd: folder }),
    sekisho(['ingest', path, '--lake', lake, ...AS_OF], { cwd: folder }),
  ]);
  expect(parsed).toMatchObject({ code: 0, stderr: '' });
  expect(written).toMatchObject({ code: 0, stderr: '' });
  const files = readdirSync(lake, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.parquet'));
  return { parsed: jsonLines(parsed.stdout), objects: files.map((file) => readFileSync(join(lake, file))) };
}

/** Rows without what is null, as sorted lines: parse leaves out the fields that a format lacks, Parquet has them as null. */
function comparable(rows: readonly Row[], names: ReadonlySet<string>): string[] {
  const lines = rows.map((row) => {
    const values = Object.entries(row).filter(([name, value]) => value !== null && names.has(name));
    return JSON.stringify(values.sort(([one], [other]) => (one < other ? -1 : 1)));
  });
  return lines.sort();
}

describe.for(READERS)('$name (skipped where it is missing)', ({ read, here }) => {
  test.skipIf(!here).for(INPUTS)('reads %s as parse prints it', async ([, input, count]) => {
    const { parsed, objects } = await ingested(input);
    expect(parsed).toHaveLength(count);
    const rows = (await Promise.all(objects.map(read))).flat();
    const names = new Set(parsed.flatMap((row) => Object.keys(row)));
    expect(comparable(rows, names)).toEqual(comparable(parsed, names));
  });
});
