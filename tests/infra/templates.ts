/** Templates of the configurations beside this file, and of others that differ from a default in one thing. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { readDeployment, type Deployment } from '../../infra/deployment.ts';
import type { Fragment, Statement } from '../../infra/fragment.ts';
import { FUNCTIONS } from '../../infra/names.ts';
import { templateOf } from '../../infra/template.ts';
import { DEFAULT_CONFIG, type Config } from '../../shared/config/config.ts';

/** What a resource's properties are, without looking at each type's own. */
export type Properties = Readonly<Record<string, any>>;

/** A template's resources. */
export type Resources = Readonly<Record<string, Fragment['Resources'][string] & { readonly Properties: Properties }>>;

const folder = path.resolve('tests/infra/configurations');

/** The configurations' names and files. */
export const CONFIGURATIONS: readonly (readonly [name: string, file: string])[] = readdirSync(folder).map((file) => [
  path.basename(file, '.yml'),
  path.join(folder, file),
]);

/** The deployment of one of the configurations, by its name. */
export function deploymentOfFile(name: string): Deployment {
  return readDeployment({ SEKISHO_CONFIG: path.join(folder, `${name}.yml`) }, () => undefined);
}

/** The template of one of the configurations, by its name. */
export function templateOfFile(name: string): Required<Fragment> & { readonly Resources: Resources } {
  return templateOf(deploymentOfFile(name)) as Required<Fragment> & { Resources: Resources };
}

/** The resources of a configuration that says only this. */
export function resourcesWith(settings: Partial<Config>): Resources {
  return templateOf({ config: { ...DEFAULT_CONFIG, ...settings }, rules: [], lists: [] }).Resources as Resources;
}

/** Resources of a type, by logical id. */
export function ofType(resources: Resources, type: string): [string, Properties][] {
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) => (Type === type ? [[id, Properties]] : []));
}

/** What osls adds: the functions, their log groups, and its own bucket. */
export const MADE_BY_OSLS: readonly string[] = [
  ...FUNCTIONS.flatMap((name) => [`${name}LambdaFunction`, `${name}LogGroup`]),
  'ServerlessDeploymentBucket',
];

/** Every statement of every policy in a template, with the resource that holds it. */
export function statementsOf(resources: Resources): { readonly id: string; readonly statement: Statement }[] {
  return Object.entries(resources).flatMap(([id, { Properties }]) => {
    const { PolicyDocument, AssumeRolePolicyDocument, Policies = [] } = Properties;
    const documents = [
      PolicyDocument,
      AssumeRolePolicyDocument,
      ...Policies.map((each: Properties) => each['PolicyDocument']),
    ];
    return documents.flatMap((document) =>
      document === undefined ? [] : (document.Statement as Statement[]).map((statement) => ({ id, statement })),
    );
  });
}

/** The logical ids that a value refers to. */
export function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [inner as string];
    if (key === 'Fn::GetAtt') return [(inner as readonly string[])[0]!];
    if (key === 'Fn::Sub') return [...(inner as string).matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, id]) => id!);
    return references(inner);
  });
}
