import { describe, expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import { createAlerts } from '../../shared/alerts/create.ts';
import { alertId } from '../../shared/alerts/identity.ts';
import { alertKey } from '../../shared/alerts/layout.ts';
import { noAlertMemory } from '../../shared/alerts/memory.ts';
import { batchId } from '../support/batches.ts';
import { memoryStore } from '../support/memory-store.ts';
import { ruleOf } from '../support/rules.ts';
import { alertNumber, alertWith, type AlertParts } from './sample.ts';

const alerts = Array.from({ length: 40 }, (_, number) => alertNumber(number));

/** A sink that remembers what it was told, into one list with what the store did. */
function told(log: string[]): { publish(alerts: readonly Alert[]): Promise<void> } {
  return { publish: (alerts) => Promise.resolve(void log.push(...alerts.map(({ id }) => `told ${id}`))) };
}

test('alerts of one time are told in order, each before its object exists', async () => {
  const log: string[] = [];
  const store = memoryStore(undefined, (operation, key) => {
    if (operation === 'putIfAbsent') log.push(`wrote ${/(\w+)\.json$/.exec(key)![1]}`);
  });
  const { created, known } = await createAlerts(alerts, { store, sink: told(log) });
  expect({ created, known }).toEqual({ created: alerts, known: 0 });
  expect(log.filter((entry) => entry.startsWith('told'))).toEqual(alerts.map(({ id }) => `told ${id}`));
  for (const { id } of alerts) expect(log.indexOf(`told ${id}`)).toBeLessThan(log.indexOf(`wrote ${id}`));
  const stored = await store.get('alerts/day=2026-11-03/' + alerts[7]!.id + '.json');
  expect(JSON.parse(Buffer.from(stored!.body).toString())).toEqual(alerts[7]);
});

test('what exists is neither told nor written again, nor is the same alert twice in one call', async () => {
  const log: string[] = [];
  const store = memoryStore();
  await createAlerts(alerts.slice(0, 20), { store });
  const { created, known } = await createAlerts([...alerts, ...alerts], { store, sink: told(log) });
  expect({ created, known }).toEqual({ created: alerts.slice(20), known: 20 });
  expect(log).toHaveLength(20);
});

test('of two versions of an alert in one call the first is created', async () => {
  const [first] = alerts;
  const { created } = await createAlerts([first!, { ...first!, records: 99 }], { store: memoryStore() });
  expect(created).toEqual([first]);
});

test('a run asks the store only once for each alert', async () => {
  let asked = 0;
  const store = memoryStore(undefined, () => void asked++);
  const seen = noAlertMemory();
  await createAlerts(alerts, { store, seen });
  asked = 0;
  expect(await createAlerts(alerts, { store, seen })).toEqual({ created: [], known: 40 });
  expect(asked).toBe(0);
});

test('a failing store leaves the alert to the next run, which tells of it again', async () => {
  const log: string[] = [];
  let full = true;
  const store = memoryStore(undefined, (operation) => {
    if (full && operation === 'putIfAbsent') throw new Error('no space');
  });
  const seen = noAlertMemory();
  await expect(createAlerts(alerts.slice(0, 1), { store, sink: told(log), seen })).rejects.toThrow('no space');
  full = false;
  expect((await createAlerts(alerts.slice(0, 1), { store, sink: told(log), seen })).created).toHaveLength(1);
  expect(log).toEqual([`told ${alerts[0]!.id}`, `told ${alerts[0]!.id}`]);
});

test('a sink that fails leaves no object behind', async () => {
  const store = memoryStore();
  const sink = { publish: () => Promise.reject(new Error('pipe closed')) };
  await expect(createAlerts(alerts, { store, sink })).rejects.toThrow('pipe closed');
  expect(store.keys()).toEqual([]);
});

test('an alert that somebody else creates meanwhile is known', async () => {
  const [alert] = alerts;
  const store = memoryStore(undefined, async (operation, key) => {
    if (operation === 'putIfAbsent') await store.put(key, Buffer.from('{}'));
  });
  expect(await createAlerts([alert!], { store })).toEqual({ created: [], known: 1 });
});

/** The alert of a rule without settings for one hour, with the id it has there. */
const hourly = (hour: number, parts: AlertParts = {}): Alert => {
  const rule = ruleOf({ id: 'port-scan', by: ['srcaddr'] });
  const alert = alertWith(0, { hour, group: { srcaddr: '203.0.113.9' }, ...parts });
  return { ...alert, id: alertId(rule, ['203.0.113.9'], Date.parse(alert.period.start) / 1000) };
};

test('alerts of one call are created by time, each naming the one before', async () => {
  const hours = [4, 5, 6].map((hour) => hourly(hour));
  const { created } = await createAlerts(hours.toReversed(), { store: memoryStore() });
  expect(created.map(({ id, continues }) => [id, continues])).toEqual([
    [hours[0]!.id, null],
    [hours[1]!.id, hours[0]!.id],
    [hours[2]!.id, hours[1]!.id],
  ]);
});

test('what an alert continues is looked up once, only for new alerts, and only if it is not remembered', async () => {
  const gets: string[] = [];
  const store = memoryStore(undefined, (operation, key) => void (operation === 'get' && gets.push(key)));
  const [first, second, third] = [hourly(4), hourly(5), hourly(6)] as [Alert, Alert, Alert];
  await createAlerts([first], { store });
  expect(gets).toEqual([alertKey(first), alertKey(hourly(3))]);
  gets.length = 0;
  const seen = noAlertMemory();
  expect((await createAlerts([second], { store, seen })).created).toMatchObject([{ continues: first.id }]);
  expect(gets).toEqual([alertKey(second), alertKey(first)]);
  gets.length = 0;
  expect((await createAlerts([third], { store, seen })).created).toMatchObject([{ continues: second.id }]);
  await createAlerts([third], { store });
  expect(gets).toEqual([alertKey(third), alertKey(third)]);
});

test('an incident does not go on over a period without an alert', async () => {
  const store = memoryStore();
  await createAlerts([hourly(4)], { store });
  expect((await createAlerts([hourly(6)], { store })).created).toMatchObject([{ continues: null }]);
});

describe('a general alert names the specific one that quiets it', () => {
  const general = alertWith(1, { rule: { id: 'general' } });
  const specific = alertWith(2, { rule: { id: 'specific', quiets: ['general'] } });

  test('of the same call, in the file of alerts and in the lake', async () => {
    const told: Alert[] = [];
    const store = memoryStore();
    const sink = { publish: (alerts: readonly Alert[]) => Promise.resolve(void told.push(...alerts)) };
    const { created } = await createAlerts([general, specific], { store, sink });
    expect(created.map(({ quieted_by }) => quieted_by)).toEqual([specific.id, null]);
    expect(told).toEqual(created);
    expect(JSON.parse(Buffer.from((await store.get(alertKey(general)))!.body).toString())).toEqual(created[0]);
  });

  test('of an earlier call of the process, also where it existed before', async () => {
    const store = memoryStore();
    await createAlerts([specific], { store });
    const seen = noAlertMemory();
    await createAlerts([specific], { store, seen });
    expect((await createAlerts([general], { store, seen })).created).toMatchObject([{ quieted_by: specific.id }]);
  });

  test('not where nothing is remembered: the view tells then', async () => {
    const store = memoryStore();
    await createAlerts([specific], { store });
    expect((await createAlerts([general], { store })).created).toMatchObject([{ quieted_by: null }]);
  });

  test('the latest thousand are remembered', async () => {
    const store = memoryStore();
    const seen = noAlertMemory();
    const many = Array.from({ length: 1500 }, (_, number) => ({ ...specific, id: batchId(number) }));
    await createAlerts(many, { store, seen });
    expect([...seen.quieting.keys()]).toEqual(many.slice(500).map(({ id }) => id));
  });
});

test('an alert lies under the day in which its suppress period begins', () => {
  const period = { start: '2026-11-02T15:00:00Z', end: '2026-11-03T15:00:00Z' };
  expect(alertKey({ ...alerts[0]!, period })).toBe(`alerts/day=2026-11-02/${alerts[0]!.id}.json`);
});
