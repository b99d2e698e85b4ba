/** Parts of a CloudFormation template. */

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
