/**
 * What requests and bytes cost in us-east-1, USD; second-hand figures of 2024 to 2026, to be replaced by the bill.
 *
 * Source: AWS's price pages for Amazon S3, Amazon SQS, AWS Lambda (arm64) and Amazon CloudWatch (vended logs), first tier.
 */
export const PRICES = {
  s3Put: 0.005 / 1_000,
  s3Get: 0.0004 / 1_000,
  s3GigabyteMonth: 0.023,
  queueRequest: 0.4 / 1e6,
  invocation: 0.2 / 1e6,
  gigabyteSecond: 0.0000133334,
  ingestedGigabyte: 0.5,
  logGigabyteMonth: 0.03,
  /** Athena: for each terabyte scanned. */
  scannedTerabyte: 5,
} as const;

/** Where the prices come from, for whoever reads a figure made with them. */
export const PRICES_SOURCE = "AWS's price pages, us-east-1, first tier, as seen in 2024 to 2026";
