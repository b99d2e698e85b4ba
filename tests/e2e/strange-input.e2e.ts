/** What is no ordinary flow log: passed over, kept and counted, or given up and called back; never tried for ever. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { jsonOf, sekisho } from '../support/program.ts';
import { VISIBILITY_SECONDS } from './deployment.ts';
import { ingestLocally, lakeOf } from './expected.ts';
import { comeToRest, toldIds } from './scenario.ts';
import { deployed, until, useSystem, type System } from './system.ts';
import { ACCOUNT, makeTraffic, toSubscriptionEvent, type Traffic } from './traffic.ts';

describe.skipIf(deployed === undefined)('the deployed system', () => {
  const open = useSystem();

  const quarantined = async (system: System, text: string): Promise<readonly (readonly unknown[])[]> =>
    system.query(`SELECT * FROM quarantine WHERE line LIKE '%${text}%'`);

  it('passes over what CloudWatch Logs sends to see whether somebody is there', async () => {
    const system = open();
    const before = await system.keys('Lake');
    const calls = await system.invocations('detect');
    const message = 'CWL CONTROL MESSAGE: Checking health of destination Lambda.';
    await system.deliver(
      packed({
        messageType: 'CONTROL_MESSAGE',
        owner: 'CloudwatchLogs',
        logGroup: '',
        logStream: '',
        subscriptionFilters: [],
        logEvents: [{ id: '', timestamp: Date.now(), message }],
      }),
    );
    await until('the control message seen', async () => (await system.invocations('detect')) > calls);
    await comeToRest(system);
    expect(await system.keys('Lake')).toEqual(before);
    // nor is it called again, as it would be after an error
    expect(await system.invocations('detect')).toBe(calls + 1);
  });

  it('reads a log group that nobody configured as the default format', async () => {
    const system = open();
    const traffic = makeTraffic({ logGroup: '/e2e/unknown' });
    const expected = await (await ingestLocally(system, [traffic]))([traffic]);
    await system.deliverTraffic(traffic);
    await until('its records', async () => (await lakeOf(system, [traffic])).records.length > 0);
    expect((await lakeOf(system, [traffic])).records).toEqual(expected.records);
    expect((await system.complaints()).join('\n')).toContain('log group `/e2e/unknown` is not in sekisho.yml');
  });

  it('keeps lines that are no records, beside those that are', async () => {
    const system = open();
    const traffic = makeTraffic();
    const lines = [
      'no record at all',
      `2 ${ACCOUNT} ${traffic.interfaceId} 10.0.0.1 10.0.0.999 1 2 6 1 1 1 1 ACCEPT OK`,
    ];
    const broken = lines.map((message, index) => ({
      id: `x${index}`,
      timestamp: traffic.events[0]!.timestamp,
      message,
    }));
    await system.deliverTraffic({ ...traffic, events: [...broken, ...traffic.events] });
    await until('the readable records', async () => (await lakeOf(system, [traffic])).records.length > 0);
    expect((await lakeOf(system, [traffic])).records).toHaveLength(traffic.events.length);
    for (const line of lines) {
      await until(`\`${line}\` in the quarantine`, async () => (await quarantined(system, line)).length === 1);
    }
  });

  it('keeps a delivery that can not be opened, and does not try for ever', async () => {
    const system = open();
    await system.deliver({ awslogs: { data: Buffer.from('this is no gzip').toString('base64') } });
    await system.deliver({ wrong: 'event that no subscription sends' });
    await comeToRest(system);
    const written = await until('two unopened deliveries', async () => {
      const keys = await system.keys('Lake', 'quarantine/');
      const texts = await Promise.all(keys.map(async (key) => (await system.object('Lake', key)).toString()));
      const lines = texts.join('\n').split('\n');
      const kept = lines.filter((line) => /is not whole|no subscription sends/.test(line));
      return kept.length >= 2 && kept;
    });
    expect(written).toHaveLength(2);
    // counted, for its alarm
    const counts = (await system.logLines('archive')).flatMap(
      (line) => /"UnreadableDeliveries":(\d+)/.exec(line)?.[1] ?? [],
    );
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(2);
  });

  it('parks a delivery that is too large for a message', async () => {
    const system = open();
    const traffic = makeLargeTraffic();
    const expected = await (await ingestLocally(system, [traffic]))([traffic]);
    await system.deliver(packed(documentOf(traffic), 0));
    await until('all its records', async () => (await lakeOf(system, [traffic])).records.length > 0);
    expect((await lakeOf(system, [traffic])).records).toEqual(expected.records);
    expect((await system.keys('Transit', 'parked/')).length).toBe(1);
    const told = await toldIds(system);
    expect(
      expected.alerts.filter((alert) => alert.startsWith('admin-port') && !told.has(alert.split(' ')[1]!)),
    ).toEqual([]);
  });

  it('gives a message up that fails again and again, and takes it back when told to', async () => {
    const system = open();
    const traffic = makeTraffic();
    const expected = await (await ingestLocally(system, [traffic]))([traffic]);
    await system.setVisibility('Batches', 1);
    const key = 'parked/2026-11-24/0123456789abcdef0123456789abcdef';
    await system.send('Batches', JSON.stringify({ schema: 'sekisho.batch/1', parked: key }));
    // fourteen times, a second and a call of the function each
    await until('a dead letter', async () => (await system.waiting('BatchesDead')) === 1, { seconds: 120 });
    await system.setVisibility('Batches', VISIBILITY_SECONDS);
    const { awslogs } = toSubscriptionEvent(traffic);
    await system.putObject(system.outputs['Transit']!, key, Buffer.from(awslogs.data));
    const redriven = await jsonOf(sekisho(['redrive', '--json'], { cwd: system.folder, env: deployed!.env }));
    expect(redriven).toBeDefined();
    await until('its records', async () => (await lakeOf(system, [traffic])).records.length > 0);
    expect((await lakeOf(system, [traffic])).records).toEqual(expected.records);
    await comeToRest(system);
  });
});

function documentOf({ logGroup, logStream, events }: Traffic): object {
  return {
    messageType: 'DATA_MESSAGE',
    owner: ACCOUNT,
    logGroup,
    logStream,
    subscriptionFilters: ['sekisho'],
    logEvents: events,
  };
}

function packed(document: object, level = 6): { readonly awslogs: { readonly data: string } } {
  return { awslogs: { data: gzipSync(JSON.stringify(document), { level }).toString('base64') } };
}

/** So many records that even Lambda would hardly take them, let alone a queue. */
function makeLargeTraffic(): Traffic {
  const traffic = makeTraffic();
  const [first] = traffic.events;
  const more = Array.from({ length: 4500 }, (_, index) => ({
    id: `9${String(index).padStart(54, '0')}`,
    timestamp: first!.timestamp,
    message: first!.message.replace(' 40000 443 ', ` ${1024 + index} 443 `),
  }));
  return { ...traffic, events: [...traffic.events, ...more] };
}
