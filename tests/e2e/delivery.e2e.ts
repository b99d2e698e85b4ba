/** A flow log's way through the deployed system, when nothing goes wrong. */
import { describe, expect, it } from 'vitest';
import { ingestLocally, lakeOf } from './expected.ts';
import { comeToRest, follow } from './scenario.ts';
import { deployed, until, useSystem, type Told } from './system.ts';
import { makeTraffic } from './traffic.ts';

describe.skipIf(deployed === undefined)('the deployed system', () => {
  const open = useSystem();

  it('tells of what came through CloudWatch Logs, and keeps each record once', async () => {
    const system = open();
    const traffic = makeTraffic();
    const expected = await (await ingestLocally(system, [traffic]))([traffic]);
    const put = Date.now();
    await system.putLogEvents(traffic);

    const ssh = await until('SSH from the internet told', async () =>
      (await system.told('bad')).find(
        ({ attributes }) =>
          attributes['rule'] === 'admin-port-open-to-internet' &&
          attributes['interface'] === JSON.stringify([traffic.interfaceId]),
      ),
    );
    console.log(`from PutLogEvents to the alert in the queue: ${ssh.at - put} ms`);

    await until('all records in the lake', async () => {
      const { records } = await lakeOf(system, [traffic]);
      return records.length >= expected.records.length;
    });
    await system.invoke('windows');
    const { records, alerts } = await lakeOf(system, [traffic]);
    // CloudWatch Logs numbers events as it likes, so that the delivery is another one than here
    const withoutBatch = (all: readonly string[]): string[] =>
      all.map((record) => record.replace(/[0-9a-f]{32}/, '')).sort();
    expect(withoutBatch(records)).toEqual(withoutBatch(expected.records));
    expect(alerts).toEqual(expected.alerts);
    expect(alerts.map((alert) => alert.split(' ')[0])).toContain('crypto-mining-port');
  });

  it('makes of deliveries what the terminal makes of them, however often and in whatever order they come', async () => {
    const system = open();
    const traffic = [makeTraffic(), makeTraffic(), makeTraffic()];
    const expected = await ingestLocally(system, traffic);
    for (const each of [...traffic, ...traffic.toReversed()]) await system.deliverTraffic(each);
    for (const each of traffic) await follow(system, each, await expected([each]));
    await comeToRest(system);
    expect(await lakeOf(system, traffic)).toEqual(await expected(traffic));
  });

  it('lets subscribers choose by severity and rule what they hear', async () => {
    const system = open();
    const traffic = makeTraffic({ ftp: true });
    const expected = await (await ingestLocally(system, [traffic]))([traffic]);
    await system.deliverTraffic(traffic);
    await follow(system, traffic, expected);
    const about = (told: readonly Told[]): readonly Told[] =>
      told.filter(({ body }) => expected.alerts.some((alert) => alert.endsWith(JSON.parse(body).id)));
    const rules = (told: readonly Told[]): readonly string[] => [
      ...new Set(about(told).map(({ attributes }) => attributes['rule']!)),
    ];
    // everything is heard, so what was not heard elsewhere was left out there
    expect(rules(await system.told('everything')).toSorted()).toEqual([
      'admin-port-open-to-internet',
      'cleartext-protocol',
      'crypto-mining-port',
    ]);
    expect(rules(await system.told('bad')).toSorted()).toEqual(['admin-port-open-to-internet', 'crypto-mining-port']);
    expect(rules(await system.told('mining'))).toEqual(['crypto-mining-port']);
  });
});
