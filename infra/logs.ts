/** The functions' own logs: osls makes the groups, and their retention. */
import type { Deployment } from './deployment.ts';
import type { Fragment } from './fragment.ts';
import { FUNCTIONS } from './names.ts';

/** Encrypts the logs with the owner's key where there is one. */
export function logs({ config }: Deployment): Fragment {
  const { kmsKey } = config.storage;
  const groups = FUNCTIONS.map((name) => [`${name}LogGroup`, { Properties: { KmsKeyId: kmsKey } }]);
  return { Resources: {}, ...(kmsKey === undefined ? {} : { extensions: Object.fromEntries(groups) }) };
}
