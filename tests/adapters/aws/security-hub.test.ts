/** Findings of Security Hub, over the wire. */
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openSecurityHub } from '../../../shared/adapters/aws/security-hub.ts';
import type { Alert } from '../../../shared/alerts/alert.ts';
import { asffOf, type SecurityFinding } from '../../../shared/alerts/messages/asff.ts';
import { Untold } from '../../../shared/alerts/untold.ts';
import { context, scan } from '../../alerts/messages/samples.ts';
import { alertWith } from '../../alerts/sample.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A Security Hub that keeps findings by their ids, and refuses some. */
async function startSecurityHub(refuse: (finding: SecurityFinding) => boolean = () => false, error?: string) {
  const calls: SecurityFinding[][] = [];
  const findings = new Map<string, SecurityFinding>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const { Findings } = JSON.parse(Buffer.concat(chunks).toString()) as { Findings: SecurityFinding[] };
        calls.push(Findings);
        response.setHeader('content-type', 'application/json');
        if (error !== undefined) {
          response.writeHead(401, { 'x-amzn-errortype': error }).end(JSON.stringify({ Message: error, Code: error }));
          return;
        }
        const refused = Findings.filter(refuse);
        for (const finding of Findings) if (!refused.includes(finding)) findings.set(finding.Id, finding);
        const FailedFindings = refused.map(({ Id }) => ({ Id, ErrorCode: 'InvalidInput', ErrorMessage: 'no good' }));
        const counts = { FailedCount: refused.length, SuccessCount: Findings.length - refused.length };
        response.end(JSON.stringify({ ...counts, FailedFindings }));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const client = new SecurityHubClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    region: 'us-east-1',
  });
  closing.push(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  const sink = openSecurityHub<Alert>({ findingOf: (alert) => asffOf(alert, context), client });
  return { sink, calls, findings };
}

test('findings are imported a hundred a call; the same again changes nothing', async () => {
  const { sink, calls, findings } = await startSecurityHub();
  const alerts = Array.from({ length: 230 }, (_, number) => alertWith(number, {}));
  await sink.publish(alerts);
  expect(calls.map(({ length }) => length)).toEqual([100, 100, 30]);
  expect(findings.size).toBe(230);
  const before = structuredClone([...findings]);
  await sink.publish(alerts);
  expect([...findings]).toEqual(before);
});

test('a call has at most 6 MB', async () => {
  const { sink, calls } = await startSecurityHub();
  const interfaces = Array.from({ length: 32 }, (_, index) => `eni-${index}-${'関'.repeat(600)}`);
  await sink.publish(Array.from({ length: 100 }, (_, number) => ({ ...alertWith(number, {}), interfaces })));
  expect(calls.flat()).toHaveLength(100);
  expect(calls.length).toBeGreaterThan(1);
  for (const call of calls) expect(Buffer.byteLength(JSON.stringify(call))).toBeLessThan(6_000_000);
});

test('findings that are refused are known, all others are told', async () => {
  const alerts = [scan, alertWith(7, {}), alertWith(8, {})];
  const { sink, findings } = await startSecurityHub(({ Id }) => Id === alerts[1]!.id);
  const error: unknown = await sink.publish(alerts).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Untold);
  expect([...(error as Untold<Alert>).untold]).toEqual([alerts[1]]);
  expect((error as Error).message).toBe('1 of 3 findings were not imported into Security Hub: InvalidInput: no good');
  expect([...findings.keys()]).toEqual([alerts[0]!.id, alerts[2]!.id]);
});

test('where Security Hub is not enabled, the error says so', async () => {
  const { sink } = await startSecurityHub(undefined, 'InvalidAccessException');
  await expect(sink.publish([scan])).rejects.toThrow(
    '1 of 1 findings were not imported into Security Hub: it is not enabled in this account and region; enable it, or set `alerts.security_hub` to false',
  );
});

test('what is no finding is passed over, without a call', async () => {
  const { calls } = await startSecurityHub();
  await openSecurityHub<Alert>({ findingOf: () => undefined }).publish([scan]);
  expect(calls).toEqual([]);
});
