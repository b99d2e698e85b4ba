/** Lists of a rule file that are kept elsewhere: `{ file: path }`, `{ object: key }`, `s3://bucket/key`. */
import { isMap, isScalar } from 'yaml';
import type { OutsideListSetting } from '../config/config.ts';
import { parseListSource, type ListSource } from './list-source.ts';
import type { Entry, ShapeReader } from './shape.ts';

const KEYS = ['file', 'object', 'column', 'refresh'] as const satisfies (keyof OutsideListSetting)[];

/** Whether an entry of `lists:` says where its list is kept, instead of writing it out. */
export function isOutsideList({ value }: Entry): boolean {
  return isMap(value) || (isScalar(value) && typeof value.value === 'string' && value.value.startsWith('s3://'));
}

/** The place of such a list; undefined, and reported, where it can't be understood. */
export function readListSource(reader: ShapeReader, { key, keySpan, value }: Entry): ListSource | undefined {
  const what = `the list \`${key}\``;
  if (!isMap(value)) {
    const text = reader.text(value, what, keySpan);
    return text && check(reader, { object: text.text }, () => text.span);
  }
  const mapping = reader.mapping(value, what, KEYS, keySpan);
  if (mapping === undefined) return undefined;
  const texts = KEYS.map((key) => {
    const entry = mapping.entries.get(key);
    return [key, entry && reader.text(entry.value, `\`${key}\``, entry.keySpan)] as const;
  });
  if (texts.some(([key, text]) => mapping.entries.has(key) && text === undefined)) return undefined;
  const written = Object.fromEntries(texts.map(([key, text]) => [key, text?.text]));
  return check(reader, written, (key) => texts.find(([name]) => name === key)?.[1]?.span ?? mapping.span);
}

function check(
  reader: ShapeReader,
  written: OutsideListSetting,
  spanOf: (key: keyof OutsideListSetting) => { readonly start: number; readonly end: number },
): ListSource | undefined {
  const source = parseListSource(written, reader.source.name);
  if (!('code' in source)) return source;
  return reader.report(source.code, spanOf(source.key), source.message, source.hint);
}
