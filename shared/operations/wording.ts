/** Amounts and times as findings say them. */

/** Seconds in words: `40 s`, `12 min`, `5 h`, `3 days`. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7_200) return `${Math.round(whole / 60)} min`;
  if (whole < 172_800) return `${Math.round(whole / 3_600)} h`;
  return `${Math.round(whole / 86_400)} days`;
}

/** Seconds from one time to another; never negative, as clocks differ a little. */
export function secondsSince(then: Date, now: Date): number {
  return Math.max(0, (now.getTime() - then.getTime()) / 1000);
}

/** A number with its noun: `1 message`, `2 messages`. */
export function counted(n: number, noun: string, plural = `${noun}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? noun : plural}`;
}

/** Bytes in gigabytes or less, powers of ten: `1.2 GB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}

/** US dollars, with as many digits as tell something: `$1,234`, `$3.40`, `less than $0.01`. */
export function dollars(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.01) return 'less than $0.01';
  const digits = usd < 100 ? 2 : 0;
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** A word of a command line for a POSIX shell, in quotes where it needs them: names come from outside. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command line, each word as the shell needs it. */
export function commandLine(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
