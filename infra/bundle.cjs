/** How serverless-esbuild bundles the functions. */
module.exports = {
  bundle: true,
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  outputFileExtension: '.js',
  exclude: [],
  plugins: 'infra/esbuild-plugins.cjs',
};
