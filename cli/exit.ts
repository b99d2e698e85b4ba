/** How commands end. */

/** Exit codes, part of the contract. */
export const EXIT = { done: 0, failed: 1, usage: 2, found: 3, interrupted: 130 } as const;

/** Wrong usage or configuration: said line by line, no stack. */
export class UsageError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** The command could not do its work: said line by line, no stack. */
export class CommandFailure extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}
