/** What a deployment's parts are called: infra/ names them so, the commands find them so. */

/** The stack: `sekisho-prod`. */
export function stackName({ name, stage }: { readonly name: string; readonly stage: string }): string {
  return `${name}-${stage}`;
}

/** The logical id of the topic of a route, which is the name of its output as well. */
export function topicId(route: string): string {
  return `Topic${route.replaceAll(/[^A-Za-z0-9]/g, '')}`;
}
