/** What the envelope hands on: deliveries of lines, each from one place, and what could not be opened. */

/** A CloudWatch Logs subscription message, decompressed: `{"messageType":…,"logEvents":[…]}`. */
export interface CloudWatchDelivery {
  readonly kind: 'cloudwatch';
  /** UTF-8 JSON. */
  readonly json: Buffer;
  /** Where it was found, for messages to people: a file's name; empty where its log group and stream say it best. */
  readonly place: string;
  /** How it came, where it is to go on so: base64 of gzip. */
  readonly packed?: string;
}

/** Where in S3 a chunk of lines was cut from: what it is known by. */
export interface ObjectOrigin {
  readonly bucket: string;
  readonly key: string;
  /** The object's version id, or its ETag where the bucket keeps no versions. */
  readonly version: string;
  /** Chunks are numbered from 1. */
  readonly chunk: number;
}

/** Whole lines of flow-log text. */
export interface TextDelivery {
  readonly kind: 'text';
  /** UTF-8, lines ended by `\n` (the last one perhaps not), without header lines. */
  readonly lines: Buffer;
  /** The header line that these lines stand under, if any. */
  readonly header: string | undefined;
  /** The first line's 1-based number in the place. */
  readonly firstLine: number;
  /** A file's name, or an object's `s3://…`; the owner's account and the region are read from its folders. */
  readonly place: string;
  /** Undefined for files, which are known by their lines. */
  readonly origin?: ObjectOrigin;
}

/** A batch of lines that arrived together. */
export type Delivery = CloudWatchDelivery | TextDelivery;

/** Input that is no delivery: kept and told, never passed over. */
export interface Unopened {
  readonly kind: 'unopened';
  readonly place: string;
  /** 1-based line of the place on which it starts; 1 where it has no lines. */
  readonly line: number;
  /** What is wrong and what to do. */
  readonly message: string;
  /** The input itself, shortened, where there is something to keep. */
  readonly content: string | undefined;
  /** How it came, where it is to go on so. */
  readonly packed?: string;
}

/** Anything that comes in. */
export type Arrival = Delivery | Unopened;
