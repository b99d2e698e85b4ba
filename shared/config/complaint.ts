/** What is wrong with a setting that is readable on its own. */

/** A setting by its path in the file, and what is wrong with it. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  /** What is wrong, why, and what to do. */
  readonly message: string;
}

/** A complaint at a path. */
export function complain(path: readonly PropertyKey[], message: string): Complaint {
  return { path, message };
}
