/** Parts of a CloudFormation template. */
import { createHash } from 'node:crypto';

/** A resource as CloudFormation reads it. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: 'Retain' | 'Delete' | 'RetainExceptOnCreate';
  readonly UpdateReplacePolicy?: 'Retain' | 'Delete';
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** What one concern adds to the template. */
export interface Fragment {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Description: string; readonly Value: unknown }>>;
  /** Properties added to resources that osls makes itself, such as the functions' log groups. */
  readonly extensions?: Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;
}

/** One statement of an IAM policy; its `Sid` says what it is for. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  /** Left out in policies that say who may take a role. */
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Entries as a record; two of one name would be one thing that is silently gone. */
export function onlyOnce<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two parts of the template are called \`${twice}\``);
  return Object.fromEntries(entries);
}

/** A policy of these statements. */
export function policy(statements: readonly Statement[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

/** `{ Ref }`. */
export function ref(logicalId: string): { readonly Ref: string } {
  return { Ref: logicalId };
}

/** An attribute of a resource, by default its ARN. */
export function attribute(logicalId: string, name = 'Arn'): { readonly 'Fn::GetAtt': readonly [string, string] } {
  return { 'Fn::GetAtt': [logicalId, name] };
}

/** A text with `${AWS::Region}`, `${LogicalId}`, … in it. */
export function sub(text: string): { readonly 'Fn::Sub': string } {
  return { 'Fn::Sub': text };
}

/** A text of a user's as a part of {@link sub}'s, where `${` would be a reference. */
export function literal(text: string): string {
  return text.replaceAll('${', '${!');
}

/**
 * The logical id of what is made for a thing that has a name: it stays the same wherever the name stands in a list,
 * as a changed id makes CloudFormation delete the resource and make another.
 */
export function logicalId(kind: string, name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${kind}${words.join('').slice(0, 60)}${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
