/** How records grow cheaper with age, within what S3 allows and bills. */
import { describe, expect, test } from 'vitest';
import type { Config } from '../../shared/config/config.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { one, refusals } from './refusals.ts';

describe('default tiers give way to what is said', () => {
  test.each<[string, readonly [number, number, number, number]]>([
    ['{}', [30, 90, 0, 0]],
    ['{ expire_after: 14d }', [0, 0, 0, 0]],
    ['{ expire_after: 60d }', [30, 0, 0, 0]],
    ['{ expire_after: 179d }', [30, 0, 0, 0]],
    ['{ expire_after: 180d }', [30, 90, 0, 0]],
    ['{ expire_after: never }', [30, 90, 0, 0]],
    ['{ tiers: { infrequent_access: never } }', [0, 90, 0, 0]],
    ['{ tiers: { infrequent_access: 100d } }', [100, 130, 0, 0]],
    ['{ tiers: { glacier_instant_retrieval: never } }', [30, 0, 0, 0]],
    ['{ tiers: { glacier_instant_retrieval: 40d } }', [0, 40, 0, 0]],
    ['{ tiers: { deep_archive: 100d } }', [30, 0, 0, 100]],
    ['{ tiers: { glacier_flexible_retrieval: 1y } }', [30, 90, 365, 0]],
    ['{ tiers: { glacier_flexible_retrieval: 40d, deep_archive: 130d } }', [0, 0, 40, 130]],
  ])('%s', (storage, [infrequentAccess, glacierInstantRetrieval, glacierFlexibleRetrieval, deepArchive]) => {
    const { tiers } = (parseConfig('f', `storage: ${storage}`) as Config).storage;
    expect(tiers).toEqual({ infrequentAccess, glacierInstantRetrieval, glacierFlexibleRetrieval, deepArchive });
  });
});

describe('refused', () => {
  test.each([
    [
      '{ tiers: { infrequent_access: 29d } }',
      'S3 moves nothing to Standard-IA before it is 30 days old: write `30d` or more, or `never`',
    ],
    [
      '{ tiers: { infrequent_access: 60d, glacier_instant_retrieval: 89d } }',
      '1:72: `storage.tiers.glacier_instant_retrieval`: S3 bills 30 days of Standard-IA, where objects go at 60 days (`infrequent_access`): write `90d` or more, or `infrequent_access: never`',
    ],
    [
      '{ tiers: { glacier_instant_retrieval: 90d, glacier_flexible_retrieval: 91d } }',
      'S3 bills 90 days of Glacier Instant Retrieval',
    ],
    [
      '{ tiers: { glacier_flexible_retrieval: 2y, deep_archive: 1y } }',
      'S3 bills 90 days of Glacier Flexible Retrieval',
    ],
    [
      '{ tiers: { deep_archive: 1y }, expire_after: 500d }',
      '`storage.expire_after`: S3 bills 180 days of Glacier Deep Archive, where objects go at 365 days (`tiers.deep_archive`): write `545d` or more',
    ],
    ['{ expire_after: 30 }', 'write days, weeks or years with their unit, such as `30d`'],
    ['{ expire_after: 0d }', 'write days, weeks or years'],
    ['{ query_results: never }', 'write days, weeks or years'],
    ['{ tires: {} }', 'did you mean `tiers`?'],
  ])('%s', (storage, message) => {
    expect(refusals(`storage: ${storage}`)).toEqual(one(message));
  });
});
