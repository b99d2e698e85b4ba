import { expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import { createAlerts } from '../../shared/alerts/create.ts';
import { alertKey } from '../../shared/alerts/layout.ts';
import { noAlertMemory } from '../../shared/alerts/memory.ts';
import { memoryStore } from '../support/memory-store.ts';
import { alertNumber } from './sample.ts';

const alerts = Array.from({ length: 40 }, (_, number) => alertNumber(number));

/** A sink that remembers what it was told, into one list with what the store did. */
function told(log: string[]): { publish(alerts: readonly Alert[]): Promise<void> } {
  return { publish: (alerts) => Promise.resolve(void log.push(...alerts.map(({ id }) => `told ${id}`))) };
}

test('alerts are told in order, each before its object exists', async () => {
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

test('an alert lies under the day in which its suppress period begins', () => {
  const period = { start: '2026-11-02T15:00:00Z', end: '2026-11-03T15:00:00Z' };
  expect(alertKey({ ...alerts[0]!, period })).toBe(`alerts/day=2026-11-02/${alerts[0]!.id}.json`);
});
