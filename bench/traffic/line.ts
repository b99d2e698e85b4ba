/** Records as the lines of a flow log, in any order of fields. */
import { FIELD_BY_NAME } from '../../shared/flow/fields.ts';

/** The default format: the 14 fields of version 2. */
export const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

/** Every field of versions 2 to 5, in AWS's documented order: 29 fields. */
export const V5 =
  `${V2} vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type ` +
  'sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path';

/** A custom format as people choose them: another order, without what they do not need. */
export const CUSTOM =
  'start end interface-id flow-direction action srcaddr srcport dstaddr dstport protocol tcp-flags packets bytes ' +
  'pkt-srcaddr pkt-dstaddr log-status version account-id';

/** A record's values by AWS's field name. */
export type LineValues = Readonly<Record<string, string | number | undefined>>;

/** Writes a record's line. */
export type LineWriter = (values: LineValues) => string;

/** Transit gateway flow logs in their default format: 36 fields, none of them an action. */
export const TRANSIT_GATEWAY =
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id ' +
  'tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id ' +
  'tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status ' +
  'type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags ' +
  'region flow-direction pkt-src-aws-service pkt-dst-aws-service';

/**
 * A writer for a format, given as field names joined by spaces. `version` is the highest that its fields need;
 * a field that the record has no value for is `-`.
 */
export function lineWriter(format: string): LineWriter {
  const names = format.split(' ');
  const version = Math.max(...names.map((name) => FIELD_BY_NAME.get(name)!.since));
  return (values) => {
    let line = '';
    for (const name of names) {
      const value = name === 'version' ? version : values[name];
      line += line === '' ? (value ?? '-') : ` ${value ?? '-'}`;
    }
    return line;
  };
}

/** AWS's notation of a format, as flow logs are created with and `--format` takes it. */
export function formatString(format: string): string {
  return format
    .split(' ')
    .map((name) => `\${${name}}`)
    .join(' ');
}
