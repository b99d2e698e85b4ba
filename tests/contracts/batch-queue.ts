/** What every queue of deliveries keeps: at least once, in no promised order. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchQueue, QueuedMessage } from '../../shared/ports.ts';
import type { Open, Opened } from './open.ts';

/** Runs the contract of BatchQueue on empty queues made by `open`. */
export function describeBatchQueue(name: string, open: Open<BatchQueue<string>>): void {
  describe(`${name} keeps the contract of BatchQueue`, () => {
    let opened: Opened<BatchQueue<string>>;
    let queue: BatchQueue<string>;
    beforeEach(async () => {
      opened = await open();
      queue = opened.port;
    });
    afterEach(() => opened.close());

    /** Receives until nothing waits, handing each message to `settle`; the messages as they came. */
    const drain = async (settle: (message: QueuedMessage<string>) => Promise<void>, most = 4): Promise<string[]> => {
      const seen: string[] = [];
      for (;;) {
        const received = await queue.receive(most);
        if (received.length === 0) return seen;
        expect(received.length).toBeLessThanOrEqual(most);
        for (const message of received) {
          seen.push(message.message);
          await settle(message);
        }
      }
    };

    test('is empty at first, and says so at once', async () => {
      expect(await queue.receive(10)).toEqual([]);
    });

    test('gives every message, never more at once than asked for, and not again once done', async () => {
      const sent = Array.from({ length: 10 }, (_, index) => `message ${index} 関所`);
      for (const message of sent) await queue.send(message);
      expect((await drain((message) => message.done())).sort()).toEqual(sent);
      expect(await queue.receive(10)).toEqual([]);
    });

    test('what was given back comes again until it is done', async () => {
      await queue.send('a');
      await queue.send('b');
      let failures = 3;
      const seen = await drain((message) =>
        message.message === 'a' && failures-- > 0 ? message.retry() : message.done(),
      );
      expect(seen.filter((message) => message === 'a')).toHaveLength(4);
      expect(seen.filter((message) => message === 'b')).toHaveLength(1);
    });

    test('equal messages are messages of their own', async () => {
      await queue.send('same');
      await queue.send('same');
      expect(await drain((message) => message.done(), 1)).toEqual(['same', 'same']);
    });
  });
}
