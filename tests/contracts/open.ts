/** How a contract suite gets what it tests. */

/** A port's implementation, and what ends it and removes what it left. */
export interface Opened<P> {
  readonly port: P;
  close(): Promise<void>;
}

/** Makes a fresh, empty one for each test. */
export type Open<P> = () => Promise<Opened<P>>;
