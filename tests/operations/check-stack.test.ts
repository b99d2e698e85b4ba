import { expect, test } from 'vitest';
import { checkStack, functionArn } from '../../shared/operations/check-stack.ts';
import { briefly, DETECT, only, STACK } from './support.ts';

const check = (changes: Partial<typeof STACK>) => checkStack('sekisho-prod', 'us-east-1', { ...STACK, ...changes });

test('a stack that is not there is to be deployed, or looked for elsewhere', () => {
  expect(checkStack('sekisho-prod', 'eu-west-1', undefined)).toEqual([
    {
      area: 'stack',
      check: 'exists',
      result: 'problem',
      seen: 'there is no stack `sekisho-prod` in eu-west-1',
      mend: 'deploy it, or set `deployment.name`, `stage` and `region` to where it is: `npx osls deploy`',
    },
  ]);
});

test.for([
  ['CREATE_COMPLETE', 'ok'],
  ['UPDATE_COMPLETE', 'ok'],
  ['IMPORT_COMPLETE', 'ok'],
  ['UPDATE_IN_PROGRESS', 'warning'],
  ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'warning'],
  ['UPDATE_ROLLBACK_COMPLETE', 'warning'],
  ['UPDATE_ROLLBACK_FAILED', 'problem'],
  ['ROLLBACK_COMPLETE', 'problem'],
  ['CREATE_FAILED', 'problem'],
  ['DELETE_FAILED', 'problem'],
  ['SOMETHING_NEW', 'problem'],
] as const)('%s is %s', ([status, result]) => {
  expect(briefly(check({ status }))).toEqual([`${result} state`]);
});

test('an update that could not be taken back goes on by a command, a creation that failed starts anew by another', () => {
  const stuck = only(check({ status: 'UPDATE_ROLLBACK_FAILED', reason: 'no access' }), 'state');
  expect(stuck.seen).toBe('the last change could not be taken back: no access');
  expect(stuck.mend).toContain(
    'aws cloudformation continue-update-rollback --stack-name sekisho-prod --region us-east-1',
  );
  expect(only(check({ status: 'ROLLBACK_COMPLETE' }), 'state').mend).toContain('aws cloudformation delete-stack');
});

test('a stack of another version lacks outputs', () => {
  const { Workgroup: _, ...outputs } = STACK.outputs;
  expect(only(check({ outputs }), 'outputs')).toMatchObject({
    result: 'problem',
    seen: 'it lacks the outputs `Workgroup`',
  });
});

test('functions are found in other partitions, too', () => {
  expect(functionArn(STACK, 'detect')).toBe(DETECT);
  expect(functionArn({ ...STACK, partition: 'aws-cn', region: 'cn-north-1' }, 'notify')).toBe(
    'arn:aws-cn:lambda:cn-north-1:123456789012:function:sekisho-prod-notify',
  );
});
