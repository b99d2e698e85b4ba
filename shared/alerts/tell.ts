/** What one channel is told in one go, and what became of it. */
import type { Clock } from '../ports.ts';
import type { AlertChannel, Outcome } from './channel.ts';
import type { Share } from './minute.ts';
import type { Notice } from './notifications.ts';
import { remainderOf } from './remainder.ts';
import { Untold } from './untold.ts';

/** Tells the worst first, and the number last. */
export async function tellOn({ name, sink }: AlertChannel, share: Share, clock: Clock): Promise<Outcome> {
  const { tell, number } = share;
  const more = number === undefined ? undefined : remainderOf(number, clock.now());
  const notices: readonly Notice[] = more === undefined ? tell : [...tell, more];
  if (notices.length === 0) return { told: [], untold: new Map(share.refused), problem: undefined };
  let left: ReadonlySet<Notice> = new Set();
  let problem = '';
  try {
    await sink.publish(notices);
  } catch (error) {
    left = error instanceof Untold ? (error as Untold<Notice>).untold : new Set(notices);
    problem = `route \`${name}\`: ${error instanceof Error ? error.message : String(error)}`;
  }
  const untold = tell.filter((each) => left.has(each)).map(({ alert }) => [alert.id, problem] as const);
  return {
    told: tell.filter((each) => !left.has(each)).map(({ alert }) => alert),
    untold: new Map([...(share.refused ?? []), ...untold]),
    problem: more !== undefined && left.has(more) ? problem : undefined,
  };
}
