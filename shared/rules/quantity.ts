/** Numbers and durations as people write them: `1024`, `5MB`, `10k`, `90s`, `1h`. */

/** Decimal and binary multiples. There is no lone `m`: `10m` is ten minutes. */
const MULTIPLES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    k: 1e3,
    K: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    B: 1,
    kB: 1e3,
    KB: 1e3,
    MB: 1e6,
    GB: 1e9,
    TB: 1e12,
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
    TiB: 2 ** 40,
  }),
);

/** Whether a word is a unit without its number. */
export function isUnit(word: string): boolean {
  return MULTIPLES.has(word) || Object.hasOwn(SECONDS, word);
}

/** The units numbers take, for messages. */
export const NUMBER_UNITS = 'k, M, G, T, kB, MB, GB, TB, KiB, MiB, GiB or TiB';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A whole number ≥ 0 with or without a unit; undefined for a text that is none, or is too large to be exact. */
export function parseNumber(text: string): number | undefined {
  const parts = /^(\d+)(?:\.(\d+))?([A-Za-z]*)$/.exec(text);
  if (parts === null) return undefined;
  const multiple = parts[3] === '' ? 1 : MULTIPLES.get(parts[3]!);
  if (multiple === undefined) return undefined;
  const number = Number(parts[2] === undefined ? parts[1] : `${parts[1]}.${parts[2]}`) * multiple;
  const value = parts[2] === undefined ? number : Math.round(number * 1e6) / 1e6;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** What a duration looks like. */
export const DURATION = /^(\d{1,9})([smhd])$/;

/** A duration in seconds, such as `90s`, `10m`, `1h`, `2d`; undefined for a text that is none. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text);
  return parts === null ? undefined : Number(parts[1]) * SECONDS[parts[2]!]!;
}

/** Seconds in the largest unit that leaves no rest: `90s`, `10m`, `1h`. */
export function formatDuration(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    const size = SECONDS[unit]!;
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}

/** A number as somebody may have meant it: `5MB` for `5mb`, `1000000` for `1_000_000`; undefined where that is no guess. */
export function numberMeant(text: string): string | undefined {
  const parts = /^(\d[\d_,]*(?:\.\d+)?)([A-Za-z]*)$/.exec(text);
  if (parts === null) return /^\d+e\d$/i.test(text) ? String(Number(text)) : undefined;
  const [, digits = '', unit = ''] = parts;
  const known = unit === '' ? '' : [...MULTIPLES.keys()].find((each) => each.toLowerCase() === unit.toLowerCase());
  const meant = known === undefined ? undefined : digits.replaceAll(/[_,]/g, '') + known;
  return meant === undefined || meant === text || parseNumber(meant) === undefined ? undefined : meant;
}

/** Units of durations as people write them out, with their seconds. */
const LONG_UNITS: readonly (readonly [RegExp, number])[] = [
  [/^s(ec(ond)?s?)?$/i, 1],
  [/^m(in(ute)?s?)?$/i, 60],
  [/^h(rs?|ours?)?$/i, 3600],
  [/^d(ays?)?$/i, 86_400],
  [/^w(eeks?)?$/i, 7 * 86_400],
];

/** A duration as somebody may have meant it: `10m` for `10 min`, `7d` for `1w`; undefined where that is no guess. */
export function durationMeant(text: string): string | undefined {
  const [, number = '', unit = ''] = /^(\d{1,6})\s*([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const seconds = LONG_UNITS.find(([written]) => written.test(unit))?.[1];
  return seconds === undefined || Number(number) === 0 ? undefined : formatDuration(Number(number) * seconds);
}
