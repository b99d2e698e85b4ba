/** What serverless.yml itself needs to know of sekisho.yml. */
const read = require('./read.cjs');

/** serverless.yml asks for many values; what is said of them is said once. */
let known;

module.exports = ({ options }) => (known ??= valuesOf(options));

async function valuesOf(options) {
  const { serverlessValues } = await import('./serverless-values.ts');
  const call = { command: process.argv[2], options, warn: console.warn };
  return read.told(async () => serverlessValues(await read(), call));
}
