/** The deployment, or what is wrong with sekisho.yml: without the way through this code, which says nothing to who wrote it. */
module.exports = async () => {
  const { readDeployment } = await import('./deployment.ts');
  try {
    return readDeployment();
  } catch (error) {
    error.stack = `\n${error.message}`;
    throw error;
  }
};
