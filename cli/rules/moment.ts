/** Times that options name. */
import { parseTime } from '../../shared/adapters/local/clock.ts';
import { parseDuration } from '../../shared/rules/quantity.ts';
import { UsageError } from '../exit.ts';
import type { Settings } from '../settings.ts';

/** A time in Unix seconds, from ISO 8601 or from how long back it is (`30d`); undefined where the option was not given. */
export function readMoment(option: string, text: string | undefined, { clock }: Settings): number | undefined {
  if (text === undefined) return undefined;
  const back = parseDuration(text);
  if (back !== undefined) return Math.floor(clock.now().getTime() / 1000) - back;
  const time = parseTime(text);
  if (time !== undefined) return Math.floor(time.getTime() / 1000);
  throw new UsageError([
    `${option} is \`${text}\`: write a time such as \`2026-11-17T02:00:00Z\`, or how long back, such as \`30d\``,
  ]);
}
