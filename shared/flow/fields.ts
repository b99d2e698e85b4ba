/**
 * The one table of flow-log fields: parser, rule checker, Parquet schema, SQL views and documentation read it.
 *
 * Source: Amazon VPC User Guide, "Flow log records" (versions 2 to 11), and Transit Gateway guide,
 * "Transit gateway flow log records" (version 6).
 */

/** How a field's text is read, and its column type in the lake (`address` is text that holds an IPv4 or IPv6 address). */
export type FieldType = 'int32' | 'int64' | 'address' | 'string';

/** Which kind of flow log has the field. */
export type FlowTable = 'vpc' | 'tgw';

/** One field of a flow log record. */
export interface Field {
  /** AWS's name, as in a format string: `interface-id`. */
  readonly name: string;
  /** The name of its column and of its key in JSON: `interface_id`. */
  readonly column: string;
  readonly type: FieldType;
  /** The flow-log version that brought it. */
  readonly since: number;
  readonly tables: readonly FlowTable[];
  /** The only values it takes, where AWS documents a closed set; anything else is unreadable. */
  readonly values?: readonly string[];
  /** The smallest value an integer field takes, 0 where not given. */
  readonly min?: number;
  /** The largest value an integer field takes. */
  readonly max?: number;
  /** What a text field's values look like, where a format is only assumed. */
  readonly pattern?: RegExp;
  /** True where `-` does not fit. */
  readonly required?: boolean;
}

const PORT = 65_535;
const INT32 = 2_147_483_647;

type Spec = Partial<Pick<Field, 'type' | 'values' | 'max' | 'tables'>>;

function fields(since: number, tables: readonly FlowTable[], specs: Record<string, Spec>): Field[] {
  return Object.entries(specs).map(([name, spec]) => ({
    name,
    column: name.replaceAll('-', '_'),
    type: 'string',
    since,
    tables,
    ...(spec.type === 'int32' ? { max: INT32 } : {}),
    ...spec,
  }));
}

const BOTH: readonly FlowTable[] = ['vpc', 'tgw'];
const text: Spec = {};
const int32: Spec = { type: 'int32' };
const int64: Spec = { type: 'int64' };
const address: Spec = { type: 'address' };

/** Every field, in AWS's documented order: version by version, transit gateway fields at the end. */
export const FIELDS: readonly Field[] = [
  ...fields(2, BOTH, {
    version: int32,
    'account-id': text,
    'interface-id': { tables: ['vpc'] },
    srcaddr: address,
    dstaddr: address,
    srcport: { type: 'int32', max: PORT },
    dstport: { type: 'int32', max: PORT },
    protocol: { type: 'int32', max: 255 },
    packets: int64,
    bytes: int64,
    start: int64,
    end: int64,
    action: { values: ['ACCEPT', 'REJECT'], tables: ['vpc'] },
    'log-status': { values: ['OK', 'NODATA', 'SKIPDATA'] },
  }),
  ...fields(3, ['vpc'], {
    'vpc-id': text,
    'subnet-id': text,
    'instance-id': text,
    // the twelve bits of the TCP header's flags and reserved bits (RFC 9293)
    'tcp-flags': { ...int32, max: 4095, tables: BOTH },
    type: { tables: BOTH },
    'pkt-srcaddr': address,
    'pkt-dstaddr': address,
  }),
  ...fields(4, ['vpc'], {
    region: { tables: BOTH },
    'az-id': text,
    'sublocation-type': text,
    'sublocation-id': text,
  }),
  ...fields(5, ['vpc'], {
    'pkt-src-aws-service': { tables: BOTH },
    'pkt-dst-aws-service': { tables: BOTH },
    'flow-direction': { values: ['ingress', 'egress'], tables: BOTH },
    'traffic-path': int32,
  }),
  ...fields(7, ['vpc'], {
    'ecs-cluster-arn': text,
    'ecs-cluster-name': text,
    'ecs-container-instance-arn': text,
    'ecs-container-instance-id': text,
    'ecs-container-id': text,
    'ecs-second-container-id': text,
    'ecs-service-name': text,
    'ecs-task-definition-arn': text,
    'ecs-task-arn': text,
    'ecs-task-id': text,
  }),
  ...fields(8, ['vpc'], { 'reject-reason': text }),
  ...fields(9, ['vpc'], { 'resource-id': text }),
  ...fields(10, ['vpc'], { 'encryption-status': int32 }),
  ...fields(11, ['vpc'], {
    'instance-tag': text,
    'instance-tag-2': text,
    'interface-tag': text,
    'interface-tag-2': text,
    'asg-tag': text,
    'asg-tag-2': text,
    'interface-type': text,
    'next-hop-interface-id': text,
    'next-hop-subnet-id': text,
    'next-hop-az-id': text,
    'next-hop-vpc-id': text,
    'next-hop-interface-type': text,
  }),
  ...fields(6, ['tgw'], {
    'resource-type': text,
    'tgw-id': text,
    'tgw-attachment-id': text,
    'tgw-src-vpc-account-id': text,
    'tgw-dst-vpc-account-id': text,
    'tgw-src-vpc-id': text,
    'tgw-dst-vpc-id': text,
    'tgw-src-subnet-id': text,
    'tgw-dst-subnet-id': text,
    'tgw-src-eni': text,
    'tgw-dst-eni': text,
    'tgw-src-az-id': text,
    'tgw-dst-az-id': text,
    'tgw-pair-attachment-id': text,
    'packets-lost-no-route': int64,
    'packets-lost-blackhole': int64,
    'packets-lost-mtu-exceeded': int64,
    'packets-lost-ttl-expired': int64,
  }),
];

/** Fields by AWS's name (`interface-id`). */
export const FIELD_BY_NAME: ReadonlyMap<string, Field> = new Map(FIELDS.map((field) => [field.name, field]));

/** Fields by column name (`interface_id`). */
export const FIELD_BY_COLUMN: ReadonlyMap<string, Field> = new Map(FIELDS.map((field) => [field.column, field]));
