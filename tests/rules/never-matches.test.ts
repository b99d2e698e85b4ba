import { expect, test } from 'vitest';
import { loadRules } from '../../shared/rules/load.ts';

/** The errors of a rule with a `where`, and maybe an `except`, `CODE message`. */
function errors(where: string, except?: string): readonly string[] {
  const rule = { id: 'a', where, ...(except === undefined ? {} : { except }) };
  const text = JSON.stringify({ lists: { empty: [], web: ['web-*'] }, rules: [rule] });
  const { diagnostics } = loadRules([{ name: 'rules.yml', text }]);
  return diagnostics.flatMap(({ code, severity, message }) => (severity === 'error' ? [`${code} ${message}`] : []));
}

const NEVER = ['E301 no record can ever match `where`: its parts exclude each other'];
const NOTHING_LEFT = ['E301 `except` takes out everything that `where` matches'];

test.each([
  'vpc_id like web-* and vpc_id = app-1',
  'vpc_id like web-* and vpc_id like app-*',
  'vpc_id like *-a and vpc_id like *-b',
  'vpc_id like web-1* and vpc_id not like web-*',
  'vpc_id = web-1 and vpc_id not like @web',
  'vpc_id in (web-1, web-2) and vpc_id not like (*-1, *-2)',
  'not has(vpc_id) and vpc_id like web-*',
  'not has(dstport) and dstport != 22',
  'tcp_flags has SYN+ACK and tcp_flags in (2, 16)',
  'tcp_flags has SYN and tcp_flags not has SYN',
  "direction like 'in*' and direction like 'e*'",
])('%s matches nothing', (where) => {
  expect(errors(where)).toEqual(NEVER);
});

test.each([
  'vpc_id like web-* and vpc_id = web-1',
  'vpc_id like web-* and vpc_id like *-1',
  'vpc_id like web-* and vpc_id not like web-1*',
  'not has(vpc_id) or vpc_id like web-*',
  'tcp_flags has SYN and tcp_flags not has ACK',
  'srcaddr in @empty',
  'srcaddr in @empty and dstport = 22',
])('%s may match something', (where) => {
  expect(errors(where)).toEqual([]);
});

test('an exception that takes out everything is refused, one that leaves something is not', () => {
  expect(errors('vpc_id like web-1*', 'vpc_id like web-*')).toEqual(NOTHING_LEFT);
  expect(errors('dstport in 1-100', 'dstport <= 50 or dstport in 40-200')).toEqual(NOTHING_LEFT);
  expect(errors('dstport in 1-100', 'dstport <= 50 or dstport in 52-200')).toEqual([]);
  expect(errors('action = REJECT', 'has(action)')).toEqual(NOTHING_LEFT);
  expect(errors('dstport = 22', 'srcaddr in 0.0.0.0/0 or srcaddr in ::/0')).toEqual([]);
  expect(errors('dstport = 22', 'srcaddr not in @empty or not has(srcaddr)')).toEqual([]);
});

test('an exception of hundreds of alternatives is no larger than it is written', () => {
  const alternatives = Array.from({ length: 600 }, (_, i) => `(interface_id = eni-${i} and server_port = ${i + 1})`);
  expect(errors('action = ACCEPT or bytes > 5MB', alternatives.join(' or '))).toEqual([]);
});
