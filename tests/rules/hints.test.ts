/** What people write out of habit, and what they are told to write. */
import { expect, test } from 'vitest';
import { checkExpression } from '../../shared/rules/check.ts';
import { builtInLists, type NamedList } from '../../shared/rules/lists.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { parseWhen } from '../../shared/rules/when.ts';

const offices: NamedList = { name: 'offices', entries: ['192.0.2.0/24'] };
const lists = new Map([...builtInLists(), [offices.name, offices] as const]);

/** The hints of an expression, one after the other. */
const hints = (text: string): string =>
  checkExpression(text, lists)
    .findings.map(({ hint }) => hint ?? '–')
    .join('; ');

test.each<[string, string]>([
  // values without a field
  ['icmp', 'write `protocol = icmp`'],
  ['TCP and dstport = 22', 'write `protocol = tcp`'],
  ['REJECT', 'write `action = REJECT`'],
  ['nodata', 'write `log_status = nodata`'],
  ['eni-0abc', 'write `interface_id = eni-0abc`'],
  ['10.0.0.1', 'write `srcaddr = 10.0.0.1` or `dstaddr = 10.0.0.1`'],
  ['10.0.0.0/8', 'write `srcaddr in 10.0.0.0/8` or `dstaddr in 10.0.0.0/8`'],
  ['@private', 'write `srcaddr in @private`, `dstport in @private` or another field'],
  ['dstport = 22 or 23', 'write `dstport = 23`, and several values as `dstport in (22, 23)`'],
  ['1-1024', 'write `dstport in 1-1024`'],
  ['ssh', 'write `server_port = 22`'],
  // fields of other tools
  ['src_ip = 10.0.0.1', 'did you mean `srcaddr`?'],
  ['dst_ip = 10.0.0.1', 'did you mean `dstaddr`?'],
  ['source_ip = 10.0.0.1', 'did you mean `srcaddr`?'],
  ['source.ip = 10.0.0.1', 'did you mean `srcaddr`?'],
  ['sourceAddress = 10.0.0.1', 'did you mean `srcaddr`?'],
  ['srcAddr = 10.0.0.1', 'did you mean `srcaddr`?'],
  ['destination.port = 22', 'did you mean `dstport`?'],
  ['src_port = 22', 'did you mean `srcport`?'],
  ['port = 22', 'did you mean `dstport`, `srcport` or `server_port`?'],
  ['proto = tcp', 'did you mean `protocol`?'],
  ['flags has SYN', 'did you mean `tcp_flags`?'],
  ['interfaceId = eni-1', 'did you mean `interface_id`?'],
  ['eni = eni-1', 'did you mean `interface_id`?'],
  ['has(dst_ip)', 'did you mean `dstaddr`?'],
  // values of other tools
  ['action = deny', 'did you mean `REJECT`?'],
  ['action = allowed', 'did you mean `ACCEPT`?'],
  ['direction = inbound', 'did you mean `ingress`?'],
  ['direction = in', 'write `direction = ingress`'],
  ['initiator = source', 'did you mean `src`?'],
  ['protocol = TCP/UDP', 'write `protocol in (tcp, udp)`'],
  ['dstport = any', 'leave the test out, or write `has(dstport)`'],
  ['srcaddr != *', 'leave the test out, or write `not has(srcaddr)`'],
  ['srcaddr = internet', 'write `srcaddr not in (@private, @networks)`'],
  ['srcaddr = 10.1.', 'write a network, `10.1.0.0/16`'],
  // lists without their @
  ['srcaddr in offices', 'write `srcaddr in @offices` if the list is meant'],
  ['srcaddr != office', 'write `srcaddr not in @offices` if the list is meant'],
  ['dstport = admin_ports', 'write `dstport in @admin_ports` if the list is meant'],
  // numbers
  ['bytes > 5mb', 'write `5MB`'],
  ['bytes > 10m', 'write `10M`: `m` is for minutes'],
  ['bytes > 1_000_000', 'write `1000000`'],
  ['bytes > 5e6', 'write `5000000`'],
  ['bytes > 5 MB', 'write a number and its unit without a space: `5MB`, `90s`'],
  ['start > 10min', 'write `10m`'],
  // operators and functions
  ['dstport has SYN', 'write `tcp_flags has SYN`'],
  ['dstport between 1 and 1024', 'write `dstport in 1-1024`'],
  ['dstport gte 1024', 'write `dstport >= 1024`'],
  ['action REJECT', 'write `action = REJECT`'],
  ['action: REJECT', 'write `action = REJECT`'],
  ['action:REJECT', 'write `action = REJECT`'],
  ['where action = REJECT', 'leave it out: an expression begins with a test'],
  ['srcaddr in not @private', 'write `srcaddr not in …`'],
  ['srcaddr contains 10.', 'write `srcaddr in 10.0.0.0/8`'],
  ["vpc_id contains 'abc'", "write `vpc_id like '*abc*'`"],
  ['lower(action) = accept', 'leave it out: `action` is compared in any case'],
  ['lower(vpc_id) = x', 'there are no functions: name each spelling in `vpc_id in (…)`'],
  ["isIpv4InSubnet(srcaddr, '10.0.0.0/8')", 'write `srcaddr in 10.0.0.0/8`'],
  ['ispresent(srcaddr)', 'write `has(srcaddr)`'],
  ['count() > 5', 'what is counted over records stands in a key of its own: `when: count() >= 10`'],
  ['dstport in [22]', 'parentheses stand around sets and groups: write `(`; parentheses stand around sets and groups: write `)`'],
])('%s: %s', (text, expected) => {
  expect(hints(text)).toBe(expected);
}); // prettier-ignore

test.each<[string, string]>([
  ['sum(bytes) > 5gb', 'write `5GB`'],
  ['sum(bytes) > 5 GB', 'write a number and its unit without a space: `5GB`'],
  ['count(*) >= 10', 'write `count()`'],
  ['distinct dstport > 5', 'write `distinct(dstport)`'],
  ['uniq(dstport) > 5', 'did you mean `distinct`?'],
  ['avg(bytes) > 5', 'did you mean `rate`?'],
  ['bytes > 5GB', 'write `sum(bytes)`'],
  ['count() >= 10 in 5m', 'write `window: 10m` beside `when:`'],
  ['no records for 45min', 'write `45m`'],
  ['new dst_ip over 2w', 'did you mean `dstaddr`?'],
])('when: %s: %s', (text, expected) => {
  expect(parseWhen(text).findings.map(({ hint }) => hint)).toEqual([expected]);
});

test.each<[string, string]>([
  ['by: "srcaddr, dstaddr"', 'write a list: `by: [srcaddr, dstaddr]`'],
  ['by: [src_ip]', 'did you mean `srcaddr`?'],
  ['suppress: 1 hour', 'write `1h`'],
  ['suppress: 1w', 'write `7d`'],
  ['level: high', 'did you mean `severity`?'],
  ['group_by: srcaddr', 'did you mean `by`?'],
  ['condition: action = REJECT', 'did you mean `where`?'],
  ['falsePositives: none', 'did you mean `false_positives`?'],
])('%s: %s', (entry, expected) => {
  const text = `rules: [{ id: a, where: dstport = 22, ${entry} }]`;
  expect(loadRules([{ name: 'a.yml', text }]).diagnostics.map(({ hint }) => hint)).toEqual([expected]);
});
