/** What every alert sink keeps: what was published is there when publish resolves. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AlertSink } from '../../shared/ports.ts';
import type { Open, Opened } from './open.ts';

/** As much of an alert as a sink may look at. */
export interface TestAlert {
  readonly id: string;
  readonly summary: string;
}

/** A sink and a look at what reached its other end. */
export interface WatchedSink {
  readonly sink: AlertSink<TestAlert>;
  published(): Promise<readonly TestAlert[]>;
}

const alert = (id: string, summary = 'somebody scans ports'): TestAlert => ({ id, summary });

/** Runs the contract of AlertSink on sinks made by `open`, to which nothing was published yet. */
export function describeAlertSink(name: string, open: Open<WatchedSink>): void {
  describe(`${name} keeps the contract of AlertSink`, () => {
    let opened: Opened<WatchedSink>;
    let watched: WatchedSink;
    beforeEach(async () => {
      opened = await open();
      watched = opened.port;
    });
    afterEach(() => opened.close());

    const ids = async (): Promise<string[]> => (await watched.published()).map(({ id }) => id).sort();

    test('hands over every alert, whole', async () => {
      const alerts = [alert('a'), alert('b', 'line\nbreaks, "quotes", 関所 and \u2028')];
      await watched.sink.publish(alerts);
      expect([...(await watched.published())].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(alerts);
    });

    test('adds to what was published before', async () => {
      await watched.sink.publish([alert('a')]);
      expect(await ids()).toEqual(['a']);
      await watched.sink.publish([alert('b'), alert('c')]);
      expect(await ids()).toEqual(['a', 'b', 'c']);
    });

    test('nothing is published for no alert', async () => {
      await watched.sink.publish([]);
      expect(await watched.published()).toEqual([]);
    });

    test('takes the same alert again', async () => {
      await watched.sink.publish([alert('a')]);
      await watched.sink.publish([alert('a')]);
      expect(new Set(await ids())).toEqual(new Set(['a']));
    });

    test('publications at the same time mix no alert with another', async () => {
      const sent = Array.from({ length: 30 }, (_, index) => alert(String(index).padStart(2, '0'), 'x'.repeat(5000)));
      await Promise.all(sent.map((one) => watched.sink.publish([one])));
      expect(await ids()).toEqual(sent.map(({ id }) => id));
    });
  });
}
