/** A delivery's identity: the same whenever, however often and from wherever it is delivered. */
import { createHash, type Hash } from 'node:crypto';
import type { ObjectOrigin } from './delivery.ts';

/** Hex digits of an identity: 128 bits, so that no two deliveries of a long life share one. */
const DIGITS = 32;

/**
 * Starts the identity of a CloudWatch Logs delivery: its origin; the hash then takes its event ids (or lines) in order,
 * each ended by `\n`.
 */
export function startCloudWatchIdentity(owner: string, logGroup: string, logStream: string): Hash {
  return start(['cloudwatch', owner, logGroup, logStream]);
}

/** The identity that a hash has come to. */
export function finishIdentity(hash: Hash): string {
  return hash.digest('hex').slice(0, DIGITS);
}

/** What a chunk of flow-log text is known by: its format's canonical text and its lines. */
export function textIdentity(format: string, lines: Uint8Array): string {
  const length = lines.at(-1) === 0x0a ? lines.length - 1 : lines.length;
  return finishIdentity(start(['text', format]).update(lines.subarray(0, length)));
}

/** What a chunk of an object of S3 is known by: an object's version never changes, so that its lines need no hashing. */
export function objectIdentity({ bucket, key, version, chunk }: ObjectOrigin): string {
  return finishIdentity(start(['object', bucket, key, version, `${chunk}`]));
}

const EMPTY = createHash('sha256');

function start(names: readonly string[]): Hash {
  // JSON keeps the parts apart whatever they hold
  return EMPTY.copy().update(`${JSON.stringify(names)}\n`);
}
