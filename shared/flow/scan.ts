/**
 * CloudWatch Logs messages without JSON.parse: finds each event's message in the decompressed bytes and reads its
 * values straight into columns. Anything but the exact shape CloudWatch writes (other keys or order, an escape,
 * a control character) makes the whole payload fall back to JSON.parse and the reference parser.
 */

import type { Hash } from 'node:crypto';
import type { BatchBuilder } from './builder.ts';
import { IN_VALUE } from './dictionary.ts';

const EVENTS = Buffer.from('"logEvents":[');
const EVENT_ID = literal('{"id":"');
const EVENT_TIME = literal('","timestamp":');
const EVENT_MESSAGE = literal(',"message":"');
/** CloudWatch's event ids have 56 digits; the block holds many, and a much longer id is left to the slow way. */
const ID_DIGITS = 56;
const LONGEST_ID = 256;
const ID_BLOCK = 16_384;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

/** What a message says before its events. */
export interface MessageHead {
  readonly messageType: string;
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  /** Offset of the first event. */
  readonly events: number;
}

/** Reads what stands before `logEvents`; undefined where the message is not of the usual shape. */
export function scanHead(json: Buffer): MessageHead | undefined {
  const at = json.indexOf(EVENTS);
  if (at < 0) return undefined;
  try {
    const head: unknown = JSON.parse(`${json.toString('utf8', 0, at)}"logEvents":[]}`);
    if (typeof head !== 'object' || head === null) return undefined;
    const { messageType, owner, logGroup, logStream } = head as Record<string, unknown>;
    if (typeof messageType !== 'string' || typeof owner !== 'string') return undefined;
    if (typeof logGroup !== 'string' || typeof logStream !== 'string') return undefined;
    return { messageType, owner, logGroup, logStream, events: at + EVENTS.length };
  } catch {
    return undefined;
  }
}

/**
 * Adds every event's message to `builder`, or hands it to `other` where it is not plain, and its id to `ids`. False, with
 * some events already taken, where the payload is not of the usual shape: then nothing of it may be used.
 */
export function scanEvents(
  json: Buffer,
  from: number,
  builder: BatchBuilder,
  other: (line: string, number: number, timestamp: number) => void,
  identity: Hash,
): boolean {
  // ids are hashed in blocks: a call an id would cost more than the hashing
  const ids = Buffer.alloc(ID_BLOCK);
  const idsView = new DataView(ids.buffer, ids.byteOffset, ids.byteLength);
  const view = new DataView(json.buffer, json.byteOffset, json.byteLength);
  let used = 0;
  let at = from;
  for (let number = 1; ; number++) {
    if (number === 1 && json[at] === CLOSE_BRACKET) break;
    at = skip(view, at, EVENT_ID);
    if (at < 0) return false;
    if (used > ID_BLOCK - LONGEST_ID) {
      identity.update(ids.subarray(0, used));
      used = 0;
    }
    if (copyDigits(view, at, idsView, used) && json[at + ID_DIGITS] === QUOTE) {
      at += ID_DIGITS;
      used += ID_DIGITS;
    } else {
      const idStart = at;
      for (let byte = json[at]!; IN_VALUE[byte] === 1; byte = json[++at]!) {
        if (at - idStart === LONGEST_ID) return false;
        ids[used++] = byte;
      }
    }
    ids[used++] = 0x0a;
    at = skip(view, at, EVENT_TIME);
    if (at < 0) return false;
    let timestamp = 0;
    const digits = at;
    for (let digit = json[at]! - 0x30; digit >= 0 && digit <= 9; digit = json[at]! - 0x30) {
      timestamp = timestamp * 10 + digit;
      at++;
    }
    if (at === digits || (json[digits] === 0x30 && at - digits > 1)) return false;
    at = skip(view, at, EVENT_MESSAGE);
    if (at < 0) return false;
    let end = builder.scanLine(json, view, at, QUOTE, timestamp);
    if (end < 0) {
      end = json.indexOf(QUOTE, at);
      if (end < 0 || !isPlain(json, at, end)) return false;
      other(json.toString('utf8', at, end), number, timestamp);
    }
    at = end + 1;
    if (json[at++] !== CLOSE_BRACE) return false;
    if (json[at] === COMMA) at++;
    else if (json[at] === CLOSE_BRACKET) break;
    else return false;
  }
  identity.update(ids.subarray(0, used));
  return isEnd(json, at + 1);
}

/** Copies an id of {@link ID_DIGITS} characters four at a time; false (and copies too little) where they are not digits. */
function copyDigits(from: DataView, at: number, to: DataView, used: number): boolean {
  if (at + ID_DIGITS >= from.byteLength) return false;
  for (let i = 0; i < ID_DIGITS; i += 4) {
    const four = from.getUint32(at + i);
    // the characters 0 to 9 (and : ; < = > ?, which are as harmless) are 0x30 to 0x3f
    if ((four & 0xf0f0f0f0) !== 0x30303030) return false;
    to.setUint32(used + i, four);
  }
  return true;
}

/** A text to be compared four bytes at a time; the last four may overlap those before. */
interface Literal {
  readonly length: number;
  readonly words: Uint32Array;
}

function literal(text: string): Literal {
  const bytes = Buffer.from(text);
  const words = Array.from({ length: Math.ceil(bytes.length / 4) }, (_, i) =>
    bytes.readUInt32BE(Math.min(i * 4, bytes.length - 4)),
  );
  return { length: bytes.length, words: Uint32Array.from(words) };
}

/** The offset behind `expected` if it stands at `at`, else -1. */
function skip(view: DataView, at: number, { length, words }: Literal): number {
  const end = at + length;
  if (end > view.byteLength) return -1;
  const last = words.length - 1;
  for (let i = 0; i < last; i++) if (view.getUint32(at + i * 4) !== words[i]) return -1;
  return view.getUint32(end - 4) === words[last] ? end : -1;
}

/** Whether a JSON text stands for itself: no escapes, no control characters (which JSON does not allow). */
function isPlain(json: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (json[at] === BACKSLASH || json[at]! < 0x20) return false;
  return true;
}

/** Whether only the message's closing brace is left. */
function isEnd(json: Buffer, from: number): boolean {
  return json.toString('utf8', from).trim() === '}';
}
