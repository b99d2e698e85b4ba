import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('../../functions/quick-start.ts', import.meta.url));

/** Runs a program in a process of its own, whose flags it may change; what it prints. */
async function run(program: string): Promise<unknown> {
  const flags = [
    '--allow-natives-syntax',
    '--input-type=module',
    '--eval',
    `import { quickStart } from '${MODULE}';${program}`,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  return JSON.parse(stdout);
}

/** Whether a function that is called often has been optimised by the compiler in question. */
const IS_OPTIMISED = `
  const isOptimised = () => {
    const add = new Function('a', 'b', 'return a + b');
    %PrepareFunctionForOptimization(add);
    add(1, 2);
    %OptimizeFunctionOnNextCall(add);
    add(1, 2);
    // see V8's runtime.h: bit 6 is the slow compiler
    return (%GetOptimizationStatus(add) & 64) !== 0;
  };`;

test('the slow compiler is off for the first event, and on from the second', async () => {
  const program = `${IS_OPTIMISED}
    const handler = quickStart(async () => isOptimised());
    console.log(JSON.stringify([await handler(), await handler()]));`;
  expect(await run(program)).toEqual([false, true]);
});

test('a first event that fails is the first one too', async () => {
  const program = `${IS_OPTIMISED}
    const handler = quickStart(async (event) => {
      if (event === 'bad') throw new Error('bad');
      return isOptimised();
    });
    const first = await handler('bad').catch(({ message }) => message);
    console.log(JSON.stringify([first, await handler('good')]));`;
  expect(await run(program)).toEqual(['bad', true]);
});
