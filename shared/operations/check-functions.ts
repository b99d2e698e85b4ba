/** Judges the functions: whether they are there, may run, and do. */
import type { FlowLog } from './check-flow-logs.ts';
import { FUNCTIONS, type FunctionName } from './deployed-functions.ts';
import { findingsOf, type Finding, type Findings, type Observed } from './finding.ts';
import { commandLine, counted } from './wording.ts';

/** A function, as Lambda tells of it. */
export interface FunctionState {
  /** `Active`, `Pending`, `Inactive` or `Failed`. */
  readonly state: string | undefined;
  readonly stateReason: string | undefined;
  /** `Successful`, `Failed` or `InProgress`. */
  readonly lastUpdate: string | undefined;
  /** Undefined where it shares the account's. */
  readonly reservedConcurrency: number | undefined;
  /** Undefined where it runs in none. */
  readonly vpc: string | undefined;
  readonly subnets: readonly string[];
}

/** What CloudWatch counted in the last hour. */
export interface FunctionCounts {
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
}

/** All that was looked at of the functions. */
export interface FunctionLooks {
  /** Undefined where there is none of the name. */
  readonly states: Readonly<Record<FunctionName, Observed<FunctionState | undefined>>>;
  readonly counts: Observed<Readonly<Record<FunctionName, FunctionCounts>>>;
  readonly account: Observed<AccountConcurrency>;
}

/** What Lambda allows the account. */
export interface AccountConcurrency {
  readonly limit: number;
  readonly unreserved: number;
}

/** A function beyond this many calls at once would be throttled at every burst of deliveries. */
const LEAST_CONCURRENCY = 20;

/** What judging functions takes beside looking at them. */
export interface FunctionSurroundings {
  /** The stack's name. */
  readonly stack: string;
  /** Seconds since it was last changed: what is new has not run yet. */
  readonly deployedSeconds: number;
  /** The flow logs that write to a source. */
  readonly feeding: readonly FlowLog[];
}

/** CloudWatch shows a call some minutes later. */
const SETTLED_SECONDS = 900;

/** The findings about the functions. */
export function checkFunctions(
  { states, counts, account }: FunctionLooks,
  { stack, deployedSeconds, feeding }: FunctionSurroundings,
): readonly Finding[] {
  const findings = findingsOf('functions');
  const isSettled = deployedSeconds > SETTLED_SECONDS;
  for (const name of FUNCTIONS) {
    const full = `${stack}-${name}`;
    let runs = true;
    findings.look(name, states[name], (value) => {
      runs = checkState(findings, name, full, value);
      if (value !== undefined) checkLoop(findings, name, full, value, feeding);
    });
    if (runs && counts.kind === 'seen') checkCounts(findings, { name, full, isSettled }, counts.value[name]);
  }
  findings.look('metrics', counts, () => undefined);
  findings.look('concurrency', account, ({ limit, unreserved }) => {
    const seen = `${unreserved} of the account's ${counted(limit, 'concurrent call')} are not reserved`;
    if (unreserved >= LEAST_CONCURRENCY) findings.ok('concurrency', seen);
    else {
      findings.warning(
        'concurrency',
        `only ${seen}: bursts of deliveries are throttled`,
        'ask for more: `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000`',
      );
    }
  });
  return findings.found;
}

/** Whether it can run at all. */
function checkState(findings: Findings, name: string, full: string, value: FunctionState | undefined): boolean {
  if (value === undefined) {
    findings.problem(name, `there is no function \`${full}\``, 'deploy again: `npx osls deploy`');
    return false;
  }
  const { state, stateReason, lastUpdate, reservedConcurrency } = value;
  const why = stateReason === undefined ? '' : `: ${stateReason}`;
  if (state === 'Failed' || state === 'Inactive') {
    findings.problem(name, `it is ${state}${why}`, 'deploy again: `npx osls deploy`');
    return false;
  }
  if (lastUpdate === 'Failed') {
    findings.problem(name, `its last update failed${why}`, 'deploy again: `npx osls deploy`');
    return false;
  }
  if (reservedConcurrency === 0) {
    findings.problem(
      name,
      'its concurrency is 0: somebody switched it off',
      name === 'windows' || name === 'rules'
        ? `switch it on: \`${commandLine('aws', 'lambda', 'put-function-concurrency', '--function-name', full, '--reserved-concurrent-executions', '1')}\``
        : `switch it on: \`${commandLine('aws', 'lambda', 'delete-function-concurrency', '--function-name', full)}\``,
    );
    return false;
  }
  return true;
}

/** What it says in a VPC becomes flow records, which it reads, and says something again. */
function checkLoop(
  findings: Findings,
  name: string,
  full: string,
  { vpc, subnets }: FunctionState,
  feeding: readonly FlowLog[],
): void {
  if (vpc === undefined) return;
  const own = feeding.find(({ resource }) => resource === vpc || subnets.includes(resource));
  if (own === undefined) return;
  findings.problem(
    'loop',
    `\`${full}\` runs in ${vpc}, whose flow log ${own.id} it reads: each of its calls makes records that call it again`,
    'take it out of the VPC (it needs none): `npx osls deploy` sets it as it was',
  );
}

/** A throttled call is tried again: a few of them are no news. */
const MANY_THROTTLES = 0.01;

function checkCounts(
  findings: Findings,
  { name, full, isSettled }: { readonly name: FunctionName; readonly full: string; readonly isSettled: boolean },
  counts: FunctionCounts,
): void {
  const { invocations, errors, throttles } = counts;
  const tail = `\`aws logs tail /aws/lambda/${full} --since 1h\``;
  if (errors > 0) {
    findings.warning(
      name,
      `${counted(errors, 'error')} in ${counted(invocations, 'call')} of the last hour`,
      `see what it says: ${tail}`,
    );
    return;
  }
  // windows and rules run one at a time by intention
  if (throttles > Math.max(5, invocations * MANY_THROTTLES) && name !== 'windows' && name !== 'rules') {
    findings.warning(
      name,
      `throttled ${counted(throttles, 'time')} in the last hour`,
      'the account allows too few calls at once, see `concurrency`',
    );
    return;
  }
  if (name === 'windows' && invocations === 0 && isSettled) {
    findings.problem(
      name,
      'it has not run in the last hour, though it should every minute',
      `see whether its schedule is on (\`State\`), and what its log says: \`aws events list-rules --name-prefix ${full.slice(0, -name.length)}\``,
    );
    return;
  }
  findings.ok(name, `${counted(invocations, 'call')} in the last hour, no error`);
}
