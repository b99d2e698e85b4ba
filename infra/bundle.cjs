/** How serverless-esbuild bundles the functions: with the deployment inside. */
module.exports = async () => {
  const { readDeployment } = await import('./deployment.ts');
  return {
    bundle: true,
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    exclude: [],
    define: { SEKISHO_DEPLOYMENT: JSON.stringify(readDeployment()) },
  };
};
