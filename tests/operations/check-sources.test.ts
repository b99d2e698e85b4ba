/** What sekisho.yml names as sources. */
import { expect, test } from 'vitest';
import { checkSources } from '../../shared/operations/examine.ts';

const group = (logGroup: string) => ({ kind: 'log-group', logGroup, formats: ['default'], create: undefined }) as const;

test('none is a problem', () => {
  expect(checkSources({ sources: [] })).toMatchObject([
    { result: 'problem', seen: 'sekisho.yml names no source: nothing is watched' },
  ]);
});

test('a name for many is warned of, as nothing is subscribed to it', () => {
  expect(checkSources({ sources: [group('/vpc/a')] })).toEqual([]);
  expect(checkSources({ sources: [group('/vpc/a'), group('/vpc/many/*')] })).toMatchObject([
    {
      check: '/vpc/many/*',
      result: 'warning',
      seen: 'a name for many says how files are read: nothing is subscribed',
      mend: expect.stringContaining('name each log group in full'),
    },
  ]);
});
