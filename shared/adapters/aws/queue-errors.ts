/** Errors of SQS, told to a person. */

const ADVICE: Readonly<Record<string, string>> = {
  AccessDenied: 'access denied; allow the action on the queue, and `kms:Decrypt` and `kms:GenerateDataKey` on its key',
  QueueDoesNotExist: 'there is no such queue; check its URL and the region',
};

/** Runs `action`; what SQS refuses becomes an error for people. */
export async function attempt<T>(verb: string, url: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new Error(`cannot ${verb} the queue \`${url}\`: ${ADVICE[name] ?? `${name}: ${message}`}`, { cause: error });
  }
}
