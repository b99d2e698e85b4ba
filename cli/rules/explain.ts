/** `sekisho rules explain`: one rule in plain words. */
import type { Command } from 'commander';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { parseFormat } from '../../shared/flow/format.ts';
import { planRuleSql, type RulePlan } from '../../shared/query/rule-sql.ts';
import { runRuleTest } from '../../shared/rule-tests.ts';
import { networkLists, OPEN_LISTS, PORT_LISTS, PRIVATE_NETWORKS } from '../../shared/rules/built-in-lists.ts';
import { explainRule, type Explanation } from '../../shared/rules/explain.ts';
import type { NamedList } from '../../shared/rules/lists.ts';
import type { LoadedRules } from '../../shared/rules/load.ts';
import { missingFields } from '../../shared/rules/needed-fields.ts';
import { expectedCount } from '../../shared/rules/rule-test.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { EXIT } from '../exit.ts';
import { painter, widthOf, writeOut } from '../output.ts';
import { readCheckedRules } from '../read-rules.ts';
import { decodeOptionsOf, readSettings, type Settings } from '../settings.ts';
import { formatExplanation, type ExplainedList, type FormatFit, type RuleStory } from './explain-text.ts';
import { findRule } from './find-rule.ts';
import { LAKE_OF_LISTS, RULE_PATHS, subcommand, type Done, type ListOptions } from './subcommand.ts';

interface ExplainOptions extends ListOptions {
  readonly sql?: true;
}

const EXAMPLES = `\
  sekisho rules explain port-scan            what it looks for, when it alerts
  sekisho rules explain telnet my-rules/     a rule of your own
  sekisho rules explain port-scan --sql | sekisho query -
                                             what it finds in a lake`;

/** The command. */
export function explainCommand(done: Done): Command {
  return subcommand('explain', 'say in plain words what a rule does', EXAMPLES)
    .argument('<id>', 'the id of a rule')
    .argument('[path...]', RULE_PATHS)
    .option(...LAKE_OF_LISTS)
    .option('--sql', 'print only the query that the rule is the same as')
    .action(async (id: string, paths: string[], options: ExplainOptions) => done(await explain(id, paths, options)));
}

async function explain(id: string, paths: readonly string[], options: ExplainOptions): Promise<number> {
  const settings = await readSettings(options);
  const loaded = await readCheckedRules(settings, paths, options.lake);
  const rule = findRule(loaded.rules, id);
  const sql = sqlText(planRuleSql(rule, { networks: settings.config.networks ?? PRIVATE_NETWORKS }));
  if (options.sql === true) {
    await writeOut(`${sql}\n`);
    return EXIT.done;
  }
  const explanation = explainRule(rule);
  const story: RuleStory = {
    rule,
    explanation,
    lists: explanation.lists.map((list) => describeList(list, loaded, settings)),
    formats: formatFits(explanation, settings),
    examples: await exampleSummaries(rule, loaded, settings),
    sql,
  };
  if (options.json === true) await writeOut(`${JSON.stringify(storyAsJson(story), null, 2)}\n`);
  else await writeOut(formatExplanation(story, { width: widthOf(process.stdout), paint: painter(process.stdout) }));
  return EXIT.done;
}

/** A rule's query; of lists that are too long for it only their names are said. */
function sqlText({ sql, lists }: RulePlan): string {
  if (lists.length === 0) return sql;
  const names = new Set(lists.map(({ list }) => `@${list}`));
  return `-- the relation "lists" is filled by \`sekisho query\` from the installed rules: ${[...names].join(', ')}\n${sql}`;
}

function describeList(
  { name, entries }: Explanation['lists'][number],
  loaded: LoadedRules,
  { config }: Settings,
): ExplainedList {
  const list = loaded.lists.get(name);
  return { name, entries, shown: list?.entries.slice(0, SHOWN_ENTRIES) ?? [], origin: originOf(name, list, config) };
}

function originOf(name: string, list: NamedList | undefined, config: Settings['config']): string {
  if (name in config.lists) return 'from the configuration';
  if (list?.outside === true) return 'kept in a file or object of its own';
  const builtIn = { ...networkLists(config.networks ?? PRIVATE_NETWORKS), ...PORT_LISTS, ...OPEN_LISTS }[name];
  return builtIn?.entries.join() === list?.entries.join() ? `built in (${builtIn?.holds})` : 'from a rule file';
}

/** Nobody reads more entries of a list. */
const SHOWN_ENTRIES = 8;

/** How the formats fit that the configuration names; the default format where it names none. */
function formatFits({ fields }: Explanation, { config }: Settings): readonly FormatFit[] {
  const logGroups = config.sources.filter((source) => source.kind === 'log-group');
  return logGroups.flatMap(({ logGroup, formats }) =>
    formats.flatMap((text) => {
      const format = parseFormat(text);
      return 'kind' in format ? [] : [{ logGroup, format: text, missing: missingFields(fields, format) }];
    }),
  );
}

/** What alerts of the rule say, from the tests inside it. */
async function exampleSummaries(rule: Rule, { tests }: LoadedRules, settings: Settings): Promise<readonly string[]> {
  const hit = tests.find((each) => each.rule === rule.id && expectedCount(each) > 0);
  if (hit === undefined) return [];
  const { alerts } = await runRuleTest(hit, rule, {
    createStore: createMemoryStore,
    createQueue: () => createMemoryQueue<Arrival>(),
    clock: settings.clock,
    decode: decodeOptionsOf(settings, undefined),
  });
  return alerts.slice(0, 2).map(({ summary }) => summary);
}

function storyAsJson({ rule, explanation, lists, formats, examples, sql }: RuleStory): unknown {
  const { id, title, description, severity, tags, by, suppress, runbook, falsePositives, quiets } = rule;
  return {
    id,
    title,
    severity,
    tags,
    techniques: explanation.techniques,
    description,
    runbook: runbook ?? null,
    false_positives: falsePositives ?? null,
    table: explanation.table,
    where: explanation.where,
    except: explanation.except ?? null,
    when: explanation.when,
    then: explanation.then ?? null,
    by,
    suppress,
    once: explanation.once,
    quiets,
    memory: explanation.memory,
    remembers: explanation.remembers,
    lists,
    fields: explanation.fields,
    formats,
    examples,
    sql,
  };
}
