/** `sekisho rules list`: what is looked for. */
import type { Command } from 'commander';
import stringWidth from 'string-width';
import { wrap } from '../../shared/alerts/wrap.ts';
import { techniqueOf } from '../../shared/rules/explain.ts';
import { formatExpression } from '../../shared/rules/format-expression.ts';
import type { RulePlace } from '../../shared/rules/load.ts';
import { neededFields, type NeededFields } from '../../shared/rules/needed-fields.ts';
import { formatDuration } from '../../shared/rules/quantity.ts';
import { memoryOf, textOfCondition, type Memory, type Rule } from '../../shared/rules/rule.ts';
import { tableOfRule } from '../../shared/rules/table.ts';
import { EXIT } from '../exit.ts';
import { counted, painter, widthOf, writeOut } from '../output.ts';
import { readCheckedRules } from '../read-rules.ts';
import { readSettings } from '../settings.ts';
import { LAKE_OF_LISTS, RULE_PATHS, subcommand, type Done, type ListOptions } from './subcommand.ts';

const EXAMPLES = `\
  sekisho rules list                     what is looked for
  sekisho rules list my-rules/ --json    with descriptions, fields and runbooks

In each rule's second line: when it alerts; \`at once\`, \`stream\` (windows are
kept while records arrive) or \`schedule\` (\`sekisho rules run\` asks the lake);
what the flow logs' format must name beyond the default format; its tags.`;

/** The command. */
export function listCommand(done: Done): Command {
  return subcommand('list', 'list rules: when they alert, what they remember and need', EXAMPLES)
    .argument('[path...]', RULE_PATHS)
    .option(...LAKE_OF_LISTS)
    .action(async (paths: string[], options: ListOptions) => done(await list(paths, options)));
}

async function list(paths: readonly string[], options: ListOptions): Promise<number> {
  const { rules, places } = await readCheckedRules(await readSettings(options), paths, options.lake);
  if (options.json === true) {
    const placed = places();
    const described = rules.map((rule) => asJson(rule, placed.get(rule.id)));
    await writeOut(`${JSON.stringify(described, null, 2)}\n`);
  } else await writeOut(formatRules(rules, widthOf(process.stdout)));
  return EXIT.done;
}

function asJson(rule: Rule, place: RulePlace | undefined): unknown {
  const { id, title, description, severity, tags, by, condition, suppress, runbook, falsePositives, quiets } = rule;
  const then = condition.kind === 'window' ? condition.then : undefined;
  const { needed, sharpening } = neededFields(rule);
  return {
    id,
    title,
    description,
    severity,
    tags,
    techniques: tags.flatMap((tag) => techniqueOf(tag) ?? []),
    file: place?.file ?? null,
    line: place?.line ?? null,
    where: formatExpression(rule.where),
    except: rule.except === undefined ? null : formatExpression(rule.except),
    by,
    window: condition.kind === 'window' || condition.kind === 'baseline' ? condition.seconds : null,
    when: textOfCondition(condition) ?? null,
    then: then === undefined ? null : formatExpression(then.where),
    within: then?.within ?? null,
    memory: memoryOf(condition),
    fields: needed.map(({ column }) => column),
    sharpened_by: sharpening.map(({ column }) => column),
    quiets,
    suppress,
    runbook: runbook ?? null,
    false_positives: falsePositives ?? null,
  };
}

const MEMORIES: Readonly<Record<Memory, string>> = { none: 'at once', stream: 'stream', query: 'schedule' };
const INDENT = 4;
const SEVERITY = 11;

/** Two lines a rule, more where they do not fit. */
function formatRules(rules: readonly Rule[], width: number): string {
  const paint = painter(process.stdout);
  const widest = rules.reduce((most, { id }) => Math.max(most, stringWidth(id)), 0) + 2;
  const blocks = rules.map((rule) => {
    const { id, severity, title, tags } = rule;
    const [first = '', ...more] = wrap(title, width - widest - SEVERITY);
    const badge = ` ${severity} `;
    const head = `${paint('title', id)}${' '.repeat(widest - stringWidth(id))}${paint(severity, badge)}`;
    const facts = [conditionText(rule), MEMORIES[memoryOf(rule.condition)], formatText(rule), tags.join(', ')];
    return [
      `${head}${' '.repeat(SEVERITY - badge.length)}${first}`,
      ...more.map((line) => `${' '.repeat(widest + SEVERITY)}${line}`),
      ...wrap(facts.filter((fact) => fact !== '').join('; '), width - INDENT).map((line) =>
        paint('dim', `${' '.repeat(INDENT)}${line}`),
      ),
    ];
  });
  return `${blocks.flat().join('\n')}\n\n${counted(rules.length, 'rule')}; \`sekisho rules explain ID\` tells more of one\n`;
}

function conditionText({ condition }: Rule): string {
  const text = textOfCondition(condition) ?? 'every match';
  const window =
    condition.kind === 'window' || condition.kind === 'baseline' ? ` in ${formatDuration(condition.seconds)}` : '';
  const sequel =
    condition.kind === 'window' && condition.then !== undefined
      ? `, then \`${formatExpression(condition.then.where)}\` within ${formatDuration(condition.then.within)}`
      : '';
  return `${text}${window}${sequel}`;
}

function formatText(rule: Rule): string {
  if (tableOfRule(rule) === 'tgw') return 'transit gateway logs';
  const needs = neededFields(rule);
  const extra = beyondDefault(needs.needed);
  return extra.length === 0 ? 'default format' : `needs ${extra.join(', ')}`;
}

function beyondDefault(fields: NeededFields['needed']): readonly string[] {
  return fields.flatMap(({ column, since }) => (since > 2 ? column : []));
}
