/** S3 tells of new objects: which alerts a message of the queue is about. */
import { ALERTS } from './layout.ts';

/** What S3 sends to a queue, as far as it is looked at. */
interface S3Notification {
  /** `s3:TestEvent`, when the notification is set up. */
  readonly Event?: unknown;
  readonly Records?: unknown;
}

interface S3Event {
  readonly eventName: string;
  readonly s3: { readonly bucket?: { readonly name: string }; readonly object: { readonly key: string } };
}

const ALERT_KEY = new RegExp(`^${ALERTS}day=[^/]+/[^/]+\\.json$`);

/** Why a message tells of no alert that can be read. */
interface Untellable {
  readonly reason: string;
}

/**
 * Keys of the alerts of `lake` that a message tells of: none for S3's own test and for objects that are no alerts. Those
 * of another bucket, which was the lake once, are not missing from this one: they have to wait for somebody.
 */
export function createdAlerts(body: string, lake: string | undefined): readonly string[] | Untellable {
  try {
    const { Event, Records } = JSON.parse(body) as S3Notification;
    if (Event === 's3:TestEvent') return [];
    const events = Records as readonly S3Event[];
    const created = events.filter(({ eventName }) => eventName.startsWith('ObjectCreated:'));
    const elsewhere = created.map(({ s3 }) => s3.bucket?.name).find((name) => ![undefined, lake].includes(name));
    if (lake !== undefined && elsewhere !== undefined) {
      return {
        reason: `it is about the bucket \`${elsewhere}\`, and the lake is \`${lake}\` now: deploy with \`storage.bucket: ${elsewhere}\` and redrive to have it told`,
      };
    }
    return created
      .map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')))
      .filter((key) => ALERT_KEY.test(key));
  } catch {
    return { reason: 'it is no notification of S3' };
  }
}
