/** The security design as it is written under `expect:`: which interfaces, and who may open connections to whom. */
import type { Operand, Test } from './expression.ts';

/** The interfaces that a block is about. */
export type Scope =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'some';
      /** Tests on what a record says of its interface (its id, subnet, tags), of which one has to be true. */
      readonly interfaces: readonly Test[];
      /** Addresses of which one has to be the interface's own end. */
      readonly addresses: readonly Operand[];
    };

/** The other ends of an entry's connections. */
export type Peers =
  | { readonly kind: 'any' }
  | {
      readonly kind: 'some';
      readonly addresses: readonly Operand[];
      /** What the internet is not; undefined where the internet is not among the peers. */
      readonly notInternet: readonly Operand[] | undefined;
    };

/** Connections that are expected: with whom, to which ports of the end that answers, over which protocols. */
export interface Entry {
  readonly peers: Peers;
  /** Undefined for any, and for protocols without ports. */
  readonly ports: readonly Operand[] | undefined;
  /** Undefined for any. */
  readonly protocols: readonly Operand[] | undefined;
}

/** One block: connections that others may open to its interfaces, and those that its interfaces may open. */
export interface Expectation {
  readonly scope: Scope;
  readonly inbound: readonly Entry[];
  readonly outbound: readonly Entry[];
}

/** Id of the rule about accepted traffic that no entry names. */
export const UNEXPECTED_ACCEPT = 'unexpected-accept';

/** Id of the rule about rejected traffic that an entry names. */
export const UNEXPECTED_REJECT = 'unexpected-reject';

/** Ids of both rules. */
export const EXPECT_IDS = [UNEXPECTED_ACCEPT, UNEXPECTED_REJECT] as const;

/** Groups of both rules: the interface that let through or refused, and the port that was asked for. */
export const EXPECT_BY: readonly string[] = ['interface_id', 'server_port'];
