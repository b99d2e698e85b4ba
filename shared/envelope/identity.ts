/** A delivery's identity: the same whenever, however often and from wherever it is delivered. */
import { createHash, type Hash } from 'node:crypto';

/** Hex digits of an identity: 128 bits, so that no two deliveries of a long life share one. */
const DIGITS = 32;

/** Collects what a CloudWatch Logs delivery is known by: its origin, and its event ids (or lines) in order. */
export class CloudWatchIdentity {
  readonly #hash: Hash;

  constructor(owner: string, logGroup: string, logStream: string) {
    this.#hash = begin(['cloudwatch', owner, logGroup, logStream]);
  }

  /** Adds event ids, each ended by `\n`. */
  add(ids: Uint8Array | string): void {
    this.#hash.update(ids);
  }

  digest(): string {
    return end(this.#hash);
  }
}

/** What a chunk of flow-log text is known by: its format's canonical text and its lines. */
export function textIdentity(format: string, lines: Uint8Array): string {
  const length = lines.at(-1) === 0x0a ? lines.length - 1 : lines.length;
  return end(begin(['text', format]).update(lines.subarray(0, length)));
}

function begin(names: readonly string[]): Hash {
  // JSON keeps the parts apart whatever they hold
  return createHash('sha256').update(`${JSON.stringify(names)}\n`);
}

function end(hash: Hash): string {
  return hash.digest('hex').slice(0, DIGITS);
}
