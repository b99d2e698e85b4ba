/** The resources around the functions. */
module.exports = async () => {
  const { readDeployment } = await import('./deployment.ts');
  const { templateOf } = await import('./template.ts');
  return templateOf(readDeployment());
};
