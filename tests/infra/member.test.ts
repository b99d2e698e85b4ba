import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatString, parseFormat, type Format } from '../../shared/flow/format.ts';

interface Template {
  readonly Transform?: unknown;
  readonly Parameters: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Conditions: object;
  readonly Resources: Readonly<Record<string, { readonly Condition: string; readonly Properties: object }>>;
}

const functions = ['Ref', 'Sub', 'Not', 'Equals'].map((name) => [
  { tag: `!${name}`, resolve: (value: string) => ({ [name]: value }) },
  { tag: `!${name}`, collection: 'seq' as const, resolve: (value: unknown) => value },
]);
const template = parse(readFileSync('infra/member.yml', 'utf8'), { customTags: functions.flat() }) as Template;
const names = (letter: string): string[] => ['1', '2', '3', '4', '5'].map((number) => `${letter}${number}`);

test('a member delivers the recommended format', () => {
  expect(template.Parameters['Format']?.Default).toBe(formatString(parseFormat('recommended') as Format));
});

test('StackSets can deploy it: no transform, and nothing that has to be given but the bucket', () => {
  expect(template.Transform).toBeUndefined();
  const needed = Object.entries(template.Parameters).filter(([, { Default }]) => Default === undefined);
  expect(needed.map(([name]) => name)).toEqual(['Bucket']);
});

test('each VPC has its flow log, delivered to the central bucket', () => {
  expect(Object.keys(template.Resources)).toEqual([...names('FlowLog'), 'TransitGatewayFlowLog']);
  for (const number of names('')) {
    expect(template.Resources[`FlowLog${number}`]).toMatchObject({
      Condition: `HasVpc${number}`,
      Properties: {
        ResourceId: { Ref: `Vpc${number}` },
        LogFormat: { Ref: 'Format' },
        LogDestination: { Sub: 'arn:${AWS::Partition}:s3:::${Bucket}/${Prefix}' },
      },
    });
  }
  expect(Object.keys(template.Conditions)).toEqual([...names('HasVpc'), 'HasTransitGateway']);
});
