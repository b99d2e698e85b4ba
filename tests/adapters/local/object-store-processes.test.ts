/** Several processes on one folder, some of them killed: nothing is lost, nothing has to be mended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openFolderStore } from '../../../shared/adapters/local/object-store.ts';
import { increment } from '../../support/increment.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../../support/increment.ts', import.meta.url));

const startIncrements = (folder: string, times: number): ChildProcess =>
  spawn(process.execPath, [program, folder, 'windows/counter', String(times)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** The numbers a process said it wrote, when it has ended. */
async function numbersOf(child: ChildProcess): Promise<number[]> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child, 'close');
  return output.split('\n').filter(Boolean).map(Number);
}

const counter = async (folder: string): Promise<number> =>
  Number(Buffer.from((await openFolderStore(folder).get('windows/counter'))!.body).toString());

test('two processes that count in one object count every step once', async () => {
  const folder = await temporaryFolder();
  const numbers = await Promise.all([1, 2].map(() => numbersOf(startIncrements(folder, 100))));
  const expected = Array.from({ length: 200 }, (_, index) => index + 1);
  expect(numbers.flat().sort((a, b) => a - b)).toEqual(expected);
  expect(await counter(folder)).toBe(200);
});

test('processes killed while they write leave the object whole and writable', async () => {
  const folder = await temporaryFolder();
  let told = 0;
  for (const milliseconds of [3, 11, 27]) {
    const child = startIncrements(folder, 1_000_000);
    const numbers = numbersOf(child);
    await once(child.stdout!, 'data');
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    child.kill('SIGKILL');
    told += (await numbers).length;
  }
  const before = await counter(folder);
  expect(told).toBeGreaterThan(0);
  expect(before).toBeGreaterThanOrEqual(told);
  expect(await increment(openFolderStore(folder), 'windows/counter')).toBe(before + 1);
});
