/** What a backfill is asked for: the place, and the time. */
import { parseTime } from '../../shared/adapters/local/clock.ts';
import type { BucketSource, Config } from '../../shared/config/config.ts';
import type { BackfillWish } from '../../shared/operations/backfill.ts';
import { bucketSources } from '../../shared/operations/examine.ts';
import type { BackfillOptions } from '../backfill.ts';
import { UsageError } from '../exit.ts';

/** A bucket, and what the keys in it begin with. */
export interface BackfillPlace {
  readonly bucket: string;
  readonly prefix: string;
  /** The source of the configuration that makes it readable for the deployment. */
  readonly source: BucketSource;
}

const DAY_MS = 86_400_000;

/** Reads `s3://bucket/prefix`; what the deployment may not read is refused, as it would all become dead letters. */
export function readPlace(place: string, config: Config): BackfillPlace {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(place) ?? [];
  if (bucket === undefined) throw new UsageError([`\`${place}\` is no place in S3: write \`s3://bucket/prefix\``]);
  const sources = bucketSources(config).filter((each) => each.bucket === bucket);
  const source = sources.find((each) => prefix.startsWith(readable(each)));
  if (source !== undefined) return { bucket, prefix, source };
  const near = sources.find((each) => readable(each).startsWith(prefix));
  throw new UsageError([
    near === undefined
      ? `the deployment may not read \`${place}\`: name it under \`sources\` in sekisho.yml (\`bucket: ${bucket}\`, and as \`prefix\` what comes before \`AWSLogs/\`), then deploy`
      : `the deployment may read only below \`AWSLogs/\`: write \`s3://${bucket}/${readable(near)}\``,
  ]);
}

function readable({ prefix }: BucketSource): string {
  return `${prefix}AWSLogs/`;
}

/** Reads `--from`, `--to` and `--limit`; a day as `--to` is included. */
export function readWish({ from, to, limit }: BackfillOptions): BackfillWish {
  const start = readTime('--from', from);
  const end = readTime('--to', to);
  const isDay = to !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(to.trim());
  const wish = {
    from: start === undefined ? undefined : start.getTime() / 1000,
    to: end === undefined ? undefined : (end.getTime() + (isDay ? DAY_MS : 0)) / 1000,
    limit: limit ?? Infinity,
  };
  if (wish.from !== undefined && wish.to !== undefined && wish.from >= wish.to) {
    throw new UsageError([`--to is \`${to}\`, which is not after \`--from ${from}\``]);
  }
  return wish;
}

function readTime(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time !== undefined) return time;
  throw new UsageError([`${option} is \`${text}\`: write a day such as \`2026-01-31\`, or a time`]);
}
