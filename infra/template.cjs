/** The resources around the functions. */
const read = require('./read.cjs');

module.exports = async () => {
  const { templateOf } = await import('./template.ts');
  return templateOf(await read());
};
