/** What a subscription's filter policy may look at: attributes beside a message. */
import type { Notice } from '../notifications.ts';
import { bySeverity } from '../remainder.ts';
import { cleanLine, cutText, safeJson } from './clean.ts';

/** A message attribute as SNS takes it. */
export interface MessageAttribute {
  readonly DataType: 'String' | 'String.Array';
  readonly StringValue: string;
}

/** Attributes by name: at most ten, as raw delivery to SQS throws messages away that have more. */
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** Interfaces and tags that are told; of more a policy would not know. */
export const MOST_ATTRIBUTE_VALUES = 100;

const MOST_VALUE = 256;

/** `severity`, `kind`, and, of an alert, `rule`, `tags`, `account`, `region`, `vpc` and `interface`, where they are known. */
export function attributesOf(notice: Notice): MessageAttributes {
  if (notice.kind === 'more') {
    const [worst] = bySeverity(notice.counts).keys();
    return named({ severity: worst, kind: notice.kind });
  }
  const { rule, account_id, region, vpc_id, interfaces } = notice.alert;
  return named({
    severity: rule.severity,
    kind: notice.kind,
    rule: rule.id,
    tags: rule.tags,
    account: account_id,
    region,
    vpc: vpc_id,
    interface: interfaces,
  });
}

/** SNS refuses empty values: what is not known has no attribute, and a policy can ask for that. */
function named(values: Readonly<Record<string, string | readonly string[] | null | undefined>>): MessageAttributes {
  const attributes: Record<string, MessageAttribute> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value == null || value.length === 0) continue;
    if (typeof value === 'string') {
      const text = cutText(cleanLine(value), MOST_VALUE);
      if (text !== '') attributes[name] = { DataType: 'String', StringValue: text };
      continue;
    }
    const few = value.slice(0, MOST_ATTRIBUTE_VALUES).map((text) => cutText(cleanLine(text), MOST_VALUE));
    attributes[name] = { DataType: 'String.Array', StringValue: safeJson(few) };
  }
  return attributes;
}
