/** A sink that could hand over only some of what it was given says which. */

/** Thrown by a sink: these were not told, all others were. */
export class Untold<A> extends Error {
  readonly untold: ReadonlySet<A>;

  constructor(message: string, untold: Iterable<A>, options?: ErrorOptions) {
    super(message, options);
    this.untold = new Set(untold);
  }
}
