/** What serverless.yml itself needs to know of sekisho.yml. */
const read = require('./read.cjs');

module.exports = async () => {
  const { serverlessValues } = await import('./serverless-values.ts');
  return serverlessValues(await read());
};
