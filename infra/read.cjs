/** The deployment, or what is wrong with sekisho.yml: without the way through this code, which says nothing to who wrote it. */
module.exports = async () => {
  const { readDeployment } = await import('./deployment.ts');
  return told(async () => readDeployment());
};

/** What a function gives; what it throws is for whoever called osls. */
async function told(act) {
  try {
    return await act();
  } catch (error) {
    error.stack = `\n${error.message}`;
    throw error;
  }
}

module.exports.told = told;
