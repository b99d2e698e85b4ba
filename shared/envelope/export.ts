/** The output of `aws logs filter-log-events` or `get-log-events`: events one by one, as subscription messages. */
import type { CloudWatchDelivery } from './delivery.ts';

/** Events that are held, and that a delivery has at most. */
const EXPORT_EVENTS = 10_000;

/**
 * Collects an export's events to deliveries of one log stream each. Filtering mixes the streams by time, so of every
 * {@link EXPORT_EVENTS} events in a row each stream's become one delivery: cut the same way at every reading.
 */
export class ExportedEvents {
  readonly #logGroup: string;
  #streams = new Map<string, unknown[]>();
  #held = 0;

  /** `opening` is the document up to its events: the log group is known where it stands there. */
  constructor(opening: Buffer) {
    this.#logGroup = logGroupOf(opening);
  }

  /** Whether it is time to {@link take}. */
  get full(): boolean {
    return this.#held >= EXPORT_EVENTS;
  }

  /** Takes an event; what is none becomes a reject of its delivery. */
  add(event: unknown): void {
    const { logStreamName, eventId, timestamp, message } = Object(event) as Record<string, unknown>;
    const stream = typeof logStreamName === 'string' ? logStreamName : '';
    const events = this.#streams.get(stream);
    const logEvent = typeof message === 'string' ? { id: eventId, timestamp, message } : event;
    if (events === undefined) this.#streams.set(stream, [logEvent]);
    else events.push(logEvent);
    this.#held++;
  }

  /** What was collected, without places; nothing is held afterwards. */
  *take(): Generator<Omit<CloudWatchDelivery, 'place'>> {
    const streams = this.#streams;
    this.#streams = new Map();
    this.#held = 0;
    for (const [logStream, logEvents] of streams) {
      const message = { messageType: 'DATA_MESSAGE', owner: '', logGroup: this.#logGroup, logStream, logEvents };
      yield { kind: 'cloudwatch', json: Buffer.from(JSON.stringify(message)) };
    }
  }
}

function logGroupOf(opening: Buffer): string {
  try {
    const { logGroupName } = JSON.parse(`${opening.toString('utf8')}]}`) as Record<string, unknown>;
    return typeof logGroupName === 'string' ? logGroupName : '';
  } catch {
    // what is wrong with the document is told at its end
    return '';
  }
}
