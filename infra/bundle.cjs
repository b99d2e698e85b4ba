/** How the functions are bundled: with the deployment inside. */
const path = require('node:path');
const read = require('./read.cjs');

module.exports = async () => {
  const { packDeployment } = await import('./deployment.ts');
  // a text twice over: JSON that the program parses
  const deployment = JSON.stringify(JSON.stringify(packDeployment(await read())));
  return {
    bundle: true,
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // Node's loader of modules takes longer to start than what is to be loaded: `require` does it
    supported: { 'dynamic-import': false },
    // functions find their credentials in one place
    alias: { '@aws-sdk/credential-provider-node': path.join(__dirname, 'lambda-credentials.ts') },
    exclude: [],
    // by name: osls takes no functions from files
    plugins: 'infra/bundle-plugins.cjs',
    define: { SEKISHO_DEPLOYMENT: deployment },
  };
};
