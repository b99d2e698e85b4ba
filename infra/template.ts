/** All parts of the template put together. */
import { alarms } from './alarms.ts';
import { budget } from './budget.ts';
import { dashboard } from './dashboard.ts';
import { deliveries } from './deliveries.ts';
import type { Deployment } from './deployment.ts';
import { onlyOnce, type Fragment } from './fragment.ts';
import { logs } from './logs.ts';
import { queues } from './queues.ts';
import { roles } from './roles.ts';
import { schedules } from './schedules.ts';
import { sources } from './sources.ts';
import { storage } from './storage.ts';
import { tables } from './tables.ts';
import { topics } from './topics.ts';
import { triggers } from './triggers.ts';
import { workgroup } from './workgroup.ts';

/** A concern's part of the template. */
type Concern = (deployment: Deployment) => Fragment;

const CONCERNS: readonly Concern[] = [
  storage,
  queues,
  topics,
  roles,
  triggers,
  schedules,
  sources,
  deliveries,
  tables,
  workgroup,
  logs,
  alarms,
  dashboard,
  budget,
];

/** Everything around the functions that a deployment consists of. */
export function templateOf(deployment: Deployment): Required<Fragment> {
  const parts = CONCERNS.map((concern) => concern(deployment));
  return {
    Resources: together(parts.map(({ Resources }) => Resources)),
    Outputs: together(parts.map(({ Outputs }) => Outputs ?? {})),
    extensions: together(parts.map(({ extensions }) => extensions ?? {})),
  };
}

function together<T>(parts: readonly Readonly<Record<string, T>>[]): Readonly<Record<string, T>> {
  return onlyOnce(parts.flatMap((part) => Object.entries(part)));
}
