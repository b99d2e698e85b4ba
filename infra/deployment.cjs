/** What serverless.yml itself needs to know of sekisho.yml. */
module.exports = async () => {
  const { readDeployment } = await import('./deployment.ts');
  const { serverlessValues } = await import('./serverless-values.ts');
  return serverlessValues(readDeployment());
};
