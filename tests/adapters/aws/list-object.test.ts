/** Lists in S3, read by the program with credentials from its environment. */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fetchListObject } from '../../../shared/adapters/aws/list-object.ts';
import { hasEmulator, startEmulator, type Emulator } from '../../support/aws-emulator.ts';
import { sekisho } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const BUCKET = 'threat-lists';

describe.skipIf(!hasEmulator)('a list in S3', () => {
  let emulator: Emulator;
  let client: S3Client;
  const put = (key: string, body: string | Uint8Array) =>
    client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
  beforeAll(async () => {
    emulator = await startEmulator();
    for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
    client = new S3Client();
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  });
  afterAll(async () => {
    client.destroy();
    vi.unstubAllEnvs();
    await emulator.stop();
  });

  test('is read once a version, and says what is wrong with its place', async () => {
    await put('a.txt', '192.0.2.1');
    const first = await fetchListObject(BUCKET, 'a.txt', undefined);
    if (first.kind !== 'bytes') throw new Error(JSON.stringify(first));
    expect(new TextDecoder().decode(first.bytes)).toBe('192.0.2.1');
    expect(await fetchListObject(BUCKET, 'a.txt', first.version)).toEqual({ kind: 'unchanged' });
    await put('a.txt', '192.0.2.2');
    expect(await fetchListObject(BUCKET, 'a.txt', first.version)).toMatchObject({ kind: 'bytes' });
    const missing = 'cannot read `s3://threat-lists/b.txt`: there is no such object; check the key';
    expect(await fetchListObject(BUCKET, 'b.txt', undefined)).toEqual({ kind: 'failed', message: missing });
    const nowhere = 'cannot read `s3://no-such-bucket/b.txt`: there is no such bucket; check its name and the account';
    expect(await fetchListObject('no-such-bucket', 'b.txt', undefined)).toEqual({ kind: 'failed', message: nowhere });
  });

  test('serves rules of the program', async () => {
    const folder = await temporaryFolder();
    await put('feed/bad.csv.gz', gzipSync('ip,seen\n192.0.2.1,today\nbad,today\n192.0.2.2,today\n'));
    const list = `{ object: "s3://${BUCKET}/feed/bad.csv.gz", column: ip }`;
    const rules = `lists:\n  bad: ${list}\nrules:\n  - id: a\n    where: srcaddr in @bad\n`;
    writeFileSync(join(folder, 'rules.yml'), rules);
    const { env } = emulator;
    const { code, stdout } = await sekisho(['rules', 'check', 'rules.yml', '--json'], { cwd: folder, env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ code: 'W401', file: `s3://${BUCKET}/feed/bad.csv.gz`, line: 3 }]);
  });

  test('can not be read without credentials, and the message says what to do', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'sekisho.yml'), `lists:\n  bad: s3://${BUCKET}/a.txt\n`);
    writeFileSync(join(folder, 'rules.yml'), 'rules:\n  - id: a\n    where: srcaddr in @bad\n');
    const env = { AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true', HOME: folder };
    const { code, stderr } = await sekisho(['rules', 'check', 'rules.yml'], { cwd: folder, env });
    expect(code).toBe(2);
    expect(stderr).toContain(`cannot read \`s3://${BUCKET}/a.txt\`: there are no AWS credentials; set \`AWS_PROFILE\``);
  });
});
