/** S3 tells of new objects: which alerts a message of the queue is about. */
import { ALERTS } from './layout.ts';

/** What S3 sends to a queue, as far as it is looked at. */
interface S3Notification {
  /** `s3:TestEvent`, when the notification is set up. */
  readonly Event?: unknown;
  readonly Records?: unknown;
}

const ALERT_KEY = new RegExp(`^${ALERTS}day=[^/]+/[^/]+\\.json$`);

/**
 * Keys of the alerts that a message tells of: none for S3's own test and for objects that are no alerts; undefined where
 * the message can't be read.
 */
export function createdAlerts(body: string): readonly string[] | undefined {
  try {
    const { Event, Records } = JSON.parse(body) as S3Notification;
    if (Event === 's3:TestEvent') return [];
    const events = Records as readonly { eventName: string; s3: { object: { key: string } } }[];
    return events
      .filter(({ eventName }) => eventName.startsWith('ObjectCreated:'))
      .map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')))
      .filter((key) => ALERT_KEY.test(key));
  } catch {
    return undefined;
  }
}
