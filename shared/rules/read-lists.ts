/** The `lists:` section of a rule file: names and entries, with a diagnostic at the place of whatever does not belong. */
import { parseAddressRange } from '../flow/address.ts';
import type { NamedList } from './lists.ts';
import type { Mapping, ShapeReader } from './shape.ts';

/**
 * Reads a file's lists into `lists`. `builtIn` are names that no file may take; `homes` remembers the file
 * that each list came from, over all files.
 */
export function readLists(
  reader: ShapeReader,
  file: Mapping,
  lists: Map<string, NamedList>,
  builtIn: ReadonlySet<string>,
  homes: Map<string, string>,
): void {
  const section = file.entries.get('lists');
  if (section === undefined) return;
  const mapping = reader.mapping(section.value, '`lists`', undefined, section.keySpan);
  for (const { key, keySpan, value } of mapping?.entries.values() ?? []) {
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(key)) {
      reader.report(
        'E402',
        keySpan,
        `\`${key}\` can't name a list`,
        'write letters, digits, `_` and `-`, a letter first',
      );
      continue;
    }
    const home = builtIn.has(key)
      ? 'built in'
      : lists.has(key)
        ? `in ${homes.get(key) ?? 'the configuration'}`
        : undefined;
    if (home !== undefined) {
      const hint = key === 'networks' ? 'set `networks` in the configuration' : 'choose another name';
      reader.report('E401', keySpan, `there is a list \`@${key}\` already, ${home}`, hint);
      continue;
    }
    const texts = reader.texts(value, `the list \`${key}\``, keySpan) ?? [];
    const holdsAddresses = texts.some(({ text }) => typeof parseAddressRange(text) === 'object');
    for (const { text, span } of texts) {
      if (text.startsWith('@'))
        reader.report(
          'E403',
          span,
          "a list can't hold another list",
          'name both where they are used: `in (@one, @two)`',
        );
      else if (holdsAddresses && typeof parseAddressRange(text) !== 'object') {
        reader.report(
          'E403',
          span,
          `\`${text}\` is not an address, unlike other entries of \`@${key}\`${reasonOf(text)}`,
        );
      }
    }
    lists.set(key, { name: key, entries: texts.map(({ text }) => text) });
    homes.set(key, reader.source.name);
  }
}

function reasonOf(text: string): string {
  const why = parseAddressRange(text);
  if (why === 'prefix-too-long') return ': its prefix is too long';
  if (why === 'bits-beyond-prefix') return ': it has bits set beyond its prefix';
  return why === 'reversed' ? ': it starts above its end' : '';
}
