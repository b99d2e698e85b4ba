/** What functions say about themselves: lines of their log where something is wrong, and metrics. */
import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { openMetrics } from '../shared/adapters/aws/metrics.ts';
import { systemClock } from '../shared/adapters/local/clock.ts';
import { deployment } from './deployment.ts';

const { name, stage } = deployment.config.deployment;

/** Metrics of this deployment; published after every invocation. */
export const metrics = openMetrics(`${name}-${stage}`, systemClock);

/** What a log line says beside its message; never the contents of records. */
export type Details = Readonly<Record<string, unknown>>;

let logger: Promise<Logger> | undefined;

/** The log, loaded when there is something to say: most invocations of most functions have nothing. */
async function openLog(): Promise<Logger> {
  const { Logger } = await import('@aws-lambda-powertools/logger');
  return new Logger({ serviceName: `${name}-${stage}` });
}

/** Of which invocation the lines are; undefined outside of any. */
let invocation: Context | undefined;

/** Says which invocation runs now. */
export function enter(context: Context): void {
  invocation = context;
}

async function log(level: 'warn' | 'error', message: string, details: Details | Error): Promise<void> {
  logger ??= openLog();
  const lines = await logger;
  if (invocation !== undefined) lines.addContext(invocation);
  if (details instanceof Error) lines[level](message, details);
  else lines[level](message, { ...details });
}

/** Logs that something is wrong, though the work goes on. */
export function warn(message: string, details: Details = {}): Promise<void> {
  return log('warn', message, details);
}

/** Logs what an invocation failed with. */
export async function fail(error: unknown): Promise<void> {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const { showSources } = await import('./source-positions.ts');
  showSources(thrown);
  await log('error', thrown.message, thrown);
}

/** Different things that a process warns of once. */
const MOST_ONCE = 100;
const warned = new Set<string>();

/** The same, but only the first time in this process. */
export async function warnOnce(message: string, details: Details = {}): Promise<void> {
  if (warned.has(message) || warned.size === MOST_ONCE) return;
  warned.add(message);
  await warn(message, details);
}
