import { expect, test } from 'vitest';
import { readListText } from '../../shared/rules/list-text.ts';

/** Entries, and what was reported as `code line:column`. */
function read(text: string, column?: string | number): unknown {
  const list = readListText({ name: 'list.txt', text }, column);
  if (list.kind === 'none') return list.reason;
  return {
    entries: list.entries,
    reported: list.diagnostics.map((each) => `${each.code} ${each.line}:${each.column}`),
  };
}

test('a line holds an entry; comments, blank lines and repetitions are passed over', () => {
  const text =
    '# threats\r\n\r\n192.0.2.1\r\n  198.51.100.0/24 ; SBL1\r\n;x\n2001:db8::/32 # seen\n192.0.2.1\n192.0.2.8-192.0.2.9';
  const entries = ['192.0.2.1', '198.51.100.0/24', '2001:db8::/32', '192.0.2.8-192.0.2.9'];
  expect(read(text)).toEqual({ entries, reported: [] });
});

test('ports, ids and names are entries as well', () => {
  expect(read('22\n1024-65535\ntcp')).toEqual({ entries: ['22', '1024-65535', 'tcp'], reported: [] });
  expect(read('eni-0123456789abcdef0')).toEqual({ entries: ['eni-0123456789abcdef0'], reported: [] });
});

test.each([
  ['192.0.2.1\nexample.com\n192.0.2.2', ['192.0.2.1', '192.0.2.2'], 'W401 2:1'],
  ['192.0.2.1\n 192.0.2.0/33', ['192.0.2.1'], 'W401 2:2'],
  ['192.0.2.1\n192.0.2.9-192.0.2.8', ['192.0.2.1'], 'W401 2:1'],
  ['192.0.2.1\n192.0.2.1-2001:db8::1', ['192.0.2.1'], 'W401 2:1'],
  ['22\n80 443', ['22'], 'W401 2:1'],
  ['22\n@web_ports', ['22'], 'W401 2:1'],
  ['22\n８０', ['22'], 'W401 2:1'],
])('of %j one line is reported, and the others are kept', (text, entries, reported) => {
  expect(read(text)).toEqual({ entries, reported: [reported] });
});

test('bits beyond a prefix are reported, and the network is used', () => {
  expect(read('10.0.1.5/24\n2001:db8::1/32')).toEqual({
    entries: ['10.0.1.0/24', '2001:db8::/32'],
    reported: ['W402 1:1', 'W402 2:1'],
  });
});

test('of many bad lines the first are shown, and the rest are counted', () => {
  const lines = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? `192.0.2.${index}` : `bad ${index}`));
  const list = readListText({ name: 'list.txt', text: lines.join('\n') }, undefined);
  expect(list).toMatchObject({ kind: 'content', entries: { length: 50 }, diagnostics: { length: 21 } });
  expect(list.kind === 'content' && list.diagnostics.at(-1)).toMatchObject({
    line: 42,
    message: 'and 30 more from here on',
  });
});

test.each([[''], ['# nothing\n\n'], ['\n'], ['', 'ip'], ['# nothing', 2], ['name,ip\n', 'ip']])(
  '%j is an empty list (column %s)',
  (text, column?: string | number) => {
    expect(read(text, column)).toEqual({ entries: [], reported: ['W404 1:1'] });
  },
);

test.each([['<p>not found</p>'], ['not found'], ['ip,note\n,none', 'ip']])(
  '%j is no list (column %s)',
  (text, column?: string) => {
    expect(read(text, column)).toBe('it holds lines, but none of them is an entry');
  },
);

test('a column of CSV is taken by its name or number', () => {
  const text = '# source\nfirst,IP,note\n"a, b",192.0.2.1,"says ""hi"""\n"two\nlines",192.0.2.2\n';
  const expected = { entries: ['192.0.2.1', '192.0.2.2'], reported: [] };
  expect(read(text, 'ip')).toEqual(expected);
  expect(read(text, 2)).toEqual(expected);
  expect(read('192.0.2.1;10\n192.0.2.2;20', 1)).toEqual(expected);
  expect(read('192.0.2.1\t10\n192.0.2.2\t20', 1)).toEqual(expected);
});

test('a row of CSV without the value, or with a stray quotation mark, spoils no other', () => {
  const text =
    'ip,note\n192.0.2.1,"fine, this"\n,none\n"192.0.2.2,open\n192.0.2.3,"fine, too"\n192.0.2.4,a "stray" one\n';
  expect(read(text, 'ip')).toEqual({
    entries: ['192.0.2.1', '192.0.2.3', '192.0.2.4'],
    reported: ['W401 3:1', 'W401 4:1'],
  });
});

test.each(['10.0.0.0/33', '192.0.2.9-192.0.2.8'])('%s is a bad address, not another kind of entry', (bad) => {
  const expected = { entries: ['203.0.113.1'], reported: ['W401 3:1'] };
  expect(read(`ip\n203.0.113.1\n${bad}\n`, 'ip')).toEqual(expected);
  expect(read(`ip\n203.0.113.1\n${bad}\n`, 1)).toEqual(expected);
  expect(read(`203.0.113.1\n${bad}\nexample.com\n`)).toEqual({
    entries: ['203.0.113.1'],
    reported: ['W401 2:1', 'W401 3:1'],
  });
});

test('a single row of a numbered column is an entry, whatever it is', () => {
  expect(read('22,ssh', 1)).toEqual({ entries: ['22'], reported: [] });
  expect(read('192.0.2.1,office', 1)).toEqual({ entries: ['192.0.2.1'], reported: [] });
});

test('a column that is not there is told', () => {
  expect(read('addr,note\n192.0.2.1,x', 'adr')).toBe('its header has no column `adr`: did you mean `addr`?');
  expect(read('192.0.2.1\n192.0.2.2', 2)).toBe('it has no column 2');
});
