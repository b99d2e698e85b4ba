/** Large alerts made small enough to be told: what is taken away is named, and the whole lies in the lake. */
import type { Alert } from '../alert.ts';
import { compareText } from '../order.ts';
import { cutText } from './clean.ts';

/** An alert as a message holds it. */
export interface ToldAlert extends Alert {
  /** What the message lacks of the alert, by field; absent where it is whole. */
  readonly cut?: readonly string[];
}

/** Entries that are left of a list, or of an object with any number of them. */
const MOST_ENTRIES = 50;

/** Characters that are left of a text for people, and of a value. */
const MOST_TEXT = 1000;
const MOST_VALUE = 200;

interface Cut {
  readonly name: string;
  /** The alert without it; the very same where there is nothing to take away. */
  readonly apply: (alert: Alert) => Alert;
}

/** In this order: samples first, then queries, then what is long. */
const CUTS: readonly Cut[] = [
  cutOf('samples', ({ samples }) => samples.length > 0, { samples: [] }),
  cutOf('queries', ({ queries }) => queries.athena !== '' || queries.insights !== '', {
    queries: { athena: '', insights: '' },
  }),
  {
    name: 'interfaces',
    apply: (alert) => {
      const interfaces = alert.interfaces.slice(0, MOST_ENTRIES).map((id) => cutText(id, MOST_VALUE));
      return isSame(interfaces, alert.interfaces) ? alert : { ...alert, interfaces };
    },
  },
  cutOfRule('tags'),
  cutOfRule('quiets'),
  cutOfText('runbook'),
  cutOfText('summary'),
  cutOfText('threshold'),
  { name: 'group', apply: (alert) => withFew(alert, 'group') },
  { name: 'measure', apply: (alert) => withFew(alert, 'measure') },
  {
    name: 'rule',
    apply: (alert) => {
      const { id, title } = alert.rule;
      const rule = { ...alert.rule, id: cutText(id, MOST_VALUE), title: cutText(title, MOST_VALUE) };
      return isSame(rule, alert.rule) ? alert : { ...alert, rule };
    },
  },
  ...(['account_id', 'region', 'vpc_id', 'continues', 'quieted_by'] as const).map((name) => cutOfText(name)),
  { name: 'other fields', apply: withoutOthers },
];

/**
 * The alert, without as much as it takes for `fits` to be true. What is left at the end has a few ten kilobytes at most,
 * whatever the alert was; `fits` has to hold for that.
 */
export function shortenAlert(alert: Alert, fits: (told: ToldAlert) => boolean): ToldAlert {
  let told: ToldAlert = alert;
  for (const { name, apply } of CUTS) {
    if (fits(told)) return told;
    const less = apply(told);
    if (less !== told) told = { ...less, cut: [...(told.cut ?? []), name] };
  }
  return told;
}

function cutOf(name: string, isThere: (alert: Alert) => boolean, without: Partial<Alert>): Cut {
  return { name, apply: (alert) => (isThere(alert) ? { ...alert, ...without } : alert) };
}

function cutOfRule(part: 'tags' | 'quiets'): Cut {
  return {
    name: `rule.${part}`,
    apply: (alert) => {
      const entries = alert.rule[part].slice(0, MOST_ENTRIES).map((entry) => cutText(entry, MOST_VALUE));
      return isSame(entries, alert.rule[part]) ? alert : { ...alert, rule: { ...alert.rule, [part]: entries } };
    },
  };
}

function cutOfText(
  name: 'runbook' | 'summary' | 'threshold' | 'account_id' | 'region' | 'vpc_id' | 'continues' | 'quieted_by',
): Cut {
  return {
    name,
    apply: (alert) => {
      const text = alert[name];
      return text === null || text.length <= MOST_TEXT ? alert : { ...alert, [name]: cutText(text, MOST_TEXT) };
    },
  };
}

/** An object's first entries, each cut. */
function withFew(alert: Alert, name: 'group' | 'measure'): Alert {
  const entries = Object.entries(alert[name])
    .slice(0, MOST_ENTRIES)
    .map(([key, value]) => [cutText(key, MOST_VALUE), typeof value === 'string' ? cutText(value, MOST_VALUE) : value]);
  const few = Object.fromEntries(entries) as Alert[typeof name];
  return isSame(few, alert[name]) ? alert : { ...alert, [name]: few };
}

/** Fields that a later version of the program may have added are left out, and what these versions have in common stays. */
function withoutOthers(alert: Alert): Alert {
  const { schema, id, rule, summary, first_seen, last_seen, window, period, continues, quieted_by } = alert;
  const { group, measure, threshold, records, packets, bytes, interfaces } = alert;
  const { account_id, region, vpc_id, samples, queries, runbook } = alert;
  const { id: ruleId, title, severity, tags, quiets } = rule;
  const span = ({ start, end }: Alert['window']): Alert['window'] => ({ start, end });
  const known: Alert = {
    schema,
    id,
    rule: { id: ruleId, title, severity, tags, quiets },
    summary,
    first_seen,
    last_seen,
    window: span(window),
    period: span(period),
    continues,
    quieted_by,
    group,
    measure,
    threshold,
    records,
    packets,
    bytes,
    interfaces,
    account_id,
    region,
    vpc_id,
    samples,
    queries: { athena: queries.athena, insights: queries.insights },
    runbook,
  };
  const { cut: _, ...before } = alert as ToldAlert;
  return isSame(sorted(known), sorted(before)) ? alert : known;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sorted(alert: object): unknown {
  return Object.entries(alert).sort(([a], [b]) => compareText(a, b));
}
