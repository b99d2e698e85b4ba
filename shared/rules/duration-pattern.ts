/** Patterns of durations between two ends, for the JSON Schema: nothing that the checker takes is refused. */

/** Seconds of a unit. */
const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** The pattern of durations from a minute to `most` seconds. That seconds make whole minutes is not asked for. */
export function durationPattern(most: number): string {
  const forms = Object.entries(UNITS)
    .filter(([, seconds]) => seconds <= most)
    .map(([unit, seconds]) => `${upTo(Math.floor(most / seconds))}${unit}`);
  return `^(?!0*[1-5]?\\ds$)0*(${forms.join('|')})$`;
}

/** The pattern of the whole numbers from 1 to `most`, without zeros before them. */
function upTo(most: number): string {
  const digits = String(most);
  const shorter = digits.length === 1 ? [] : [`[1-9]\\d{0,${digits.length - 2}}`];
  const smaller = digits.split('').flatMap((digit, at) => {
    const low = at === 0 ? 1 : 0;
    const high = Number(digit) - 1;
    return high < low ? [] : [`${digits.slice(0, at)}[${low}-${high}]\\d{${digits.length - at - 1}}`];
  });
  return `(${[...shorter, ...smaller, digits].join('|')})`;
}
