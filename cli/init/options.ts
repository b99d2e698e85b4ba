/** Options of `sekisho init` to answers. */
import type { CommonOptions } from '../settings.ts';
import type { PartialAnswers, SourceAnswer } from './answers.ts';

/** What the command line gives. */
export interface InitOptions extends CommonOptions {
  readonly logGroup?: string;
  readonly format?: readonly string[];
  readonly create?: string;
  readonly retentionDays?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly email?: readonly string[];
  readonly region?: string;
  readonly name?: string;
  readonly yes?: true;
  readonly force?: true;
  readonly schema?: true;
}

/** What the options answer; undefined for what they leave open. */
export function answersOf({ name, region, email, ...options }: InitOptions): PartialAnswers {
  const sources = sourcesOf(options);
  return {
    name,
    region,
    sources: sources.length === 0 ? undefined : sources,
    emails: email,
  };
}

type SourceOptions = Omit<InitOptions, 'name' | 'region' | 'email'>;

function sourcesOf({ logGroup, format = [], create, retentionDays, bucket, prefix }: SourceOptions): SourceAnswer[] {
  const group: SourceAnswer[] =
    logGroup === undefined
      ? []
      : [
          {
            kind: 'log-group',
            logGroup,
            formats: format,
            create: create === undefined ? undefined : { resource: create, retentionDays },
          },
        ];
  return bucket === undefined ? group : [...group, { kind: 'bucket', bucket, prefix: prefix ?? '' }];
}

/** What is wrong with the options together, one by one as they may be. */
export function checkOptions({ logGroup, format, create, retentionDays, bucket, prefix }: InitOptions): string[] {
  const needs = (option: string, given: boolean, other: string, there: boolean): string[] =>
    given && !there ? [`${option} says nothing without ${other}: give both`] : [];
  return [
    ...needs('--format', format !== undefined, '--log-group', logGroup !== undefined),
    ...needs('--create', create !== undefined, '--log-group', logGroup !== undefined),
    ...needs('--retention-days', retentionDays !== undefined, '--create', create !== undefined),
    ...needs('--prefix', prefix !== undefined, '--bucket', bucket !== undefined),
  ];
}
