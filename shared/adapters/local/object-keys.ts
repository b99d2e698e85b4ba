/** Which object keys a folder can hold, and the paths they get. */
import { join } from 'node:path';

/** Why `key` cannot be an object's key here, or undefined when it can. */
function keyFault(key: string): string | undefined {
  if (key === '') return 'it is empty';
  if (key.startsWith('/')) return 'it starts with `/`';
  if (key.includes('\\')) return 'it holds a backslash';
  if (key.includes('\0')) return 'it holds a NUL character';
  for (const segment of key.split('/')) {
    if (segment === '') return 'it has an empty segment';
    if (segment.startsWith('.')) return `its segment \`${segment}\` starts with a dot`;
    if (segment.endsWith('~')) return `its segment \`${segment}\` ends with \`~\`, which marks an object's versions`;
  }
  return undefined;
}

/**
 * The path of `key` under `root`; throws where the key cannot be stored.
 *
 * Segments that start with a dot are left to the system and to this store's own temporary folder.
 */
export function objectPath(root: string, key: string): string {
  const fault = keyFault(key);
  if (fault !== undefined) throw new Error(`cannot use \`${key}\` as an object's key: ${fault}`);
  return join(root, key);
}

/** The folder beside an object's path that holds its versions, when it is written by `putIfUnchanged`. */
export const versionsFolder = (path: string): string => `${path}~`;

/** The key whose versions a folder of this name holds, or undefined for an ordinary folder. */
export const versionedName = (name: string): string | undefined => (name.endsWith('~') ? name.slice(0, -1) : undefined);
