/** Values that several settings share: what they look like, and what to do about one that does not. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseByteSize } from './byte-size.ts';
import { DAYS_PATTERN, parseDays } from './days.ts';
import { checkSchedule } from './schedule.ts';

/** A network in CIDR notation. */
export const network = z
  .string()
  .refine(isNetwork, 'it is no network: write an address and a prefix length, such as `10.0.0.0/8`')
  .meta({ pattern: String.raw`^[0-9A-Fa-f.:]+/\d{1,3}$` });

/** Bytes, with or without a unit. */
export const byteSize = z
  .union([z.string(), z.number()], 'it is no size: write a number and a unit, such as `256MB`')
  .refine((size) => parseByteSize(`${size}`) !== undefined, 'it is no size: write a number and a unit, such as `256MB`')
  .transform((size) => parseByteSize(`${size}`)!)
  .meta({ pattern: String.raw`^\d+(\.\d+)? ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?$`, minimum: 0 });

const SPAN = 'write days, weeks or years with their unit, such as `30d`, `2w` or `7y`';

/** A span of days, as a number of days. */
export const days = z
  .string(SPAN)
  .regex(DAYS_PATTERN, SPAN)
  .transform((text) => parseDays(text)!);

/** A span of days or `never`, as a number of days or undefined. */
export const daysOrNever = z
  .string(`${SPAN}, or \`never\``)
  .regex(new RegExp(`^never$|${DAYS_PATTERN.source}`), `${SPAN}, or \`never\``)
  .transform((text) => parseDays(text));

/** The days for which CloudWatch Logs can keep a group's lines (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Days of a log group's retention. */
export const retentionDays = z.literal(RETENTION_DAYS, {
  error: ({ input }) => {
    if (typeof input !== 'number') return 'write a number of days, such as `14`';
    const below = RETENTION_DAYS.findLast((each) => each < input);
    const above = RETENTION_DAYS.find((each) => each > input);
    const near = [below, above].filter((each) => each !== undefined).map((each) => `\`${each}\``);
    return `CloudWatch Logs can't keep lines for ${input} days: take ${near.join(' or ')}`;
  },
});

/** An e-mail address. */
export const email = z
  .string()
  .regex(/^[^\s@"<>]+@[^\s@"<>]+\.[^\s@"<>.]+$/, 'it is no e-mail address: write it like `on-call@example.com`');

/** An AWS account's id: YAML makes a number of one that is not in quotes, and drops the zeros that it begins with. */
export const accountId = z
  .union([z.string(), z.number()], "an account's id has 12 digits: write it in quotes")
  .refine((id) => /^\d{12}$/.test(`${id}`), {
    error: ({ input }) =>
      typeof input === 'number' && Number.isInteger(input) && input > 0
        ? `an account's id has 12 digits, and YAML drops zeros that a number begins with: write \`"${String(input).padStart(12, '0')}"\`, in quotes, if that is it`
        : 'an account\'s id has 12 digits: write it in quotes, such as `"111122223333"`',
  })
  .transform(String)
  .meta({ pattern: '^\\d{12}$', minimum: 1e11, maximum: 1e12 - 1 });

/** A bucket's name (Amazon S3 User Guide, "General purpose bucket naming rules"). */
export const bucketName = z
  .string()
  .refine((text) => !/^(s3:\/\/|arn:)|\//.test(text), {
    error: "write the bucket's name alone, such as `my-flow-logs`; what comes before `AWSLogs/` is the `prefix`",
    abort: true,
  })
  .regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "a bucket's name has 3 to 63 lower-case letters, digits, `-` and `.`, and begins and ends with a letter or digit",
  )
  .refine(
    (text) =>
      isIP(text) === 0 && !text.includes('..') && !/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3)$/.test(text),
    'S3 keeps names like this for itself: choose another',
  );

/** When something runs. */
export const schedule = z
  .string()
  .check((context) => {
    const wrong = checkSchedule(context.value);
    if (wrong !== undefined) context.issues.push({ code: 'custom', input: context.value, message: wrong });
  })
  .meta({
    pattern: String.raw`^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+( +\S+){5}\))$`,
  });

function isNetwork(text: string): boolean {
  const [address, length, ...rest] = text.split('/');
  const family = isIP(address!);
  return (
    family !== 0 &&
    rest.length === 0 &&
    length !== undefined &&
    /^\d{1,3}$/.test(length) &&
    Number(length) <= (family === 4 ? 32 : 128)
  );
}
