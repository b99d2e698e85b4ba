/** Judges the stack that a deployment consists of. */
import { QUEUES } from './deployed-queues.ts';
import { findingsOf, type Finding } from './finding.ts';

/** The stack, as CloudFormation tells of it. */
export interface Stack {
  readonly name: string;
  /** `CREATE_COMPLETE`, `UPDATE_ROLLBACK_FAILED`, … */
  readonly status: string;
  /** Why, where CloudFormation says it. */
  readonly reason: string | undefined;
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** Last change. */
  readonly changed: Date;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Outputs without which the commands for operation find nothing. */
const NEEDED = [
  'Lake',
  'Transit',
  ...QUEUES.flatMap((queue) => [queue, `${queue}Dead`]),
  'OperationsTopic',
  'Workgroup',
  'Database',
];

/** The findings about a stack; undefined where there is none of that name. */
export function checkStack(name: string, region: string, stack: Stack | undefined): readonly Finding[] {
  const findings = findingsOf('stack');
  if (stack === undefined) {
    findings.problem(
      'exists',
      `there is no stack \`${name}\` in ${region}`,
      'deploy it, or set `deployment.name`, `stage` and `region` to where it is: `npx osls deploy`',
    );
    return findings.found;
  }
  const { status, reason, changed, outputs } = stack;
  const why = reason === undefined ? '' : `: ${reason}`;
  const since = `since ${changed.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) findings.ok('state', `${status} ${since}`);
  else if (status.endsWith('_IN_PROGRESS')) {
    findings.warning('state', `${status} ${since}`, 'wait until CloudFormation is done, then look again');
  } else if (status === 'UPDATE_ROLLBACK_COMPLETE' || status === 'IMPORT_ROLLBACK_COMPLETE') {
    findings.warning(
      'state',
      `the last change was taken back (${status} ${since})${why}`,
      'it runs as before; see what failed in the events of the stack, mend it and deploy again: `npx osls deploy`',
    );
  } else if (status === 'UPDATE_ROLLBACK_FAILED') {
    findings.problem(
      'state',
      `the last change could not be taken back${why}`,
      `mend what the stack's events name, then: \`aws cloudformation continue-update-rollback --stack-name ${name} --region ${stack.region}\``,
    );
  } else {
    findings.problem(
      'state',
      `${status} ${since}${why}`,
      `a stack in this state can only be deleted (its buckets stay) and deployed anew: \`aws cloudformation delete-stack --stack-name ${name} --region ${stack.region}\``,
    );
  }
  const missing = NEEDED.filter((output) => outputs[output] === undefined);
  if (missing.length > 0) {
    findings.problem(
      'outputs',
      `it lacks the outputs ${missing.map((output) => `\`${output}\``).join(', ')}`,
      'it was deployed from another version: deploy it with this one: `npx osls deploy`',
    );
  }
  return findings.found;
}

/** The ARN of one of the deployment's functions. */
export function functionArn({ partition, region, account, name }: Stack, fn: string): string {
  return `arn:${partition}:lambda:${region}:${account}:function:${name}-${fn}`;
}
