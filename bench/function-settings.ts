/** What the deployment says of its functions, as far as it costs: read from serverless.yml and from the template itself. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { templateOf } from '../infra/template.ts';
import { DEFAULT_CONFIG } from '../shared/config/config.ts';

/** What the cost of a delivery depends on. */
export interface FunctionSettings {
  /** Megabytes, by function. */
  readonly memory: Readonly<Record<'detect' | 'archive' | 'windows' | 'notify', number>>;
  /** Messages that the archiver takes at once. */
  readonly batchSize: number;
  /** Seconds that it waits for them. */
  readonly batchWindow: number;
  /** How many of them run side by side, each with batches of its own. */
  readonly concurrency: number;
  /** Whether Lambda writes its own lines (START, END, REPORT) about every invocation. */
  readonly hasPlatformLines: boolean;
  /** Queues that Lambda polls, whether they hold anything or not. */
  readonly polledQueues: number;
  readonly alarms: number;
}

interface Serverless {
  readonly provider: { readonly memorySize: number; readonly logs?: { readonly lambda?: LogSettings } };
  readonly functions: Readonly<Record<string, { readonly memorySize?: number; readonly logs?: LogSettings }>>;
}

interface LogSettings {
  readonly systemLogLevel?: string;
}

/** Reads them; the configuration is that of somebody who wrote none. */
export function functionSettings(): FunctionSettings {
  const text = readFileSync(new URL('../serverless.yml', import.meta.url), 'utf8');
  // tags such as `!Sub` are CloudFormation's
  const { provider, functions } = parse(text, { logLevel: 'silent' }) as Serverless;
  const memory = (name: string): number => functions[name]?.memorySize ?? provider.memorySize;
  const { Resources } = templateOf({ config: DEFAULT_CONFIG, rules: [], lists: [] });
  const ofType = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type);
  const trigger = Resources['ArchiveTrigger']!.Properties as {
    readonly BatchSize: number;
    readonly MaximumBatchingWindowInSeconds: number;
    readonly ScalingConfig: { readonly MaximumConcurrency: number };
  };
  return {
    memory: {
      detect: memory('detect'),
      archive: memory('archive'),
      windows: memory('windows'),
      notify: memory('notify'),
    },
    batchSize: trigger.BatchSize,
    batchWindow: trigger.MaximumBatchingWindowInSeconds,
    concurrency: trigger.ScalingConfig.MaximumConcurrency,
    hasPlatformLines: (functions['detect']?.logs ?? provider.logs?.lambda)?.systemLogLevel !== 'WARN',
    polledQueues: ofType('AWS::Lambda::EventSourceMapping').length,
    alarms: ofType('AWS::CloudWatch::Alarm').length,
  };
}
