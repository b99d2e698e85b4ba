/** Judges a log group that feeds the deployment: whether its lines arrive, and what keeping them costs. */
import type { LogGroupSource } from '../config/config.ts';
import { functionArn, type Stack } from './check-stack.ts';
import { findingsOf, type Finding, type Findings, type Observed } from './finding.ts';
import { PRICES } from './prices.ts';
import { bytesText, commandLine, counted, dollars } from './wording.ts';

/** A log group, as CloudWatch Logs tells of it. */
export interface LogGroup {
  /** `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`. */
  readonly class: string;
  /** Undefined for never-expire. */
  readonly retentionDays: number | undefined;
  readonly storedBytes: number | undefined;
}

/** A subscription filter of a log group. */
export interface SubscriptionFilter {
  readonly name: string;
  readonly destination: string;
  /** Empty where it takes every line. */
  readonly pattern: string;
}

/** All that was looked at of a log group. */
export interface LogGroupLook {
  /** Undefined where there is none of the name. */
  readonly group: Observed<LogGroup | undefined>;
  readonly filters: Observed<readonly SubscriptionFilter[]>;
  /** Of the last hour; undefined where CloudWatch has no figure. */
  readonly deliveryErrors?: number | undefined;
}

/** The area of a log group's findings. */
export function logGroupArea(name: string): string {
  return `log group ${name}`;
}

/** The findings about a log group that is a source. */
export function checkLogGroup(source: LogGroupSource, look: LogGroupLook, stack: Stack): readonly Finding[] {
  const name = source.logGroup;
  const findings = findingsOf(logGroupArea(name));
  checkLoop(findings, name, stack);
  if (look.group.kind === 'seen' && look.group.value === undefined) {
    findings.problem(
      'group',
      `there is no such log group in ${stack.region}`,
      source.create === undefined
        ? 'make a flow log that writes to it (`create:` under the source does both), or mend the name in sekisho.yml'
        : 'the deployment makes it: `npx osls deploy`',
    );
    return findings.found;
  }
  findings.look('group', look.group, (group) => {
    if (group === undefined) return;
    checkClass(findings, name, group);
    checkRetention(findings, name, group, stack);
  });
  findings.look('subscription', look.filters, (filters) => checkFilters(findings, name, filters, stack));
  if ((look.deliveryErrors ?? 0) > 0) {
    findings.problem(
      'deliveries',
      `CloudWatch Logs failed ${counted(look.deliveryErrors!, 'time')} in the last hour to deliver from it, and may have skipped records`,
      `probably it may not call \`${stack.name}-detect\` any more; a deployment allows it again: \`npx osls deploy\``,
    );
  }
  return findings.found;
}

/** What the functions write must not come back to them. */
function checkLoop(findings: Findings, name: string, stack: Stack): void {
  if (!name.startsWith(`/aws/lambda/${stack.name}-`)) return;
  findings.problem(
    'loop',
    "it is the log of one of this deployment's own functions: each line would make another",
    'take it out of `sources` in sekisho.yml, then: `npx osls deploy`',
  );
}

function checkClass(findings: Findings, name: string, group: LogGroup): void {
  if (group.class === 'STANDARD') {
    findings.ok('class', 'standard');
    return;
  }
  findings.problem(
    'class',
    `its class is ${group.class}, which has no subscriptions, so nothing arrives`,
    `a class can't be changed: make a log group of the standard class and a flow log that writes to it, name it in sekisho.yml instead of \`${name}\`, then: \`npx osls deploy\``,
  );
}

function checkRetention(findings: Findings, name: string, group: LogGroup, stack: Stack): void {
  const { retentionDays, storedBytes } = group;
  const kept = storedBytes === undefined ? '' : `, ${bytesText(storedBytes)} now`;
  if (retentionDays !== undefined) {
    findings.ok('retention', `${retentionDays} days${kept}`);
    return;
  }
  const cost =
    storedBytes === undefined || storedBytes === 0
      ? ''
      : `, up to ${dollars((storedBytes / 1e9) * PRICES.logGigabyteMonth)} a month and growing`;
  const command = ['aws', 'logs', 'put-retention-policy', '--log-group-name', name, '--retention-in-days', '14'];
  findings.warning(
    'retention',
    `it keeps lines for ever${kept}${cost}`,
    `the lake keeps every record, so that two weeks suffice: \`${commandLine(...command, '--region', stack.region)}\``,
  );
}

/** AWS allows so many subscription filters a log group. */
const MOST_FILTERS = 2;

function checkFilters(findings: Findings, name: string, filters: readonly SubscriptionFilter[], stack: Stack): void {
  const detect = functionArn(stack, 'detect');
  const ours = filters.filter(({ destination }) => destination === detect);
  const [first] = ours;
  if (first === undefined) {
    missingFilter(findings, name, filters, stack);
    return;
  }
  if (ours.length > 1) {
    findings.warning(
      'subscription',
      `${ours.length} filters send to \`${stack.name}-detect\`: each line is worked on twice`,
      `remove one: \`${deleteFilter(name, ours[1]!, stack)}\``,
    );
    return;
  }
  if (first.pattern.trim() !== '') {
    findings.warning(
      'subscription',
      `the filter \`${first.name}\` lets only lines pass that match \`${first.pattern}\`; the others never reach the lake`,
      'the deployment asks for every line: `npx osls deploy`',
    );
    return;
  }
  findings.ok('subscription', `\`${first.name}\` sends every line to \`${stack.name}-detect\``);
}

function missingFilter(findings: Findings, name: string, filters: readonly SubscriptionFilter[], stack: Stack): void {
  const others = filters.map((filter) => `\`${filter.name}\` to \`${filter.destination}\``).join(' and ');
  // another deployment's, perhaps one that is gone
  const old = filters.find(({ destination }) => /:function:.*-detect(:|$)/.test(destination));
  if (filters.length >= MOST_FILTERS) {
    findings.problem(
      'subscription',
      `both of the filters that AWS allows are taken: ${others}; nothing arrives`,
      `remove the one that is not needed, then deploy again: \`${deleteFilter(name, old ?? filters[0]!, stack)}\``,
    );
    return;
  }
  findings.problem(
    'subscription',
    filters.length === 0
      ? 'there is no subscription filter: nothing arrives'
      : `no filter sends to \`${stack.name}-detect\`, only ${others}: nothing arrives`,
    `if it was there before, put it back under the name by which the stack knows it: \`${putFilter(name, stack)}\`; if the source is new in sekisho.yml: \`npx osls deploy\``,
  );
}

/** The filter as the deployment makes it (infra/sources.ts): a stack does not notice that it is gone. */
function putFilter(group: string, stack: Stack): string {
  const filter = [
    '--filter-name',
    stack.name,
    '--filter-pattern',
    '',
    '--destination-arn',
    functionArn(stack, 'detect'),
  ];
  const words = ['--log-group-name', group, ...filter, '--region', stack.region];
  return commandLine('aws', 'logs', 'put-subscription-filter', ...words);
}

function deleteFilter(group: string, filter: SubscriptionFilter, stack: Stack): string {
  const words = ['--log-group-name', group, '--filter-name', filter.name, '--region', stack.region];
  return commandLine('aws', 'logs', 'delete-subscription-filter', ...words);
}
