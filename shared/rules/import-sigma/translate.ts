/** One Sigma rule or correlation to the keys of a rule here. */
import type { Span } from '../diagnostics.ts';
import type { Mapping, ShapeReader } from '../shape.ts';
import { parseAggregation, translateCounting, type Counting } from './aggregation.ts';
import { readDetection, type Detection } from './detection.ts';
import type { SigmaDocument } from './documents.ts';
import type { Origin } from './fields.ts';
import { formatTerm, hasTest, settle, simplify, type Gap, type Term } from './term.ts';

/** What a rule looks for, in the rule language. */
export interface Translation {
  readonly where: string;
  readonly except?: string;
  readonly by?: readonly string[];
  readonly window?: string;
  readonly when?: string;
  readonly then?: string;
  readonly within?: string;
  /** What whoever reads the rule has to know. */
  readonly comments: readonly string[];
}

/** A rule's condition, and whether flow logs or a firewall's log are meant. */
export interface Matching {
  readonly origin: Origin;
  readonly where: string;
  /** Whether answers have to be left out. */
  readonly withoutAnswers: boolean;
  readonly comments: readonly string[];
  readonly aggregation: Detection['aggregation'];
}

/** Whether gaps are left out instead of refusing the rule. */
export interface TranslateOptions {
  readonly partial: boolean;
}

/** A firewall logs a connection once, from who opened it; a flow log both ways. So answers are left out. */
const ANSWERS = 'initiator = dst';

const WITHOUT_ANSWERS = '(initiator = src or not has(initiator))';

/** Translates a rule with a `detection`; undefined where it is refused, which is reported then. */
export function translateRule(document: SigmaDocument, options: TranslateOptions): Translation | undefined {
  const matching = readMatching(document, options);
  if (matching === undefined) return undefined;
  const { origin, comments, aggregation } = matching;
  const base = joinMatchings([matching]);
  if (aggregation === undefined) return { ...base, comments };
  const counting = readAggregation(document, aggregation, origin, options);
  if (counting === undefined) return undefined;
  return { ...base, ...counting.keys, comments: [...comments, ...counting.comments] };
}

/** The records that a rule is about, whatever it then counts. */
export function readMatching(document: SigmaDocument, options: TranslateOptions): Matching | undefined {
  const { reader, mapping, titleSpan } = document;
  const before = reader.errors;
  const origin = originOf(document);
  if (origin === undefined) return undefined;
  const entry = mapping.entries.get('detection');
  const detection = entry && reader.mapping(entry.value, '`detection`', undefined, entry.keySpan);
  if (detection === undefined) return undefined;
  const comments: string[] = [];
  const note = (span: Span, message: string): void => {
    reader.warn('W602', span, message);
    comments.push(message);
  };
  const read = readDetection(reader, detection, origin, note);
  if (read === undefined) return undefined;
  const { term, left } = settle(read.term);
  const settled = term && simplify(term);
  const gaps = new Map(left.map(({ gap, effect }) => [gap, effect]));
  for (const [gap, effect] of gaps) {
    const message = `${gap.message}; left out, so that the rule is ${effect}`;
    if (options.partial && settled !== undefined) comments.push(reportLeft(reader, gap, message));
    else reader.report(gap.code, gap.span, gap.message, gap.hint);
  }
  if (reader.errors > before || settled === undefined) return undefined;
  if (settled.kind === 'always' || settled.kind === 'never') {
    const what = settled.kind === 'always' ? 'every record would match' : 'no record of a flow log could match';
    return reader.report('E605', titleSpan, `nothing is left of the rule: ${what}`);
  }
  const about = answersOf(settled, origin);
  if (about === 'unknown') {
    const hint = 'it can be translated where it is about refused connections only (`action: deny`)';
    return reader.report('E604', titleSpan, 'what comes from a port can not be told from what that port answers', hint);
  }
  const withoutAnswers = about === 'left out';
  return { origin, where: formatTerm(settled), withoutAnswers, comments, aggregation: read.aggregation };
}

/**
 * Whether answers are left out. What was refused from a port (reflected floods) only looks like an answer; what was let
 * through may be one.
 */
function answersOf(term: Term, origin: Origin): 'left out' | 'kept' | 'unknown' {
  if (origin === 'flow-log') return 'kept';
  if (!hasTest(term, ({ field }) => field === 'srcport')) return 'left out';
  const terms = term.kind === 'and' ? term.terms : [term];
  return terms.some((each) => each.kind === 'test' && each.text === 'action = REJECT') ? 'kept' : 'unknown';
}

/** What matches any of some conditions, and what does not. */
export function joinMatchings(matchings: readonly Matching[]): Pick<Translation, 'where' | 'except'> {
  const mixed = new Set(matchings.map(({ withoutAnswers }) => withoutAnswers)).size > 1;
  const wheres = [...new Set(matchings.map((matching) => (mixed ? standalone(matching) : matching.where)))];
  return {
    where: wheres.length === 1 ? wheres[0]! : wheres.map((where) => `(${where})`).join(' or '),
    ...(!mixed && matchings[0]?.withoutAnswers === true ? { except: ANSWERS } : {}),
  };
}

/** A condition that leaves answers out for itself, where no `except` does it. */
export function standalone({ where, withoutAnswers }: Matching): string {
  return withoutAnswers ? `(${where}) and ${WITHOUT_ANSWERS}` : where;
}

/** A count's keys and comments; undefined where it can't be translated, which is reported then. */
export function keysOfCounting(
  reader: ShapeReader,
  counting: Counting | Gap,
  origin: Origin,
  { partial }: TranslateOptions,
): { readonly keys: Partial<Translation>; readonly comments: readonly string[] } | undefined {
  const gaps = 'code' in counting ? [counting] : counting.gaps;
  if ('code' in counting || (gaps.length > 0 && !partial)) {
    for (const { code, span, message, hint } of gaps) reader.report(code, span, message, hint);
    return undefined;
  }
  const comments = gaps.map((gap) => reportLeft(reader, gap, `${gap.message}; taken over as nearly as can be`));
  if (counting.countsRecords && origin === 'firewall') comments.push(COUNTS_RECORDS);
  const { by, window, when } = counting;
  return { keys: { ...(by === undefined ? {} : { by }), window, when }, comments };
}

const COUNTS_RECORDS =
  'counts records: a connection has one for every interface it passes and every aggregation interval it lasts';

function reportLeft(reader: ShapeReader, { span, hint }: Gap, message: string): string {
  reader.warn('W601', span, message, hint);
  return message;
}

function readAggregation(
  { reader, mapping }: SigmaDocument,
  { text, span }: NonNullable<Detection['aggregation']>,
  origin: Origin,
  options: TranslateOptions,
): ReturnType<typeof keysOfCounting> {
  const parsed = parseAggregation(text);
  if (parsed === undefined)
    return reader.report(
      'E604',
      span,
      `\`${text.trim()}\` can't be translated`,
      'a rule counts, sums, or counts different values by fields',
    );
  const timeframe = timeframeOf(reader, mapping);
  if (timeframe === undefined)
    return reader.report('E601', span, 'the rule counts, but no `timeframe` says over how long');
  const stated = { ...parsed, span, timespan: timeframe.text, timespanSpan: timeframe.span };
  return keysOfCounting(reader, translateCounting(stated, origin), origin, options);
}

function timeframeOf(reader: ShapeReader, mapping: Mapping): ReturnType<ShapeReader['textAt']> {
  const entry = mapping.entries.get('detection')!;
  const detection = reader.mapping(entry.value, '`detection`', undefined, entry.keySpan);
  return (detection && reader.textAt(detection, 'timeframe')) ?? reader.textAt(mapping, 'timeframe');
}

/** Where the rule's events come from; anything but a firewall's log or flow logs is refused. */
function originOf({ reader, mapping, titleSpan }: SigmaDocument): Origin | undefined {
  const entry = mapping.entries.get('logsource');
  if (entry === undefined) return reader.report('E601', titleSpan, 'the rule has no `logsource`');
  const source = reader.mapping(entry.value, '`logsource`', undefined, entry.keySpan);
  if (source === undefined) return undefined;
  const valueOf = (key: string): string | undefined => reader.textAt(source, key)?.text.toLowerCase();
  if (valueOf('category') === 'firewall') return 'firewall';
  if (valueOf('product') === 'aws' && /^(vpc[-_]?flow([-_]?logs?)?|flow[-_]?logs?)$/.test(valueOf('service') ?? ''))
    return 'flow-log';
  const said = ['product', 'category', 'service'].flatMap((key) => valueOf(key) ?? []).join(', ');
  const hint = 'rules for `category: firewall` can be translated, and those for `product: aws`, `service: vpcflow`';
  return reader.report(
    'E602',
    reader.spanOf(entry.value, entry.keySpan),
    `the rule is about ${said}, of which flow logs hold nothing`,
    hint,
  );
}
