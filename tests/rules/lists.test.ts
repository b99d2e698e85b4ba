import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { listSourcesOf, loadRules, type LoadOptions } from '../../shared/rules/load.ts';
import { formatPlace, type ListPlace } from '../../shared/rules/list-source.ts';
import { OutsideLists, type FetchedList } from '../../shared/rules/outside-lists.ts';
import { reloadedOf, RuleSource } from '../../shared/rule-source.ts';

const START = new Date('2026-11-17T02:00:00Z');
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

/** Places by name, whose texts a test changes; undefined is a place that can't be read. */
class Places {
  readonly texts = new Map<string, string | Uint8Array>();
  readonly looks: string[] = [];

  readonly fetch = async (place: ListPlace, known: string | undefined): Promise<FetchedList> => {
    const name = formatPlace(place);
    this.looks.push(name);
    const text = this.texts.get(name);
    if (text === undefined) return { kind: 'failed', message: `cannot read \`${name}\`` };
    const bytes = Buffer.from(text);
    const version = bytes.toString('base64');
    return version === known ? { kind: 'unchanged' } : { kind: 'bytes', bytes, version };
  };
}

const ruleFile = (lists: string, where: string): { name: string; text: string } => ({
  name: 'rules/own.yml',
  text: `lists:\n  bad: ${lists}\nrules:\n  - id: contact\n    where: ${where}\n`,
});

/** Loads one rule file with its outside lists, as a run does. */
async function open(places: Places, file: { name: string; text: string }) {
  const lists = new OutsideLists(places.fetch);
  await lists.load(listSourcesOf([file]), START);
  const options: LoadOptions = { readOutside: (source) => lists.read(source) };
  const load = () => loadRules([file], options);
  const loaded = load();
  return { lists, loaded, source: new RuleSource(loaded.rules, lists, () => reloadedOf(load())) };
}

const codes = ({ diagnostics }: { diagnostics: readonly { code: string; line: number; column: number }[] }): string[] =>
  diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`);

test.each([
  ['{ file: threats.txt }', 'rules/threats.txt'],
  ['{ file: ../threats.csv, column: ip, refresh: 1h }', 'rules/../threats.csv'],
  ['{ file: /data/threats.txt }', '/data/threats.txt'],
  ['{ object: lists/threats.txt }', 'lists/threats.txt'],
  ['{ object: "s3://bucket/threats.txt.gz" }', 's3://bucket/threats.txt.gz'],
  ['s3://bucket/lists/threats.txt', 's3://bucket/lists/threats.txt'],
])('the list %s is kept at %s', (lists, place) => {
  const sources = listSourcesOf([ruleFile(lists, 'srcaddr in @bad')]);
  expect(sources.map((source) => formatPlace(source.place))).toEqual([place]);
});

test.each([
  ['{}', 'E404 2:8'],
  ['{ file: a.txt, object: b.txt }', 'E404 2:16'],
  ['{ file: "s3://bucket/a" }', 'E404 2:16'],
  ['s3://bucket', 'E404 2:8'],
  ['{ object: a/../b }', 'E404 2:18'],
  ['{ file: a.csv, column: 0 }', 'E404 2:31'],
  ['{ file: a.txt, refresh: often }', 'E404 2:32'],
  ['{ path: a.txt }', 'E002 2:10'],
  ['{ file: missing.txt }', 'E405 2:8'],
  ['threats.txt', 'E403 2:8'],
  ['../lists/threats', 'E403 2:8'],
])('the list %s is an error', async (lists, expected) => {
  const { loaded } = await open(new Places(), ruleFile(lists, 'srcaddr in @bad or dstport = 1'));
  expect(codes(loaded)).toContain(expected);
});

test('text comes as UTF-8, UTF-16 or compressed, with a byte order mark or without', async () => {
  const text = '192.0.2.1\n192.0.2.2\n';
  for (const bytes of [text, `\uFEFF${text}`, gzipSync(text), Buffer.from(`\uFEFF${text}`, 'utf16le')]) {
    const places = new Places();
    places.texts.set('rules/t.txt', bytes);
    const { loaded } = await open(places, ruleFile('{ file: t.txt }', 'srcaddr in @bad'));
    expect(loaded.lists.get('bad')).toMatchObject({ entries: ['192.0.2.1', '192.0.2.2'], outside: true });
  }
});

test('entries that do not fit the field are left out with a warning; where none fits it is an error', async () => {
  const places = new Places();
  places.texts.set('rules/t.txt', '22\ntelnet\n3389\n');
  const fits = await open(places, ruleFile('{ file: t.txt }', 'dstport in @bad'));
  expect(codes(fits.loaded)).toEqual(['W403 5:23']);
  expect(fits.loaded.rules).toHaveLength(1);
  const none = await open(places, ruleFile('{ file: t.txt }', 'srcaddr in @bad'));
  expect(codes(none.loaded)).toEqual(['E212 5:23']);
});

test('an empty list is a warning, and every rule is there: the one that names it never matches', async () => {
  const places = new Places();
  places.texts.set('rules/t.txt', '# nobody is banned\n');
  const { loaded, source } = await open(places, ruleFile('{ file: t.txt, refresh: 1m }', 'srcaddr in @bad'));
  expect(loaded.diagnostics).toMatchObject([{ code: 'W404', severity: 'warning', file: 'rules/t.txt', line: 1 }]);
  expect(loaded.rules).toHaveLength(1);
  const { current } = source;
  places.texts.set('rules/t.txt', '192.0.2.1\n');
  expect(await source.refresh(after(60))).toEqual({ problems: [], diagnostics: [] });
  expect(source.current).not.toBe(current);
});

test("an outside list counts by its name for a rule's state, an inline one by what it holds", async () => {
  const keyWith = async (lists: string, text: string): Promise<string> => {
    const places = new Places();
    places.texts.set('rules/t.txt', text);
    const { loaded } = await open(places, ruleFile(lists, 'srcaddr in @bad'));
    return loaded.rules[0]!.stateKey;
  };
  expect(await keyWith('{ file: t.txt }', '192.0.2.1')).toBe(await keyWith('{ file: t.txt }', '192.0.2.2'));
  expect(await keyWith('[192.0.2.1]', '')).not.toBe(await keyWith('[192.0.2.2]', ''));
});

test('a changed list is taken up when its time has come, and rules are compiled again only then', async () => {
  const places = new Places();
  places.texts.set('rules/t.txt', '192.0.2.1');
  const { lists, source } = await open(places, ruleFile('{ file: t.txt, refresh: 1m }', 'srcaddr in @bad'));
  const first = source.current;
  places.texts.set('rules/t.txt', '192.0.2.2');
  await source.refresh(after(59));
  expect(source.current).toBe(first);
  expect(await source.refresh(after(60))).toEqual({ problems: [], diagnostics: [] });
  expect(source.current).not.toBe(first);
  expect(lists.texts).toMatchObject([{ text: '192.0.2.2' }]);
  const second = source.current;
  places.texts.set('rules/t.txt', '# the same\n192.0.2.2\n');
  await source.refresh(after(120));
  await source.refresh(after(180));
  expect(source.current).toBe(second);
  expect(places.looks).toHaveLength(4);
});

test('a list that fails while a run goes on is told once, and its last entries stay', async () => {
  const places = new Places();
  places.texts.set('rules/t.txt', '192.0.2.1');
  const { source } = await open(places, ruleFile('{ file: t.txt, refresh: 1m }', 'srcaddr in @bad'));
  const { current } = source;
  places.texts.delete('rules/t.txt');
  expect(await source.refresh(after(60))).toMatchObject({ problems: ['cannot read `rules/t.txt`'] });
  expect(await source.refresh(after(120))).toMatchObject({ problems: [] });
  places.texts.set('rules/t.txt', '# emptied');
  expect(await source.refresh(after(180))).toMatchObject({
    problems: ['`rules/t.txt` holds no entry any more: its former ones stay in use'],
  });
  expect(await source.refresh(after(240))).toMatchObject({ problems: [] });
  expect(source.current).toBe(current);
  places.texts.set('rules/t.txt', '192.0.2.3\nnot an address');
  expect(await source.refresh(after(300))).toMatchObject({ problems: [], diagnostics: [{ code: 'W401', line: 2 }] });
  expect(source.current).not.toBe(current);
});

test('a change that no rule could use is told, and the former entries stay', async () => {
  const places = new Places();
  places.texts.set('rules/t.txt', '192.0.2.1');
  const { source } = await open(places, ruleFile('{ file: t.txt, refresh: 1m }', 'srcaddr in @bad'));
  const { current } = source;
  places.texts.set('rules/t.txt', '<html>');
  const { problems } = await source.refresh(after(60));
  expect(problems).toEqual([expect.stringMatching(/^rules\/own\.yml:5:23: the lists have changed.*former entries/)]);
  expect(source.current).toBe(current);
});
