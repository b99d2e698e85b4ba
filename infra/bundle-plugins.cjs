/** What bundles the functions beside esbuild itself; serverless-esbuild asks for it by the name in infra/bundle.cjs. */
const esbuild = require('esbuild');
const lateParts = require('./late-parts.cjs');

/** Parts are bundled as the functions are: with the same options, less what is serverless-esbuild's own. */
module.exports = ({ service }) => {
  const { exclude: _exclude, plugins: _plugins, ...options } = service.custom.esbuild;
  return [lateParts(esbuild, options, true)];
};
