/** The `lists:` section of a rule file: names and entries, with a diagnostic at the place of whatever does not belong. */
import { isFileName } from '../config/file-name.ts';
import { parseAddressRange } from '../flow/address.ts';
import type { Diagnostic } from './diagnostics.ts';
import { fieldOfInterfaceId } from './interface-id.ts';
import type { ListSource } from './list-source.ts';
import type { NamedList } from './lists.ts';
import type { ReadList } from './outside-lists.ts';
import { isOutsideList, readListSource } from './read-outside-list.ts';
import type { Entry, Mapping, ShapeReader } from './shape.ts';

/** The lists of all rule files while they are read. */
export interface ListReading {
  /** By name, those that are built in and configured included. */
  readonly lists: Map<string, NamedList>;
  /** Names that no file may take. */
  readonly builtIn: ReadonlySet<string>;
  /** The file that each list came from. */
  readonly homes: Map<string, string>;
  /** What a list that is kept elsewhere holds. */
  readonly readOutside: (source: ListSource) => ReadList;
  /** Takes what is wrong in the texts of outside lists. */
  readonly diagnostics: Diagnostic[];
}

/** Reads a file's lists, and reports what is wrong with them. */
export function readLists(reader: ShapeReader, file: Mapping, reading: ListReading): void {
  const { lists, builtIn, homes } = reading;
  for (const entry of listEntries(reader, file)) {
    const { key, keySpan } = entry;
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(key)) {
      const hint = 'write letters, digits, `_` and `-`, a letter first';
      reader.report('E402', keySpan, `\`${key}\` can't name a list`, hint);
      continue;
    }
    const home = builtIn.has(key)
      ? 'built in'
      : lists.has(key)
        ? `in ${homes.get(key) ?? 'the configuration'}`
        : undefined;
    if (home !== undefined) {
      const hint = builtIn.has(key) ? hintForBuiltIn(key) : 'choose another name';
      reader.report('E401', keySpan, `there is a list \`@${key}\` already, ${home}`, hint);
      continue;
    }
    const outside = isOutsideList(entry);
    const source = outside ? readListSource(reader, entry) : undefined;
    const entries = outside ? readOutsideList(reader, entry, source, reading) : readInlineList(reader, entry);
    lists.set(key, { name: key, entries, outside, source });
    homes.set(key, reader.source.name);
  }
}

/** Where the lists are kept that a file does not write out, without a word on what is wrong with them. */
export function findListSources(reader: ShapeReader, file: Mapping): readonly ListSource[] {
  return listEntries(reader, file)
    .filter(isOutsideList)
    .map((entry) => readListSource(reader, entry))
    .filter((source) => source !== undefined);
}

function hintForBuiltIn(name: string): string {
  const setting = name === 'networks' ? '`networks`' : `\`${name}\` under \`lists:\``;
  return `set ${setting} in the configuration, or choose another name`;
}

function listEntries(reader: ShapeReader, file: Mapping): readonly Entry[] {
  const section = file.entries.get('lists');
  const mapping = section && reader.mapping(section.value, '`lists`', undefined, section.keySpan);
  return [...(mapping?.entries.values() ?? [])];
}

function readInlineList(reader: ShapeReader, { key, keySpan, value }: Entry): readonly string[] {
  const texts = reader.texts(value, `the list \`${key}\``, keySpan) ?? [];
  const [only] = texts;
  if (only !== undefined && texts.length === 1 && isFileName(only.text)) {
    const message = `\`${only.text}\` is a file, not an entry of \`@${key}\``;
    reader.report('E403', only.span, message, `write \`${key}: { file: ${only.text} }\``);
    return [];
  }
  const holdsAddresses = texts.some(({ text }) => typeof parseAddressRange(text) === 'object');
  for (const { text, span } of texts) {
    if (text.startsWith('@')) {
      const hint = 'name both where they are used: `in (@one, @two)`';
      reader.report('E403', span, "a list can't hold another list", hint);
    } else if (holdsAddresses && !isEnd(text)) {
      const message = `\`${text}\` is not an address, unlike other entries of \`@${key}\`${reasonOf(text)}`;
      reader.report('E403', span, message);
    }
  }
  return texts.map(({ text }) => text);
}

/** Addresses may stand beside ids of interfaces, as a block of `expect:` takes both. */
function isEnd(text: string): boolean {
  return typeof parseAddressRange(text) === 'object' || fieldOfInterfaceId(text) !== undefined;
}

function reasonOf(text: string): string {
  const why = parseAddressRange(text);
  if (why === 'prefix-too-long') return ': its prefix is too long';
  if (why === 'bits-beyond-prefix') return ': it has bits set beyond its prefix';
  return why === 'reversed' ? ': it starts above its end' : '';
}

function readOutsideList(
  reader: ShapeReader,
  entry: Entry,
  source: ListSource | undefined,
  reading: ListReading,
): readonly string[] {
  if (source === undefined) return [];
  const read = reading.readOutside(source);
  if (read.kind === 'failed') {
    const hint = 'a list that waits for entries may be an empty file';
    reader.report('E405', reader.spanOf(entry.value, entry.keySpan), read.message, hint);
    return [];
  }
  reading.diagnostics.push(...read.diagnostics);
  return read.entries;
}
