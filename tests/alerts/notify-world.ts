/** From S3's notifications to what is told: what fails alone, what is told once, and what is told as a number. */
import type { Alert } from '../../shared/alerts/alert.ts';
import { alertKey } from '../../shared/alerts/layout.ts';
import type { Notice } from '../../shared/alerts/notifications.ts';
import { MINUTE_KEY } from '../../shared/alerts/minute-store.ts';
import type { AlertChannel } from '../../shared/alerts/channel.ts';
import { noNoticeMemory, notify, type NotifyOptions, type NotifyResult } from '../../shared/alerts/notify.ts';
import { totalOf } from '../../shared/alerts/remainder.ts';
import { Untold } from '../../shared/alerts/untold.ts';
import { memoryStore, type MemoryStore } from '../support/memory-store.ts';
import { alertWith, type AlertParts } from './sample.ts';

/** An alert of this severity. */
export const one = (number: number, severity: Alert['rule']['severity'] = 'high', parts: AlertParts = {}): Alert =>
  alertWith(number, { ...parts, rule: { ...parts.rule, severity } });

/** Alerts of this severity. */
export const several = (count: number, severity: Alert['rule']['severity'], from = 0): Alert[] =>
  Array.from({ length: count }, (_, index) => one(from + index, severity));

/** What S3 sends for these keys. */
export const eventOf = (...keys: string[]): string =>
  JSON.stringify({
    Records: keys.map((key) => ({
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'lake' }, object: { key: encodeURIComponent(key).replaceAll('%20', '+') } },
    })),
  });

/** A deployment with one route, unless told otherwise; `publish` may fail. */
export class World {
  readonly store: MemoryStore;
  readonly published: { channel: string; notice: Notice }[] = [];
  readonly options: NotifyOptions;
  now = new Date('2026-11-03T05:00:10Z');
  fault: ((notices: readonly Notice[], channel: string) => void) | undefined;
  /** A key that can't be read or written. */
  brokenKey: string | undefined;
  reads = 0;
  /** Requests about the minute that all processes share. */
  minuteRequests: string[] = [];

  constructor(
    routes: readonly Partial<AlertChannel>[] = [{}],
    { perMinute = 10, quietable = new Map() }: Partial<NotifyOptions> = {},
  ) {
    this.store = memoryStore(undefined, (operation, key) => {
      if (key === MINUTE_KEY) this.minuteRequests.push(operation);
      else if (operation === 'get') this.reads++;
      if (key === this.brokenKey) throw new Error('S3 is down');
    });
    const channels = routes.map(({ name = 'alerts', atLeast = 'info', capped = true }): AlertChannel => {
      const publish = async (notices: readonly Notice[]): Promise<void> => {
        const untold = new Set<Notice>();
        try {
          this.fault?.(notices, name);
        } catch (error) {
          if (!(error instanceof Untold)) throw error;
          for (const notice of (error as Untold<Notice>).untold) untold.add(notice);
        }
        this.published.push(
          ...notices.filter((each) => !untold.has(each)).map((notice) => ({ channel: name, notice })),
        );
        if (untold.size > 0) throw new Untold('throttled', untold);
      };
      return { name, atLeast, capped, sink: { publish } };
    });
    const clock = { now: () => this.now };
    this.options = {
      store: this.store,
      bucket: 'lake',
      channels,
      perMinute,
      quietable,
      clock,
      memory: noNoticeMemory('one'),
    };
  }

  async create(alerts: readonly Alert[]): Promise<void> {
    for (const alert of alerts) await this.store.put(alertKey(alert), Buffer.from(`${JSON.stringify(alert)}\n`));
  }

  /** One message an alert, `m0`, `m1`, …, in one invocation. */
  async tell(alerts: readonly Alert[]): Promise<NotifyResult> {
    await this.create(alerts);
    return this.receive(alerts.map((alert) => eventOf(alertKey(alert))));
  }

  async receive(bodies: readonly string[], memory = this.options.memory): Promise<NotifyResult> {
    return notify(
      bodies.map((body, index) => ({ id: `m${index}`, body })),
      { ...this.options, memory },
    );
  }

  /** What each channel was told, in short. */
  told(channel = 'alerts'): readonly string[] {
    return this.published
      .filter((each) => each.channel === channel)
      .map(({ notice }) => (notice.kind === 'more' ? `${totalOf(notice.counts)} more` : notice.alert.id));
  }
}

/** Their ids. */
export const idsOf = (alerts: readonly Alert[]): string[] => alerts.map(({ id }) => id);
