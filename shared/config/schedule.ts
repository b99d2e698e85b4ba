/**
 * Schedules as EventBridge reads them.
 *
 * Source: Amazon EventBridge User Guide, "Setting a schedule pattern for scheduled rules".
 */

const RATE = /^rate\((\d+) (minutes?|hours?|days?)\)$/;
const CRON = /^cron\(([^()]*)\)$/;

/** What a field of a cron expression may hold: numbers within limits, names, and the field's own marks. */
interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  readonly marks?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const CRON_FIELDS: readonly CronField[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31, marks: /^(\?|L|LW|\d{1,2}W)$/ },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 1, max: 7, names: DAYS, marks: /^(\?|L|[1-7]L|[1-7]#[1-5])$/ },
  { name: 'year', min: 1970, max: 2199 },
];

/** What is wrong with a schedule and what to do; undefined for one that EventBridge accepts. */
export function checkSchedule(text: string): string | undefined {
  const rate = RATE.exec(text);
  if (rate !== null) return checkRate(Number(rate[1]), rate[2]!);
  const cron = CRON.exec(text);
  if (cron !== null) return checkCron(cron[1]!.trim().split(/\s+/));
  return 'it is no schedule: write `rate(1 day)`, or `cron(0 1 * * ? *)` for every day at 01:00 UTC';
}

function checkRate(value: number, unit: string): string | undefined {
  if (value === 0) return 'it never comes round: write a number from 1';
  const singular = unit.replace(/s$/, '');
  const right = value === 1 ? singular : `${singular}s`;
  return unit === right ? undefined : `EventBridge wants \`rate(${value} ${right})\`: write it so`;
}

function checkCron(values: readonly string[]): string | undefined {
  if (values.length !== CRON_FIELDS.length) {
    return `EventBridge's cron has six fields (minutes, hours, day of month, month, day of week, year), and this has ${values.length}: write it like \`cron(0 1 * * ? *)\``;
  }
  const wrong = CRON_FIELDS.findIndex((field, index) => !isCronValue(field, values[index]!));
  if (wrong !== -1) {
    const { name, min, max } = CRON_FIELDS[wrong]!;
    return `\`${values[wrong]}\` does not fit EventBridge's cron as ${name} (${min} to ${max})`;
  }
  return (values[2] === '?') === (values[4] === '?')
    ? 'one of day of month and day of week must be `?`, and the other must not: write it like `cron(0 1 * * ? *)`'
    : undefined;
}

function isCronValue(field: CronField, value: string): boolean {
  if (field.marks?.test(value) === true) return true;
  return value.split(',').every((part) => {
    const [range, step, ...more] = part.split('/');
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
    if (range === '*') return true;
    const ends = range!.split('-').map((end) => cronNumber(field, end));
    return ends.length <= 2 && ends.every((end) => end >= field.min && end <= field.max);
  });
}

function cronNumber({ names, min }: CronField, text: string): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  if (named !== -1) return named + min;
  return /^\d+$/.test(text) ? Number(text) : NaN;
}
