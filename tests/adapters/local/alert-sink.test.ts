import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { alertStream, openAlertFile } from '../../../shared/adapters/local/alert-sink.ts';
import { describeAlertSink, type TestAlert } from '../../contracts/alert-sink.ts';
import { makeFolder, removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const parseLines = (text: string): TestAlert[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as TestAlert);

describeAlertSink('a file', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'alerts.jsonl');
  const sink = await openAlertFile<TestAlert>(path);
  return {
    port: { sink, published: async () => parseLines(await readFile(path, 'utf8')) },
    close: async () => {
      await sink.close();
      await removeFolder(folder);
    },
  };
});

describeAlertSink('a stream', async () => {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      text += chunk.toString();
      setImmediate(callback);
    },
  });
  return {
    port: { sink: alertStream<TestAlert>(stream), published: async () => parseLines(text) },
    close: async () => {},
  };
});

describe('a file of alerts', () => {
  test('goes on in the file of an earlier run, on a line of its own where that was killed', async () => {
    const path = join(await temporaryFolder(), 'alerts.jsonl');
    await writeFile(path, '{"id":"a"}\n{"id":"b","su');
    const sink = await openAlertFile<TestAlert>(path);
    await sink.publish([{ id: 'b', summary: 'again' }]);
    await sink.close();
    expect(await readFile(path, 'utf8')).toBe('{"id":"a"}\n{"id":"b","su\n{"id":"b","summary":"again"}\n');
  });

  test('two runs may share it', async () => {
    const path = join(await temporaryFolder(), 'alerts.jsonl');
    const sinks = await Promise.all([1, 2].map(() => openAlertFile<TestAlert>(path)));
    const summary = 'x'.repeat(3000);
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => sinks[index % 2]!.publish([{ id: String(index), summary }])),
    );
    await Promise.all(sinks.map((sink) => sink.close()));
    expect(parseLines(await readFile(path, 'utf8'))).toHaveLength(40);
  });

  test('says where it cannot be made', async () => {
    const path = join(await temporaryFolder(), 'missing', 'alerts.jsonl');
    await expect(openAlertFile(path)).rejects.toThrow(/^cannot write alerts to `.*alerts.jsonl`: there is no such/);
  });

  test('says that it is full', async () => {
    const sink = await openAlertFile<TestAlert>('/dev/full');
    await expect(sink.publish([{ id: 'a', summary: '' }])).rejects.toThrow('no space left on the disk');
    await sink.close();
  });
});

describe('a stream of alerts', () => {
  test('rejects where the reader has gone, with the reason', async () => {
    const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const stream = new Writable({ write: (_chunk, _encoding, callback) => callback(gone) });
    stream.on('error', () => {});
    await expect(alertStream(stream).publish([{ id: 'a' }])).rejects.toMatchObject({ code: 'EPIPE', cause: gone });
  });
});
