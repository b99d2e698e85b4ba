/** Makes `sekisho:deployment` the deployment as it is read while packaging. */
const { resolve } = require('node:path');

module.exports = [
  {
    name: 'deployment',
    setup(build) {
      build.onResolve({ filter: /^sekisho:deployment$/ }, () => ({ path: 'deployment', namespace: 'sekisho' }));
      build.onLoad({ filter: /.*/, namespace: 'sekisho' }, async () => {
        const { readDeployment } = await import(resolve(__dirname, 'deployment.ts'));
        return { loader: 'js', contents: `export const deployment = ${JSON.stringify(readDeployment())};` };
      });
    },
  },
];
