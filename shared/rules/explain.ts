/** A rule in plain words: what it looks at, when it alerts, and what it keeps in mind for that. */
import type { FlowTable } from '../flow/fields.ts';
import type { Expression } from './expression.ts';
import { formatExpression } from './format-expression.ts';
import { neededFields, type NeededFields } from './needed-fields.ts';
import { formatDuration } from './quantity.ts';
import { memoryOf, type Condition, type Memory, type NewCondition, type Rule } from './rule.ts';
import { tableOfRule } from './table.ts';
import { joinWords, amountInWords, nounOf, outlineExpression, shortNounOf, type Outline } from './words.ts';

/** A condition on records, in words and as it is written. */
export interface ExplainedExpression {
  readonly outline: readonly Outline[];
  readonly text: string;
}

/** A list that a rule names, with as many entries as it has for the fields it is held against. */
export interface NamedByRule {
  readonly name: string;
  readonly entries: number;
}

/** A rule, explained. */
export interface Explanation {
  readonly table: FlowTable;
  readonly where: ExplainedExpression;
  readonly except: ExplainedExpression | undefined;
  /** When it alerts, a sentence. */
  readonly when: string;
  /** What has to follow the window, of the same group. */
  readonly then: ExplainedExpression | undefined;
  /** Of what there is one alert, and how often: a sentence. */
  readonly once: string;
  readonly memory: Memory;
  /** What it keeps in mind, a sentence. */
  readonly remembers: string;
  readonly lists: readonly NamedByRule[];
  readonly fields: NeededFields;
  /** MITRE ATT&CK techniques among the tags (`T1046`, `T1071.004`). */
  readonly techniques: readonly string[];
}

/** Explains a rule from the rule alone. */
export function explainRule(rule: Rule): Explanation {
  const { where, except, condition } = rule;
  const sequel = condition.kind === 'window' ? condition.then?.where : undefined;
  const expressions = [where, except, sequel].filter((expression) => expression !== undefined);
  const memory = memoryOf(condition);
  return {
    table: tableOfRule(rule),
    where: explainExpression(where),
    except: except && explainExpression(except),
    when: whenInWords(rule),
    then: sequel && explainExpression(sequel),
    once: onceInWords(rule),
    memory,
    remembers: memoryInWords(condition, memory),
    lists: listsOf(expressions),
    fields: neededFields(rule),
    techniques: rule.tags.flatMap((tag) => techniqueOf(tag) ?? []),
  };
}

/** The MITRE ATT&CK technique that a tag names: `attack.t1046` is T1046. */
export function techniqueOf(tag: string): string | undefined {
  return /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase();
}

function explainExpression(expression: Expression): ExplainedExpression {
  return { outline: outlineExpression(expression), text: formatExpression(expression) };
}

function whenInWords({ condition, by }: Rule): string {
  const group = by.length === 1 ? `one ${shortNounOf(by[0]!)}` : `one combination of ${fieldsInWords(by)}`;
  switch (condition.kind) {
    case 'match':
      return 'at every such record';
    case 'window': {
      const { seconds, when, then } = condition;
      const [, limit = ''] = when.text.split(/>=? /);
      const least = when.operator === '>=' ? 'at least' : 'more than';
      const window = `as soon as ${group} has ${least} ${amountInWords(when.measure, limit)} within ${formatDuration(seconds)}`;
      if (then === undefined) return window;
      return `${window}, and within ${formatDuration(then.within)} after that a record that fits what follows`;
    }
    case 'absence':
      return `once ${group} that had such records has had none for ${formatDuration(condition.seconds)}`;
    case 'new':
      return newInWords(condition, by);
    case 'baseline': {
      const { seconds, measure, factor, over, text } = condition;
      const least = / and at least (.*)$/.exec(text)?.[1];
      const usual = amountInWords(measure, 'many').replace(/^many/, `${factor} times as many`);
      return (
        `when ${group} has, within ${formatDuration(seconds)}, more than ${usual} as its windows of the ` +
        `${formatDuration(over)} before had on average${least === undefined ? '' : `, and at least ${amountInWords(measure, least)}`}`
      );
    }
  }
}

function newInWords({ field, over }: NewCondition, by: readonly string[]): string {
  const owner = by.filter((column) => column !== field);
  const before = `in the ${formatDuration(over)} before`;
  if (owner.length === 0) return `when there is a value of ${nounOf(field)} that was not there ${before}`;
  return `when the same ${fieldsInWords(owner)} has a value of ${nounOf(field)} that it did not have ${before}`;
}

function onceInWords({ by, suppress }: Rule): string {
  const group = by.length === 1 ? `each ${shortNounOf(by[0]!)}` : `each combination of ${fieldsInWords(by)}`;
  return `one alert for ${group}, in ${formatDuration(suppress)}`;
}

function fieldsInWords(columns: readonly string[]): string {
  return joinWords(columns.map(shortNounOf), 'and');
}

function memoryInWords(condition: Condition, memory: Memory): string {
  switch (memory) {
    case 'none':
      return 'nothing: a record is judged when it arrives';
    case 'stream':
      return condition.kind === 'absence'
        ? 'when each group was seen last; it is judged by the clock, once late records have had their time'
        : 'the minutes of the window, kept while records arrive; an alert comes within minutes';
    case 'query':
      return 'nothing: it asks the lake when `sekisho rules run` is called, so call that on a schedule';
  }
}

function listsOf(expressions: readonly Expression[]): readonly NamedByRule[] {
  const lists = new Map<string, number>();
  const visit = (expression: Expression): void => {
    switch (expression.kind) {
      case 'and':
      case 'or':
        expression.terms.forEach(visit);
        break;
      case 'not':
        visit(expression.term);
        break;
      case 'test':
        for (const operand of expression.operands) {
          if (operand.kind === 'list')
            lists.set(operand.name, Math.max(lists.get(operand.name) ?? 0, operand.values.length));
        }
        break;
      case 'presence':
        break;
    }
  };
  expressions.forEach(visit);
  return Array.from(lists, ([name, entries]) => ({ name, entries }));
}
