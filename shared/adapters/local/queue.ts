/** Deliveries between detection and archiving, in memory: for one process that does both. */
import type { BatchQueue } from '../../ports.ts';

/** An empty queue. A message that is given back comes again, after those that wait already. */
export function createMemoryQueue<T>(): BatchQueue<T> {
  const waiting: T[] = [];
  return {
    async send(message) {
      waiting.push(message);
    },
    async receive(most) {
      return waiting.splice(0, most).map((message) => {
        let settled = false;
        return {
          message,
          async done() {
            settled = true;
          },
          async retry() {
            if (settled) return;
            settled = true;
            waiting.push(message);
          },
        };
      });
    },
  };
}
