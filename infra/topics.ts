/** The topics on which alerts are told. */
import type { Deployment } from './deployment.ts';
import { ref, type Fragment } from './fragment.ts';

/** A topic a route that brings none of its own, with its subscribers. */
export function topics({ config }: Deployment): Fragment {
  const made = config.alerts.routes.filter(({ topic }) => topic === undefined);
  const entries = made.map(({ name }) => [topicId(name), { Type: 'AWS::SNS::Topic' }]);
  const outputs = made.map(({ name }) => [
    topicId(name),
    { Description: `topic of ${name}`, Value: ref(topicId(name)) },
  ]);
  return {
    Resources: Object.fromEntries(entries) as Fragment['Resources'],
    Outputs: Object.fromEntries(outputs) as NonNullable<Fragment['Outputs']>,
  };
}

/** The logical id of a route's topic. */
export function topicId(route: string): string {
  return `Topic${route.replaceAll(/[^A-Za-z0-9]/g, '')}`;
}
