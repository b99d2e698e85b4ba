/** What messages say beside the alert. */
import type { Config } from '../../config/config.ts';
import { networkLists, OPEN_LISTS, PORT_LISTS } from '../../rules/built-in-lists.ts';
import { EXPECT_IDS } from '../../rules/expectation.ts';
import { operandsOf, type Expression } from '../../rules/expression.ts';
import type { Rule } from '../../rules/rule.ts';

/** Where the deployment runs. */
export interface Home {
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** Where the lake is: its bucket, and where Athena has it, if that is known. */
export interface LakePlace {
  readonly lake: string;
  readonly workgroup: string | undefined;
  readonly database: string | undefined;
}

/**
 * Where a rule is told of traffic that is wanted: in a list that its `except` names, by leaving a list that it is about, in
 * the design, or in an `except` of its own.
 */
export type Exception =
  { readonly kind: 'into' | 'out of'; readonly lists: readonly string[] } | { readonly kind: 'except' | 'expect' };

/** What messages are made with. */
export interface MessageContext extends LakePlace {
  /** The deployment's name. */
  readonly deployment: string;
  /** IANA name of the time zone to show beside UTC. */
  readonly timeZone: string;
  readonly home: Home;
  /** Log groups that are read; without any there is nothing for Logs Insights to search. */
  readonly logGroups: readonly string[];
  /** By the rule's id. */
  readonly exceptions: ReadonlyMap<string, Exception>;
}

/** What a deployment's messages are made with. */
export function contextOf(
  { config, rules }: { readonly config: Config; readonly rules: { readonly all: readonly Rule[] } },
  { lake, workgroup, database }: LakePlace,
  home: Home,
): MessageContext {
  const { name, stage } = config.deployment;
  return {
    deployment: `${name}-${stage}`,
    lake,
    workgroup,
    database,
    timeZone: config.timeZone,
    home,
    // a name with a star says how files are read
    logGroups: config.sources.flatMap((source) =>
      source.kind === 'log-group' && !source.logGroup.endsWith('*') ? [source.logGroup] : [],
    ),
    exceptions: new Map(rules.all.map((rule) => [rule.id, exceptionOf(rule)])),
  };
}

/** Where the resource of an ARN is. */
export function homeOf(arn: string): Home {
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  return { partition, account, region };
}

/** Lists that say what something is: to add an address to them changes all rules, and excuses none. */
const DEFINITIONS: ReadonlySet<string> = new Set([...Object.keys(networkLists([])), ...Object.keys(PORT_LISTS)]);

function exceptionOf({ id, where, except }: Rule): Exception {
  if (EXPECT_IDS.some((each) => each === id)) return { kind: 'expect' };
  const excepted = (except === undefined ? [] : listsOf(except)).filter((name) => !DEFINITIONS.has(name));
  if (excepted.length > 0) return { kind: 'into', lists: excepted };
  const watched = listsOf(where).filter((name) => name in OPEN_LISTS);
  return watched.length > 0 ? { kind: 'out of', lists: watched } : { kind: 'except' };
}

function listsOf(expression: Expression): readonly string[] {
  return [...new Set(operandsOf(expression).flatMap((operand) => (operand.kind === 'list' ? [operand.name] : [])))];
}
