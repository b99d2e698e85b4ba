/** All parts of the template put together. */
import type { Deployment } from './deployment.ts';
import type { Fragment } from './fragment.ts';
import { queues } from './queues.ts';
import { roles } from './roles.ts';
import { sources } from './sources.ts';
import { storage } from './storage.ts';
import { topics } from './topics.ts';
import { triggers } from './triggers.ts';

/** A concern's part of the template. */
type Concern = (deployment: Deployment) => Fragment;

const CONCERNS: readonly Concern[] = [storage, queues, topics, roles, triggers, sources];

/** Everything around the functions that a deployment consists of. */
export function templateOf(deployment: Deployment): Fragment {
  const parts = CONCERNS.map((concern) => concern(deployment));
  return {
    Resources: Object.assign({}, ...parts.map(({ Resources }) => Resources)) as Fragment['Resources'],
    Outputs: Object.assign({}, ...parts.map(({ Outputs }) => Outputs ?? {})) as NonNullable<Fragment['Outputs']>,
  };
}
