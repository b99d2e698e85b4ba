/** Errors of the file system, told to a person: what could not be done, where, why, and what to do. */

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; give this user access to it, or choose another place',
  EBUSY: 'another program holds it; close that and run again',
  EDQUOT: 'the disk quota is used up; free some and run again: what was written stays',
  EEXIST: 'something else has this name; move it away, or choose another place',
  EFBIG: 'the file would be larger than the disk or its limits allow; choose another place',
  EIO: 'the disk reports an input/output error; check the disk',
  EISDIR: 'it is a folder, and a file is needed',
  ELOOP: 'its symbolic links lead in a circle; mend them, or name the real path',
  EMFILE: 'too many files are open; raise the limit (`ulimit -n`) and run again',
  ENAMETOOLONG: 'a part of its path is longer than the disk allows; choose a shorter one',
  ENFILE: 'the machine has too many files open; close some programs and run again',
  ENOENT: 'there is no such file or folder; check the spelling',
  ENOSPC: 'no space left on the disk; free some and run again: what was written stays',
  ENOTDIR: 'a part of its path is a file, not a folder; check the path',
  EPERM: 'the system does not permit it; check the owner and the protection of the place',
  EPIPE: 'its reader has closed it',
  EROFS: 'the disk is mounted read-only; choose another place',
};

/** The system's code of an error (`ENOENT`), or undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** True for an error that says that nothing lies at a path: no such file, or a file where a folder is needed. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What a file operation failed with, as one line: ``cannot write `lake/x`: no space left on the disk; …``. */
export function describeFileError(verb: string, path: string, error: unknown): string {
  const code = errorCode(error);
  const reason = (code && reasons[code]) ?? (error instanceof Error ? error.message : String(error));
  return `cannot ${verb} \`${path}\`: ${reason}`;
}

/** The same as an error to throw, with the system's own error as its cause and its `code`. */
export function fileError(verb: string, path: string, error: unknown): Error {
  return Object.assign(new Error(describeFileError(verb, path, error), { cause: error }), { code: errorCode(error) });
}
