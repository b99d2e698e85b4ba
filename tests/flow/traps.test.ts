/** AWS's documented examples, and every trap met in public parsers: each parses, or is rejected with its reason. */
import { expect, test } from 'vitest';
import { decodeOptions, formatOf, readBack, subscriptionEvent, subscriptionMessage } from '../support/decode.ts';

const V5 =
  '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status} ${vpc-id} ${subnet-id} ${instance-id} ${tcp-flags} ${type} ${pkt-srcaddr} ${pkt-dstaddr} ${region} ${az-id} ${sublocation-type} ${sublocation-id} ${pkt-src-aws-service} ${pkt-dst-aws-service} ${flow-direction} ${traffic-path}';
const NAT = '${instance-id} ${interface-id} ${srcaddr} ${dstaddr} ${pkt-srcaddr} ${pkt-dstaddr} ${start}';
const FLAGS =
  '${version} ${vpc-id} ${subnet-id} ${instance-id} ${interface-id} ${account-id} ${type} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${pkt-srcaddr} ${pkt-dstaddr} ${protocol} ${bytes} ${packets} ${start} ${end} ${action} ${tcp-flags} ${log-status}';
const TGW =
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service';

const ssh =
  '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';

interface Case {
  readonly name: string;
  readonly format?: string;
  readonly line: string;
  /** Some of the record's values, or text that the reject's reason holds. */
  readonly expected: Record<string, unknown> | string;
}

const cases: Case[] = [
  // AWS's documented examples
  { name: 'accepted SSH traffic', line: ssh, expected: { version: 2, srcport: 20641, dstport: 22, action: 'ACCEPT' } },
  {
    name: 'rejected RDP traffic',
    line: '2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',
    expected: { dstport: 3389, action: 'REJECT', log_status: 'OK' },
  },
  {
    name: 'no data',
    line: '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA',
    expected: { srcaddr: null, dstport: null, bytes: null, action: null, log_status: 'NODATA', start: 1431280876 },
  },
  {
    name: 'skipped data',
    line: '2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA',
    expected: { interface_id: 'eni-11111111aaaaaaaaa', log_status: 'SKIPDATA', packets: null },
  },
  {
    name: 'IPv6 traffic',
    line: '2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK',
    expected: { srcaddr: '2001:db8:1234:a100:8d6e:3477:df66:f105', srcport: 34892 },
  },
  {
    name: 'ICMP: ports 0',
    line: '2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK',
    expected: { srcport: 0, protocol: 1 },
  },
  {
    name: 'TCP flags in a custom order',
    format: FLAGS,
    line: '3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875 1566848933 ACCEPT 2 OK',
    expected: { vpc_id: 'vpc-abcdefab012345678', tcp_flags: 2, bytes: 568, packets: 8 },
  },
  {
    name: 'through a NAT gateway: the packet has other addresses',
    format: NAT,
    line: '- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5 1566848875',
    expected: { instance_id: null, dstaddr: '10.0.0.220', pkt_dstaddr: '203.0.113.5' },
  },
  {
    name: 'version 5, services and path',
    format: V5,
    line: '5 123456789012 eni-1235b8ca123456789 10.0.0.5 52.95.128.179 51258 443 6 10 2000 1622000000 1622000060 ACCEPT OK vpc-1 subnet-1 i-1 2 IPv4 10.0.0.5 52.95.128.179 ap-northeast-1 apne1-az4 - - - S3 egress 8',
    expected: { pkt_dst_aws_service: 'S3', flow_direction: 'egress', traffic_path: 8, sublocation_type: null },
  },
  {
    name: 'transit gateway: 36 fields, no action',
    format: TGW,
    line: '6 TransitGateway 123456789012 tgw-1 tgw-attach-1 123456789012 123456789012 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 az1 az2 tgw-attach-2 10.0.0.1 10.1.0.1 1025 443 6 4 400 1622000000 1622000060 OK IPv4 0 0 0 0 2 us-east-1 ingress - -',
    expected: { resource_type: 'TransitGateway', tgw_id: 'tgw-1', packets_lost_blackhole: 0, dstport: 443 },
  },
  {
    name: 'encryption, reasons, tags, next hop (versions 8 to 11)',
    format:
      '${version} ${interface-id} ${resource-id} ${start} ${reject-reason} ${encryption-status} ${interface-tag} ${interface-type} ${next-hop-interface-type}',
    line: '11 - nat-0abc 1782000000 BPA - team%20%E9%96%A2 regional_nat_gateway something_new',
    expected: {
      interface_id: null,
      reject_reason: 'BPA',
      encryption_status: null,
      interface_tag: 'team%20%E9%96%A2',
      next_hop_interface_type: 'something_new',
    },
  },
  {
    name: 'ECS fields (version 7)',
    format: '${version} ${start} ${ecs-cluster-arn} ${ecs-task-id}',
    line: '7 1782000000 arn:aws:ecs:us-east-1:123456789012:cluster/web 0123abcd',
    expected: { ecs_cluster_arn: 'arn:aws:ecs:us-east-1:123456789012:cluster/web' },
  },
  // traps
  {
    name: 'an account that is unknown',
    line: ssh.replace('123456789010', 'unknown'),
    expected: { account_id: 'unknown' },
  },
  { name: 'repeated spaces', line: ssh.replaceAll(' ', '  '), expected: { dstport: 22 } },
  { name: 'a trailing space', line: `${ssh} `, expected: { log_status: 'OK' } },
  { name: 'a carriage return', line: `${ssh}\r`, expected: { log_status: 'OK' } },
  { name: "Firehose's wrapping", line: JSON.stringify({ message: ssh }), expected: { dstport: 22 } },
  {
    name: 'a CloudWatch export: a timestamp before the record',
    line: `2014-12-14T04:06:50.000Z ${ssh}`,
    expected: { version: 2, dstport: 22 },
  },
  { name: 'a protocol without a name', line: ssh.replace(' 6 20 ', ' 253 20 '), expected: { protocol: 253 } },
  {
    name: 'a service nobody knew',
    format: '${pkt-src-aws-service} ${start}',
    line: 'SOMETHING_NEW 1622000000',
    expected: { pkt_src_aws_service: 'SOMETHING_NEW' },
  },
  {
    name: 'milliseconds in start and end',
    line: ssh.replace('1418530010 1418530070', '1418530010123 1418530070999'),
    expected: { start: 1418530010, end: 1418530070 },
  },
  { name: 'too few values', line: ssh.replace(' OK', ''), expected: '13 values where the format has 14 fields' },
  { name: 'too many values', line: `${ssh} 1`, expected: '15 values where the format has 14 fields' },
  { name: 'bogus line', line: 'bogus line', expected: '2 values where the format has 14 fields' },
  { name: 'a port too high', line: ssh.replace(' 22 ', ' 65536 '), expected: '`dstport` is `65536`: at most 65535' },
  {
    name: 'a port that is a word',
    line: ssh.replace(' 22 ', ' ssh '),
    expected: '`dstport` is `ssh`, not a whole number',
  },
  { name: 'a negative number', line: ssh.replace(' 4249 ', ' -4249 '), expected: '`bytes` is `-4249`' },
  { name: 'a leading zero', line: ssh.replace(' 22 ', ' 022 '), expected: '`dstport` is `022`' },
  {
    name: 'an octet over 255',
    line: ssh.replace('172.31.16.21', '172.31.16.256'),
    expected: '`dstaddr` is `172.31.16.256`',
  },
  { name: 'an octet with a zero before', line: ssh.replace('172.31.16.21', '172.31.16.021'), expected: '`dstaddr`' },
  {
    name: 'an integer beyond 2^53',
    line: ssh.replace(' 4249 ', ' 9007199254740993 '),
    expected: '`bytes` is `9007199254740993`: at most 9007199254740991',
  },
  { name: 'an unknown action', line: ssh.replace('ACCEPT', 'MAYBE'), expected: 'not one of ACCEPT, REJECT' },
  { name: 'an unknown status', line: ssh.replace('OK', 'FINE'), expected: 'not one of OK, NODATA, SKIPDATA' },
  { name: 'a protocol over 255', line: ssh.replace(' 6 20 ', ' 256 20 '), expected: '`protocol`' },
  { name: 'a start long ago', line: ssh.replace('1418530010', '1300000000'), expected: 'before 2014-01-01T00:00:00Z' },
  { name: 'a start far ahead', line: ssh.replace('1418530010', '2147483647'), expected: '`start` is 2038-01-19' },
  { name: 'an end far ahead', line: ssh.replace('1418530070', '9007199254740991'), expected: '`end` is ' },
  { name: 'an end long ago', line: ssh.replace('1418530070', '1300000000'), expected: '`end` is 2011-03-13' },
  {
    name: '14 values of another format are not taken for the default one',
    line: 'ACCEPT 123456789010 4249 172.31.16.21 22 1418530070 eni-1235b8ca123456789 OK 20 6 172.31.16.139 20641 1418530010 2',
    expected: '`version` is `ACCEPT`',
  },
  {
    name: 'a later version of 14 fields is not taken for the default one',
    line: ssh.replace(/^2/, '3'),
    expected: 'no format is known for this line',
  },
  {
    name: 'a masked account id in a format that is only assumed',
    line: ssh.replace('123456789010', '1111'),
    expected:
      '(no format is known for this line: read as the default one; if that is its format all the same, `--format default` reads it)',
  },
  {
    name: 'a masked account id in a format that is known',
    format: 'default',
    line: ssh.replace('123456789010', '<account-id>'),
    expected: { account_id: '<account-id>', dstport: 22 },
  },
  {
    name: 'a record without any time',
    format: '${srcaddr} ${dstaddr}',
    line: '10.0.0.1 10.0.0.2',
    expected: 'the record has no time',
  },
];

const formatIn = (text: string | undefined) => (text === undefined ? undefined : formatOf(text));

test.each(cases)('as text: $name', async ({ format, line, expected }) => {
  const { records, rejects } = await readBack(`${line}\n`, decodeOptions(formatIn(format)));
  if (typeof expected === 'string') {
    expect(records).toEqual([]);
    expect(rejects).toEqual([
      { line: line.replace('\r', ''), reason: expect.stringContaining(expected), source: 'input', number: 1 },
    ]);
  } else {
    expect(rejects).toEqual([]);
    expect(records).toEqual([expect.objectContaining(expected)]);
  }
});

test.each(cases.filter(({ name }) => name !== 'a record without any time'))(
  'as a subscription event: $name',
  async ({ format, line, expected }) => {
    const event = subscriptionEvent(subscriptionMessage([ssh, line], {}));
    const options = decodeOptions(undefined, () => (format === undefined ? undefined : [formatOf(format)]));
    const { records, rejects } = await readBack(event, options);
    if (typeof expected === 'string')
      expect(rejects.at(-1)).toMatchObject({ reason: expect.stringContaining(expected), number: 2 });
    else expect(records.at(-1)).toMatchObject(expected);
  },
);

test('a record without start and end has the time that CloudWatch says', async () => {
  const options = decodeOptions(formatOf('${srcaddr} ${dstaddr}'));
  const { records, rejects } = await readBack(subscriptionEvent(subscriptionMessage(['10.0.0.1 10.0.0.2'])), options);
  expect(records).toEqual([{ srcaddr: '10.0.0.1', dstaddr: '10.0.0.2' }]);
  expect(rejects).toEqual([]);
});
