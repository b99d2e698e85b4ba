/** The configuration and the rules as they were when the functions were bundled. */
import type { PackedDeployment } from '../infra/deployment.ts';
import type { Config } from '../shared/config/config.ts';
import type { RuntimeList } from '../shared/deployed-rules.ts';
import { unpackPipelineRules, type PipelineRules } from '../shared/pipeline-rules.ts';

/** What the bundler writes in its place, see infra/bundle.cjs: JSON in a text, which is read faster than a program. */
declare const SEKISHO_DEPLOYMENT: string;

const packed = JSON.parse(SEKISHO_DEPLOYMENT) as PackedDeployment;

/** What this deployment was made from. */
export const deployment: {
  readonly config: Config;
  readonly rules: PipelineRules;
  readonly lists: readonly RuntimeList[];
} = { ...packed, rules: unpackPipelineRules(packed) };
