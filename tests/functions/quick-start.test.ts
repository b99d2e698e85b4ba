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

test('the slow compiler is off for the first call, and on from the second', async () => {
  const program = `${IS_OPTIMISED}
    const work = quickStart(() => isOptimised());
    console.log(JSON.stringify([work(), work()]));`;
  expect(await run(program)).toEqual([false, true]);
});

test('it is on again after the first call, also one that fails', async () => {
  const program = `${IS_OPTIMISED}
    const before = isOptimised();
    const work = quickStart((given) => {
      if (given === 'bad') throw new Error('bad');
      return isOptimised();
    });
    let failed;
    try {
      work('bad');
    } catch ({ message }) {
      failed = message;
    }
    console.log(JSON.stringify([before, failed, isOptimised(), work('good')]));`;
  expect(await run(program)).toEqual([true, 'bad', true, true]);
});
