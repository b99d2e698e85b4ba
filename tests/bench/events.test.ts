import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { planEvents } from '../../bench/traffic/events.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'events');

/** A file's text with what is packed in it unpacked: compressors differ between machines, contents do not. */
function unpacked(path: string, body: string | Buffer): string {
  if (path.endsWith('.gz')) return gunzipSync(body).toString();
  const text = body.toString();
  // a queue's message has what is packed inside a text, and its digest
  const queued = /"cloudwatch\\":\\"([^"\\]+)/.exec(text)?.[1];
  if (queued !== undefined) {
    const plain = gunzipSync(Buffer.from(queued, 'base64')).toString();
    return text.replace(queued, plain).replace(/"md5OfBody":"\w+"/, '');
  }
  const data = /^\{"awslogs":\{"data":"([^"]+)"\}\}\n$/.exec(text)?.[1];
  return data === undefined ? text : gunzipSync(Buffer.from(data, 'base64')).toString();
}

test('events/ holds what scripts/write-events.ts writes, and nothing else', () => {
  const planned = planEvents();
  const found = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length + 1));
  expect(found.sort()).toEqual(planned.map(({ path }) => path).sort());
  const differing = planned.filter(
    ({ path, body }) => unpacked(path, body) !== unpacked(path, readFileSync(join(FOLDER, path))),
  );
  expect(differing.map(({ path }) => path)).toEqual([]);
});

test('the hour stays small enough to ship', () => {
  const hour = planEvents().filter(({ path }) => path.startsWith('hour/'));
  expect(hour).toHaveLength(144);
  expect(hour.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(1_500_000);
});
