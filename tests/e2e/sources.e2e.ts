/** Every kind of source: log groups by their formats, objects by who delivered them and how. */
import { describe, expect, it } from 'vitest';
import { sekisho } from '../support/program.ts';
import { BUCKETS, CUSTOM_FORMAT, GROUPS } from './deployment.ts';
import { lakeOf } from './expected.ts';
import { arrivedRecords, comeToRest, writtenRecords } from './scenario.ts';
import { deployed, until, useSystem, type System } from './system.ts';
import { ACCOUNT, asDeliveredFile, DEFAULT_FIELDS, makeTraffic } from './traffic.ts';

/** Whose flow logs they are, by the keys of the objects below. */
const ELSEWHERE = { account: '210987654321', region: 'eu-west-1' };

describe.skipIf(deployed === undefined)('the deployed system reads', () => {
  const open = useSystem();

  const expectTold = (system: System, rule: string, about: string): Promise<unknown> =>
    until(`${rule} of ${about} told`, async () =>
      (await system.told('everything')).some(
        ({ body, attributes }) => attributes['rule'] === rule && body.includes(about),
      ),
    );

  it('a log group of the default format', async () => {
    const system = open();
    const traffic = makeTraffic();
    await system.putLogEvents(traffic);
    expect(await arrivedRecords(system, traffic)).toEqual(
      await writtenRecords(system, traffic, { source: GROUPS.default, account: ACCOUNT, region: 'us-east-1' }),
    );
    await expectTold(system, 'admin-port-open-to-internet', traffic.interfaceId);
  });

  it('a log group of a format of its own, and one of two formats in turn', async () => {
    const system = open();
    const custom = makeTraffic({ logGroup: GROUPS.custom });
    const both = makeTraffic({ logGroup: GROUPS.both });
    await system.putLogEvents({ ...custom, events: custom.events.map(inCustomFormat) });
    await system.putLogEvents({
      ...both,
      events: both.events.map((event, index) => (index % 2 === 0 ? event : inCustomFormat(event))),
    });
    await expectTold(system, 'admin-port-open-to-internet', custom.interfaceId);
    await expectTold(system, 'admin-port-open-to-internet', both.interfaceId);
    for (const { interfaceId, events } of [custom, both]) {
      const count = `SELECT count(*) FROM flows WHERE interface_id = '${interfaceId}'`;
      await until(`all records of ${interfaceId}`, async () => (await system.query(count))[0]![0] === events.length);
    }
    const ports = `SELECT dstport, flow_direction FROM flows WHERE interface_id = '${custom.interfaceId}' AND dstport = 22`;
    expect(await system.query(ports)).toEqual([[22, 'ingress']]);
  });

  it('text that AWS delivers to a bucket of the deployment', async () => {
    const system = open();
    const traffic = makeTraffic();
    const key =
      'AWSLogs/210987654321/vpcflowlogs/eu-west-1/2026/11/24/210987654321_vpcflowlogs_eu-west-1_fl-1_x.log.gz';
    await system.putObject(BUCKETS.made, key, asDeliveredFile(traffic));
    expect(await arrivedRecords(system, traffic)).toEqual(
      await writtenRecords(system, traffic, { source: BUCKETS.made, ...ELSEWHERE }),
    );
    await expectTold(system, 'admin-port-open-to-internet', traffic.interfaceId);
  });

  it('what is delivered to a bucket that was there, in folders as Hive has them', async () => {
    const system = open();
    const traffic = makeTraffic();
    const folder =
      'AWSLogs/aws-account-id=210987654321/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=11/day=24';
    await system.putObject(
      BUCKETS.there,
      `${folder}/210987654321_vpcflowlogs_eu-west-1_fl-2_x.log.gz`,
      asDeliveredFile(traffic),
    );
    expect(await arrivedRecords(system, traffic)).toEqual(
      await writtenRecords(system, traffic, { source: BUCKETS.there, ...ELSEWHERE }),
    );
    await expectTold(system, 'admin-port-open-to-internet', traffic.interfaceId);
  });

  it('objects that stay where they are, for rules alone', async () => {
    const system = open();
    const traffic = makeTraffic();
    const folder =
      'AWSLogs/aws-account-id=210987654321/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=11/day=24';
    await system.putObject(
      BUCKETS.kept,
      `${folder}/210987654321_vpcflowlogs_eu-west-1_fl-3_x.log.gz`,
      asDeliveredFile(traffic),
    );
    await expectTold(system, 'admin-port-open-to-internet', traffic.interfaceId);
    await comeToRest(system);
    expect((await lakeOf(system, [traffic])).records).toEqual([]);
    await system.invoke('windows');
    await expectTold(system, 'crypto-mining-port', traffic.events.at(-1)!.message.split(' ')[4]!);
  });

  it('old objects that a backfill names, each record once however often it does', async () => {
    const system = open();
    const traffic = makeTraffic();
    const folder = 'AWSLogs/210987654321/vpcflowlogs/eu-west-1/2026/11/20';
    await system.announceObjects(BUCKETS.there, false);
    await system.putObject(
      BUCKETS.there,
      `${folder}/210987654321_vpcflowlogs_eu-west-1_fl-4_x.log.gz`,
      asDeliveredFile(traffic),
    );
    await system.announceObjects(BUCKETS.there, true);
    const args = ['backfill', `s3://${BUCKETS.there}/${folder}/`, '--force', '--yes', '--json'];
    const backfill = async (): Promise<void> => {
      const ended = await sekisho(args, { cwd: system.folder, env: deployed!.env });
      expect(ended).toMatchObject({ code: 0 });
    };
    await backfill();
    await backfill();
    expect(await arrivedRecords(system, traffic)).toEqual(
      await writtenRecords(system, traffic, { source: BUCKETS.there, ...ELSEWHERE }),
    );
    await comeToRest(system);
    expect((await lakeOf(system, [traffic])).records).toHaveLength(traffic.events.length);
  });
});

/** The same record in the format of the owner's own. */
function inCustomFormat<T extends { readonly message: string }>(event: T): T {
  const values = Object.fromEntries(event.message.split(' ').map((value, index) => [DEFAULT_FIELDS[index]!, value]));
  const direction = values['dstaddr']!.startsWith('10.77.') ? 'ingress' : 'egress';
  const all: Record<string, string> = {
    ...values,
    'vpc-id': 'vpc-0e2e',
    'flow-direction': direction,
    'tcp-flags': '2',
  };
  const message = CUSTOM_FORMAT.replaceAll(/\$\{([a-z-]+)\}/g, (_, name: string) => all[name]!);
  return { ...event, message };
}
