/** The functions of a deployment, and what is kept of calls that failed: infra/ makes them so, the commands find them so. */

/** The functions, by the last part of their names. */
export const FUNCTIONS = ['detect', 'archive', 'collect', 'windows', 'notify', 'rules'] as const;

/** One of the functions. */
export type FunctionName = (typeof FUNCTIONS)[number];

/** Functions whose asynchronous calls are kept when they fail for good: those of `windows` are made up for in a minute. */
export const KEPT_CALLS = ['detect', 'rules'] as const satisfies readonly FunctionName[];

/** A function whose failed calls are kept. */
export type KeptCall = (typeof KEPT_CALLS)[number];

/** So often Lambda calls again what failed: a delivery comes once, a schedule comes again by itself. */
export const CALL_RETRIES = { detect: 2, windows: 0, rules: 0 } as const;

/** Where in the bucket Transit Lambda puts what it keeps of failed calls; the name is Lambda's own. */
export const FAILED_CALLS = 'aws/lambda/async/';

/** Days for which failed calls are kept: time to mend the cause and replay them. */
export const FAILED_CALL_DAYS = 90;
