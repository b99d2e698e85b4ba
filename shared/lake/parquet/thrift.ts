/**
 * Thrift's compact protocol, the part that Parquet's headers and footer are written in.
 *
 * Source: Apache Thrift, "Thrift Compact protocol encoding" (thrift-compact-protocol.md).
 */
import { ByteSink } from './bytes.ts';

/** A value of a Thrift structure. */
export type Thrift =
  | { readonly kind: 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'binary'; readonly value: Uint8Array }
  | { readonly kind: 'list'; readonly items: readonly Thrift[] }
  | { readonly kind: 'struct'; readonly fields: ThriftFields };

/** A structure's fields by id; a field that is undefined is not written. */
export type ThriftFields = Readonly<Record<number, Thrift | undefined>>;

const TYPE = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;
const STOP = 0;

const encoder = new TextEncoder();

/** A 32-bit integer, also every enumeration. */
export const i32 = (value: number): Thrift => ({ kind: 'i32', value });
/** A 64-bit integer within 2^53. */
export const i64 = (value: number): Thrift => ({ kind: 'i64', value });
/** A byte string. */
export const binary = (value: Uint8Array): Thrift => ({ kind: 'binary', value });
/** A text, as UTF-8. */
export const text = (value: string): Thrift => binary(encoder.encode(value));
/** A list of values of one kind. */
export const list = (items: readonly Thrift[]): Thrift => ({ kind: 'list', items });
/** A structure; a union is a structure with one field. */
export const struct = (fields: ThriftFields): Thrift => ({ kind: 'struct', fields });

/** The structure's bytes. */
export function encodeThrift(fields: ThriftFields): Uint8Array {
  const sink = new ByteSink();
  writeStruct(sink, fields);
  return sink.written();
}

function writeStruct(sink: ByteSink, fields: ThriftFields): void {
  let last = 0;
  // Integer keys of an object are always visited in ascending order, as the deltas need.
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const id = Number(key);
    if (id - last <= 15) {
      sink.byte(((id - last) << 4) | TYPE[value.kind]);
    } else {
      sink.byte(TYPE[value.kind]);
      sink.zigzag(id);
    }
    last = id;
    writeValue(sink, value);
  }
  sink.byte(STOP);
}

function writeValue(sink: ByteSink, value: Thrift): void {
  switch (value.kind) {
    case 'i32':
    case 'i64':
      return sink.zigzag(value.value);
    case 'binary':
      sink.varint(value.value.length);
      return sink.append(value.value);
    case 'list': {
      const count = value.items.length;
      const type = TYPE[value.items[0]?.kind ?? 'i32'];
      if (count < 15) {
        sink.byte((count << 4) | type);
      } else {
        sink.byte(0xf0 | type);
        sink.varint(count);
      }
      for (const item of value.items) writeValue(sink, item);
      return;
    }
    case 'struct':
      return writeStruct(sink, value.fields);
  }
}
