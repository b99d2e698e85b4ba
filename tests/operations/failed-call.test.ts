import { expect, test } from 'vitest';
import { catchesUp, keptCall, functionOfKey, readFailedCall } from '../../shared/operations/failed-call.ts';

test.for([
  ['aws/lambda/async/sekisho-prod-detect/2026/11/24/2026-11-24T10.01.00-abc', 'sekisho-prod-detect'],
  ['aws/lambda/async/sekisho-prod-detect/', undefined],
  ['aws/lambda/async/', undefined],
  ['aws/lambda/async//x', undefined],
  ['parked/2026-11-24/abc', undefined],
  ['x/aws/lambda/async/sekisho-prod-detect/a', undefined],
] as const)('%s is of %s', ([key, name]) => {
  expect(functionOfKey(key)).toBe(name);
});

test("only the deployment's own functions are called, and of them those that nothing else makes up for", () => {
  expect(keptCall('sekisho-prod', 'sekisho-prod-detect')).toBe('detect');
  for (const name of [
    'sekisho-prod-other',
    'sekisho-prod-windows',
    'sekisho-prod',
    'xsekisho-prod-detect',
    'sekisho-prod-detect-2',
    'detect',
  ]) {
    expect(keptCall('sekisho-prod', name)).toBeUndefined();
  }
  expect(catchesUp('rules')).toBe(true);
  expect(catchesUp('detect')).toBe(false);
});

test('the payload of the record is what is called with', () => {
  const record = {
    version: '1.0',
    requestContext: { condition: 'RetriesExhausted' },
    requestPayload: { awslogs: { data: 'H4s=' } },
  };
  expect(readFailedCall(JSON.stringify(record))).toEqual({ kind: 'call', payload: '{"awslogs":{"data":"H4s="}}' });
  // whatever was called with
  expect(readFailedCall('{"requestPayload":null}')).toEqual({ kind: 'call', payload: 'null' });
});

test.for([
  ['', 'it is no JSON'],
  ['{"requestPayload"', 'it is no JSON'],
  ['null', /no `requestPayload`/],
  ['[]', /no `requestPayload`/],
  ['"requestPayload"', /no `requestPayload`/],
  ['{"responsePayload":{}}', /no `requestPayload`/],
  [`{"requestPayload":"${'x'.repeat(2 ** 20)}"}`, /1048578 bytes/],
] as const)('what can not be called with is told: %#', ([text, message]) => {
  expect(readFailedCall(text)).toEqual({ kind: 'unusable', message: expect.stringMatching(message) });
});
