import { expect, test } from 'vitest';
import { tables } from '../../infra/tables.ts';
import { workgroup } from '../../infra/workgroup.ts';
import { DEFAULT_CONFIG, type BucketSource, type Config } from '../../shared/config/config.ts';
import type { FlowTable } from '../../shared/flow/fields.ts';
import { compactKey, ledgerKey, quarantineKey, rawKey } from '../../shared/lake/layout.ts';
import { lakeColumns } from '../../shared/lake/schema.ts';
import { alertKey } from '../../shared/alerts/layout.ts';
import { tableInputs } from '../support/table-inputs.ts';

const inputs = (config: Partial<Config> = {}) => new Map(tableInputs('lake', config).map((each) => [each.Name!, each]));

test.each<[string, FlowTable, readonly string[], string]>([
  ['flows_raw', 'vpc', [], 'arrived'],
  ['flows_compact', 'vpc', ['run'], 'day'],
  ['tgw_raw', 'tgw', [], 'arrived'],
  ['tgw_compact', 'tgw', ['run'], 'day'],
])('%s has the columns of the lake, in their order', (name, table, more, partition) => {
  const { StorageDescriptor, PartitionKeys } = inputs().get(name)!;
  const types = { int32: 'int', int64: 'bigint', string: 'string' };
  expect(StorageDescriptor!.Columns).toEqual([
    ...lakeColumns(table).map((column) => ({ Name: column.name, Type: types[column.type] })),
    ...more.map((column) => ({ Name: column, Type: 'bigint' })),
  ]);
  expect(PartitionKeys!.map(({ Name }) => Name)).toEqual([partition]);
  expect(StorageDescriptor!.SerdeInfo!.SerializationLibrary).toContain('ParquetHiveSerDe');
});

const TIME = new Date('2026-11-05T13:10:00Z');

test.each<[string, string, Readonly<Record<string, string>>]>([
  ['flows_raw', rawKey('vpc', TIME, 'x'), { arrived: '2026-11-05-13' }],
  ['tgw_raw', rawKey('tgw', TIME, 'x'), { arrived: '2026-11-05-13' }],
  ['flows_compact', compactKey('vpc', '2026-11-05', 'x'), { day: '2026-11-05' }],
  ['tgw_compact', compactKey('tgw', '2026-11-05', 'x'), { day: '2026-11-05' }],
  ['alerts_raw', alertKey({ id: 'x', period: { start: '2026-11-05T13:00:00Z', end: '2026-11-05T14:00:00Z' } }), { day: '2026-11-05' }], // prettier-ignore
  ['quarantine_raw', quarantineKey(TIME, 'x'), { day: '2026-11-05' }],
  ['ledger', ledgerKey(TIME, 7), { day: '2026-11-05' }],
  ['lists', 'lists/entries/addresses/bad.json', { kind: 'addresses' }],
])('%s projects the folders in which objects are written', (name, key, values) => {
  const { Parameters, StorageDescriptor, PartitionKeys, TableType } = inputs().get(name)!;
  expect(TableType).toBe('EXTERNAL_TABLE');
  const template = Parameters!['storage.location.template']!;
  expect(template.startsWith(StorageDescriptor!.Location!)).toBe(true);
  const folder = Object.entries(values).reduce(
    (text, [column, value]) => text.replace(`\${${column}}`, value),
    template,
  );
  expect(`s3://lake/${key}`.startsWith(folder)).toBe(true);
  expect(PartitionKeys!.map(({ Name }) => Name)).toEqual(Object.keys(values));
  expect(Parameters!['projection.enabled']).toBe('true');
  for (const [column, value] of Object.entries(values)) {
    const of = (property: string) => Parameters![`projection.${column}.${property}`];
    if (of('type') === 'enum') expect(of('values')!.split(',')).toContain(value);
    else expect(of('range')!.split(',')[0]! <= value && /^NOW\+1(HOURS|DAYS)$/.test(of('range')!.split(',')[1]!)).toBe(true); // prettier-ignore
  }
});

test('an hour of arrival is written as keys write it, a day is a date', () => {
  const raw = inputs().get('flows_raw')!;
  expect(raw.Parameters).toMatchObject({
    'projection.arrived.type': 'date',
    'projection.arrived.format': 'yyyy-MM-dd-HH',
    'projection.arrived.interval': '1',
    'projection.arrived.interval.unit': 'HOURS',
  });
  expect(raw.PartitionKeys).toEqual([{ Name: 'arrived', Type: 'string' }]);
  const compact = inputs().get('flows_compact')!;
  expect(compact.Parameters).toMatchObject({ 'projection.day.format': 'yyyy-MM-dd', 'projection.day.interval.unit': 'DAYS' }); // prettier-ignore
  expect(compact.PartitionKeys).toEqual([{ Name: 'day', Type: 'date' }]);
});

/** The table whose name begins so. */
const inputOf = (start: string, config: Partial<Config>) =>
  [...inputs(config)].find(([name]) => name.startsWith(start))![1];

const bucket: BucketSource = {
  kind: 'bucket',
  bucket: 'flow-logs.example',
  prefix: 'net/',
  create: false,
  archive: false,
  layout: 'plain',
  partition: 'hourly',
};

test('a source that is not archived has a table of its own: plain folders, other accounts', () => {
  const members = { organization: undefined, accounts: ['210987654321'] };
  const { StorageDescriptor, Parameters, PartitionKeys } = inputOf('source_flow_logs_example__net_', {
    sources: [bucket],
    members,
  });
  expect(StorageDescriptor!.Location).toBe('s3://flow-logs.example/net/AWSLogs/');
  const own = lakeColumns('vpc').filter(({ added }) => !added);
  expect(StorageDescriptor!.Columns!.map(({ Name }) => Name)).toEqual(own.map(({ name }) => name));
  expect(PartitionKeys!.map(({ Name }) => Name)).toEqual(['aws_account_id', 'aws_region', 'hour']);
  expect(Parameters).toMatchObject({
    'projection.aws_account_id.type': 'enum',
    'projection.aws_account_id.values': '123456789012,210987654321',
    'projection.aws_region.type': 'injected',
    'projection.hour.format': 'yyyy/MM/dd/HH',
    'storage.location.template':
      's3://flow-logs.example/net/AWSLogs/${aws_account_id}/vpcflowlogs/${aws_region}/${hour}/',
  });
});

test('of an organization the account has to be said; Hive folders, daily', () => {
  const source: BucketSource = { ...bucket, prefix: '', layout: 'hive', partition: 'daily' };
  const members = { organization: 'o-a1b2c3d4e5', accounts: [] };
  const { Parameters, PartitionKeys } = inputOf('source_flow_logs_example_', { sources: [source], members });
  expect(PartitionKeys!.map(({ Name }) => Name)).toEqual(['aws_account_id', 'aws_region', 'year', 'month', 'day']);
  expect(Parameters).toMatchObject({
    'projection.aws_account_id.type': 'injected',
    'projection.month.type': 'integer',
    'projection.month.digits': '2',
    'storage.location.template':
      's3://flow-logs.example/AWSLogs/aws-account-id=${aws_account_id}/aws-service=vpcflowlogs/' +
      'aws-region=${aws_region}/year=${year}/month=${month}/day=${day}/',
  });
});

test('sources have tables of different names, the same whatever stands beside them; archived ones have none', () => {
  const namesOf = (...sources: readonly BucketSource[]): readonly string[] =>
    [...inputs({ sources }).keys()].filter((name) => name.startsWith('source_'));
  const plain = { ...bucket, bucket: 'my-flow-logs' };
  const sources = [
    { ...plain, prefix: '' },
    { ...plain, prefix: 'net/eu-1/' },
    { ...plain, bucket: 'my-flow', prefix: 'logs/' },
    bucket,
    { ...bucket, prefix: 'net-/' },
    { ...bucket, bucket: 'flow.logs-example' },
    { ...plain, prefix: `${'long'.repeat(50)}/` },
  ];
  const names = namesOf(...sources, { ...bucket, archive: true, bucket: 'copied' });
  expect(names.slice(0, 3)).toEqual(['source_my_flow_logs', 'source_my_flow_logs__net__eu_1', 'source_my_flow__logs']);
  // words alone do not tell these apart
  for (const name of names.slice(3)) expect(name).toMatch(/^source_[a-z_]{1,128}_[0-9a-f]{8}$/);
  expect(new Set(names).size).toBe(sources.length);
  expect(namesOf(...[...sources].reverse())).toEqual([...names].reverse());
  expect(sources.map((source) => namesOf(source)[0])).toEqual(names);
});

test('names are what Athena takes without quotes', () => {
  const deployment = { ...DEFAULT_CONFIG.deployment, name: 'Net-Watch', stage: 'dev.1' };
  const { Resources } = tables({ config: { ...DEFAULT_CONFIG, deployment }, rules: [], lists: [] });
  expect(Resources['Database']!.Properties).toMatchObject({ DatabaseInput: { Name: 'net_watch_dev_1' } });
  for (const name of inputs({ sources: [bucket] }).keys()) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
});

test('a workgroup holds every query to its limit, its place for results and its encryption', () => {
  const of = (config: Partial<Config>) =>
    workgroup({ config: { ...DEFAULT_CONFIG, ...config }, rules: [], lists: [] }).Resources['Workgroup']!.Properties![
      'WorkGroupConfiguration'
    ];
  expect(of({ budgets: { queryScan: 2_000_000_000, monthly: undefined } })).toMatchObject({
    EnforceWorkGroupConfiguration: true,
    BytesScannedCutoffPerQuery: 2_000_000_000,
    EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
    ResultConfiguration: {
      OutputLocation: { 'Fn::Sub': 's3://${Transit}/athena-results/' },
      EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
    },
  });
  const kmsKey = 'arn:aws:kms:us-east-1:123456789012:key/1';
  const storage = { ...DEFAULT_CONFIG.storage, kmsKey };
  expect(of({ storage, budgets: { queryScan: 5, monthly: undefined } })).toMatchObject({
    BytesScannedCutoffPerQuery: 10_000_000,
    ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: kmsKey } },
  });
});
