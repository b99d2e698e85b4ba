/** An explained rule as a person at a terminal wants to read it. */
import { wrap } from '../../shared/alerts/wrap.ts';
import type { Explanation, ExplainedExpression } from '../../shared/rules/explain.ts';
import type { FieldNeed } from '../../shared/rules/needed-fields.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { joinWords, ONE_OF, type Outline } from '../../shared/rules/words.ts';
import { counted, type painter } from '../output.ts';

/** A list that the rule names, and where it comes from. */
export interface ExplainedList {
  readonly name: string;
  readonly entries: number;
  readonly shown: readonly string[];
  readonly origin: string;
}

/** What a format of the configuration lacks of what the rule needs. */
export interface FormatFit {
  readonly logGroup: string;
  readonly format: string;
  readonly missing: { readonly needed: readonly string[]; readonly sharpening: readonly string[] };
}

/** Everything that is told of a rule. */
export interface RuleStory {
  readonly rule: Rule;
  readonly explanation: Explanation;
  readonly lists: readonly ExplainedList[];
  readonly formats: readonly FormatFit[];
  readonly examples: readonly string[];
  readonly sql: string;
}

/** How it is laid out. */
export interface LayoutOptions {
  readonly width: number;
  readonly paint: ReturnType<typeof painter>;
}

const LABEL = 14;
/** Longer lines are hard to read. */
const WIDEST = 100;
/** A longer query would bury the words. */
const MOST_SQL_LINES = 60;

/** The whole text, ended by a line break. */
export function formatExplanation(story: RuleStory, { width, paint }: LayoutOptions): string {
  const room = Math.max(30, Math.min(width, WIDEST) - LABEL);
  const lines: string[] = [];
  const section = (label: string, texts: readonly string[]): void => {
    const wrapped = texts.flatMap((text) => indented(text, room));
    for (const [index, line] of wrapped.entries()) {
      const head = index === 0 ? paint('label', label.padEnd(LABEL)) : ' '.repeat(LABEL);
      lines.push(`${head}${line}`.trimEnd());
    }
  };
  const { rule, explanation } = story;
  lines.push(`${paint(rule.severity, ` ${rule.severity.toUpperCase()} `)} ${paint('title', rule.title)}`);
  section('id', [rule.id]);
  if (rule.tags.length > 0) section('tags', rule.tags.map(tagWithPage));
  if (rule.description !== '') section('why', paragraphs(rule.description));
  lines.push('');
  section('looks at', points(`${TABLES[explanation.table]} for which`, 'holds', explanation.where));
  if (explanation.except !== undefined)
    section('but not', points('records for which', 'is known to hold', explanation.except));
  section('alerts', [explanation.when]);
  if (explanation.then !== undefined) section('then', points('a record for which', 'holds', explanation.then));
  section('once', [explanation.once]);
  if (rule.quiets.length > 0)
    section('holds back', [`alerts of ${joinWords(rule.quiets, 'and')} about the same traffic`]);
  section('remembers', [explanation.remembers]);
  lines.push('');
  if (story.lists.length > 0) section('lists', story.lists.map(listInWords));
  section('fields', fieldsInWords(explanation));
  if (story.formats.length > 0) section('your formats', story.formats.map(formatInWords));
  lines.push('');
  if (rule.runbook !== undefined) section('what to do', paragraphs(rule.runbook));
  if (rule.falsePositives !== undefined) section('false alarms', paragraphs(rule.falsePositives));
  if (story.examples.length > 0) section('example', story.examples);
  const text = lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n');
  return `${text.trimEnd()}\n\n${queryText(story, Math.min(width, WIDEST), paint)}\n`;
}

function queryText({ rule, sql }: RuleStory, width: number, paint: LayoutOptions['paint']): string {
  const command = `rules explain ${rule.id} --sql`;
  const lines = breakSql(sql, width);
  return lines.length > MOST_SQL_LINES
    ? `${paint('label', 'as a query')}    \`sekisho ${command}\``
    : `${paint('label', `as a query (${command}):`)}\n${paint('dim', lines.join('\n'))}`;
}

const TABLES = { vpc: 'records of network interfaces', tgw: 'records of transit gateways' } as const;

/** A text of leading spaces keeps them on every line, with room for its bullet. */
function indented(text: string, room: number): readonly string[] {
  const [, spaces = '', bullet = '', rest = ''] = /^( *)(- )?(.*)$/s.exec(text)!;
  const margin = spaces.length + bullet.length;
  return wrap(rest, room - margin).map((line, index) => `${index === 0 ? spaces + bullet : ' '.repeat(margin)}${line}`);
}

function paragraphs(text: string): readonly string[] {
  return text
    .split(/\n{2,}|\n(?=- )/)
    .flatMap((paragraph, index) => (index === 0 || paragraph.startsWith('- ') ? [paragraph] : ['', paragraph]));
}

/** `records for which all of this holds:`, and the points. */
function points(about: string, holds: string, { outline }: ExplainedExpression): readonly string[] {
  const lines = (outlines: readonly Outline[], depth: number): readonly string[] =>
    outlines.flatMap(({ text, below }) => [`${'  '.repeat(depth)}- ${text}`, ...lines(below, depth + 1)]);
  const [only, ...more] = outline;
  const alternatives = more.length === 0 && only?.text === ONE_OF ? only.below : undefined;
  const what = alternatives !== undefined ? 'one of this' : more.length > 0 ? 'all of this' : 'this';
  return [`${about} ${what} ${holds}:`, ...lines(alternatives ?? outline, 0)];
}

function tagWithPage(tag: string): string {
  const technique = /^attack\.(t\d{4})(?:\.(\d{3}))?$/i.exec(tag);
  if (technique === null) return tag;
  const [, number, part] = technique;
  const path = [number!.toUpperCase(), ...(part === undefined ? [] : [part])];
  return `${path.join('.')}, https://attack.mitre.org/techniques/${path.join('/')}/`;
}

function listInWords({ name, entries, shown, origin }: ExplainedList): string {
  if (entries === 0) return `@${name}: empty, ${origin}`;
  const more = entries > shown.length ? ` and ${entries - shown.length} more` : '';
  return `@${name}: ${counted(entries, 'entry', 'entries')}, ${origin}: ${shown.join(', ')}${more}`;
}

function fieldsInWords({ fields, table }: Explanation): readonly string[] {
  const names = (needs: readonly FieldNeed[]): string => needs.map(({ column }) => column).join(', ');
  const newest = Math.max(2, ...fields.needed.map(({ since }) => since));
  const enough =
    table === 'tgw'
      ? 'transit gateway flow logs have them'
      : newest === 2
        ? 'the default format has them'
        : `the format must name ${names(fields.needed.filter(({ since }) => since > 2))} (version ${newest})`;
  const lines = [`needs ${names(fields.needed)}: ${enough}`];
  if (fields.derived.length > 0) lines.push(`works out ${fields.derived.join(', ')} from them`);
  if (fields.sharpening.length > 0) {
    const sharper = fields.sharpening.map(({ column, since }) => `${column} (version ${since})`);
    lines.push(`is better with ${sharper.join(', ')}`);
  }
  return lines;
}

function formatInWords({ logGroup, missing: { needed, sharpening } }: FormatFit): string {
  if (needed.length > 0) return `${logGroup}: can't see it, as the format lacks ${needed.join(', ')}`;
  return `${logGroup}: has all${sharpening.length > 0 ? `, but not ${sharpening.join(', ')}` : ''}`;
}

/** SQL in lines of a given width: broken between words, never within a literal. */
function breakSql(sql: string, width: number): readonly string[] {
  return sql.split('\n').flatMap((line) => {
    const margin = ' '.repeat(/^ */.exec(line)![0].length);
    const lines: string[] = [];
    let current = '';
    for (const [word] of line.trim().matchAll(/(?:'(?:[^']|'')*'|[^\s'])+/g)) {
      const longer = current === '' ? margin + (lines.length > 0 ? '  ' : '') + word : `${current} ${word}`;
      if (longer.length <= width || current === '') {
        current = longer;
        continue;
      }
      lines.push(current);
      current = `${margin}  ${word}`;
    }
    return [...lines, current];
  });
}
