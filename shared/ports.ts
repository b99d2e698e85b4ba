/**
 * The outside world as the core sees it: interfaces only. Each has one contract suite in
 * `tests/contracts/` that every adapter passes, and adapters live in `shared/adapters/`.
 */

/** One object's body and the version it had when it was read. */
export interface StoredObject {
  readonly body: Uint8Array;
  /** Opaque; changes with every write of the key. */
  readonly version: string;
}

/** What a listing tells of an object. */
export interface ObjectSummary {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** When the object was written, by the store's own clock. */
  readonly modified: Date;
}

/**
 * Objects by key, with the two conditional writes that all state is built on.
 *
 * Keys are `/`-separated, relative, without `.` or `..` segments. A write is whole or absent, never partial,
 * and every read after it sees it. A key is written either by `put`/`putIfAbsent` or by `putIfUnchanged`, not by both.
 * Broken infrastructure (no space, no permission) throws with `cause`.
 */
export interface ObjectStore {
  /** The object, or undefined where there is none. */
  get(key: string): Promise<StoredObject | undefined>;
  /** Writes the object, replacing what was there. */
  put(key: string, body: Uint8Array): Promise<void>;
  /** Writes the object unless the key exists; true when this call created it. */
  putIfAbsent(key: string, body: Uint8Array): Promise<boolean>;
  /**
   * Replaces the object if its version is still `version` (undefined: the key must not exist);
   * the new version, or undefined when somebody else was faster.
   */
  putIfUnchanged(key: string, body: Uint8Array, version: string | undefined): Promise<string | undefined>;
  /** Copies one object; throws where `from` does not exist. */
  copy(from: string, to: string): Promise<void>;
  /** Deletes the object; deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** All objects whose key starts with `prefix`, in key order (by UTF-16 code unit). */
  list(prefix: string): AsyncIterable<ObjectSummary>;
}

/** A message taken from a queue, to be settled once its work is done. */
export interface QueuedMessage<T> {
  readonly message: T;
  /** Says that the work is done: the message does not come again. */
  done(): Promise<void>;
  /** Gives the message back, to come again. */
  retry(): Promise<void>;
}

/** Deliveries between detection and archiving: at least once, in no promised order. */
export interface BatchQueue<T> {
  send(message: T): Promise<void>;
  /** Up to `most` messages that wait now; empty when none does. Never waits for more. */
  receive(most: number): Promise<readonly QueuedMessage<T>[]>;
}

/** Where new alerts are told to people or programs: at least once, the same alert with the same id. */
export interface AlertSink<A> {
  /** Resolves when every alert is durably handed over. */
  publish(alerts: readonly A[]): Promise<void>;
}

/** A result column's name and the engine's type name. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

/** A cell of a result: integers beyond 2^53 are bigint; lists and structs are arrays and objects. */
export type ResultValue =
  string | number | bigint | boolean | null | readonly ResultValue[] | { readonly [key: string]: ResultValue };

/** A whole result, rows in the engine's order. */
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly ResultValue[])[];
}

/** Rows of the relation `lists` for a query that names it: `list`, `kind` and `entry` of each entry, all texts. */
export interface QueryList {
  readonly list: string;
  readonly kind: string;
  readonly entries: readonly string[];
}

/** Runs SQL over the lake's views. A failing query rejects with the engine's own message. */
export interface QueryEngine {
  /** Runs a query; while it does, the relation `lists` holds the entries of each of `lists`, and no others of its name and kind. */
  query(sql: string, lists?: readonly QueryList[]): Promise<QueryResult>;
  close(): Promise<void>;
}

/** The time, so that any command can run as of another moment. */
export interface Clock {
  now(): Date;
}
