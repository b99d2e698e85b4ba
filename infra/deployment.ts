/** What a deployment is made from: sekisho.yml and the rules, read and checked where the template is packaged. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Config } from '../shared/config/config.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import { decodeOptionsOf } from '../shared/decode-options.ts';
import type { RuntimeList } from '../shared/deployed-rules.ts';
import { parseFormat } from '../shared/flow/format.ts';
import { packPipelineRules, type PackedPipelineRules } from '../shared/pipeline-rules.ts';
import type { Rule } from '../shared/rules/rule.ts';
import { readDeployedRules } from './deployed-rules.ts';

/** Everything that packaging knows. */
export interface Deployment {
  readonly config: Config;
  /** All rules in use, checked, the built-in ones first. */
  readonly rules: readonly Rule[];
  /** Lists that the rules name and that functions read: objects of S3, `object` being one of the lake. */
  readonly lists: readonly RuntimeList[];
}

/** What is bundled into the functions, as JSON takes it. */
export interface PackedDeployment extends PackedPipelineRules {
  readonly config: Config;
  readonly lists: readonly RuntimeList[];
}

const root = resolve(import.meta.dirname, '..');

/** osls asks for many things that all need the deployment. */
const known = new Map<string, Deployment>();

/**
 * Reads the configuration that `SEKISHO_CONFIG` names, else sekisho.yml beside serverless.yml, and the rules; throws
 * what is wrong with them. `warn` hears of lists that can be used, but hold what they should not.
 */
export function readDeployment(
  environment: NodeJS.ProcessEnv = process.env,
  warn: (message: string) => void = console.warn,
): Deployment {
  const named = environment['SEKISHO_CONFIG'];
  const path = resolve(root, named ?? 'sekisho.yml');
  let deployment = known.get(path);
  if (deployment === undefined) known.set(path, (deployment = readAt(path, named !== undefined, warn)));
  return deployment;
}

/** The deployment as the functions get it. */
export function packDeployment({ config, rules, lists }: Deployment): PackedDeployment {
  return { config, ...packPipelineRules(rules), lists };
}

function readAt(path: string, isNamed: boolean, warn: (message: string) => void): Deployment {
  if (!existsSync(path)) throw new Error(isNamed ? missingAt(path) : MISSING);
  const config = parseConfig(relative(process.cwd(), path), readFileSync(path, 'utf8'), parseFormat);
  if ('length' in config) throw new Error(config.map(({ message }) => message).join('\n'));
  const decoding = decodeOptionsOf(config);
  if ('kind' in decoding) throw new Error(decoding.message);
  const shown = relative(process.cwd(), path);
  for (const doubt of doubtsAbout(config)) warn(`${shown}: ${doubt}`);
  const own = config.rules.map((rules) => join(dirname(shown), rules));
  return { config, ...readDeployedRules(config, shown, [join(root, 'rules'), ...own], warn) };
}

const MISSING =
  'there is no sekisho.yml, which says what is read and whom it tells: `npx sekisho init` writes one, `SEKISHO_CONFIG` names one that lies elsewhere';

function missingAt(path: string): string {
  return `there is no configuration at \`${path}\`: \`SEKISHO_CONFIG\` names a sekisho.yml; \`npx sekisho init --config\` writes one`;
}

/** What may be deployed, and is probably not what was meant. */
function doubtsAbout({ sources, alerts, operations }: Config): readonly string[] {
  const many = sources.flatMap((source) =>
    source.kind === 'log-group' && source.logGroup.endsWith('*') ? [source.logGroup] : [],
  );
  const isHeard =
    alerts.securityHub || alerts.routes.some(({ topic, emails }) => topic !== undefined || emails.length > 0);
  return [
    ...(sources.length === many.length
      ? ['nothing is read: there is no source to subscribe to; name one under `sources`']
      : []),
    ...many.map(
      (name) => `\`${name}\` says how files are read: nothing is subscribed to it; name each log group in full`,
    ),
    ...(isHeard
      ? []
      : [
          'nobody is told of alerts: add `emails` to a route under `alerts.routes`, or subscribe somebody to its topic yourself',
        ]),
    ...(operations.emails.length > 0
      ? []
      : [
          'nobody hears when the pipeline itself fails: add `operations.emails`, or subscribe somebody to its topic yourself',
        ]),
  ];
}
