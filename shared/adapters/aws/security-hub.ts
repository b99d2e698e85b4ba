/** Alerts as findings of AWS Security Hub. */
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { SecurityFinding } from '../../alerts/messages/asff.ts';
import { Untold } from '../../alerts/untold.ts';
import type { AlertSink } from '../../ports.ts';
import { CALLS } from './limits.ts';

/** Findings and bytes of one call, which takes 6 MB. */
const MOST_FINDINGS = 100;
const MOST_BYTES = 5_000_000;

/** A sink whose findings Security Hub keeps by their ids: the same again changes nothing. */
export interface FindingOptions<A> {
  /** What an item is as a finding; undefined for what is none. */
  readonly findingOf: (item: A) => SecurityFinding | undefined;
  /** A client other than that of the environment. */
  readonly client?: SecurityHubClient | undefined;
}

/** Imports findings, 100 a call. The client is loaded with the first one. Rejects with {@link Untold} for those that Security Hub refused. */
export function openSecurityHub<A>({ findingOf, client }: FindingOptions<A>): AlertSink<A> {
  let opened = client;
  return {
    async publish(items) {
      const findings = items.flatMap((item) => {
        const finding = findingOf(item);
        return finding === undefined ? [] : [{ item, finding }];
      });
      if (findings.length === 0) return;
      const { BatchImportFindingsCommand, SecurityHubClient } = await import('@aws-sdk/client-securityhub');
      opened ??= new SecurityHubClient(CALLS);
      const untold = new Set<A>();
      const reasons = new Set<string>();
      for (const chunk of chunksOf(findings)) {
        try {
          const command = new BatchImportFindingsCommand({ Findings: chunk.map(({ finding }) => finding) });
          const { FailedFindings = [] } = await opened.send(command);
          for (const { Id, ErrorCode, ErrorMessage } of FailedFindings) {
            for (const { item } of chunk.filter(({ finding }) => finding.Id === Id)) untold.add(item);
            reasons.add(`${ErrorCode ?? 'refused'}: ${ErrorMessage ?? 'no reason given'}`);
          }
        } catch (error) {
          for (const { item } of chunk) untold.add(item);
          reasons.add(reasonOf(error));
        }
      }
      if (untold.size === 0) return;
      const why = [...reasons].join('; ');
      throw new Untold(
        `${untold.size} of ${findings.length} findings were not imported into Security Hub: ${why}`,
        untold,
      );
    },
  };
}

/** Calls' worth of findings. */
function chunksOf<T extends { readonly finding: SecurityFinding }>(findings: readonly T[]): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  let bytes = 0;
  for (const each of findings) {
    const size = Buffer.byteLength(JSON.stringify(each.finding));
    const last = chunks.at(-1);
    if (last === undefined || last.length === MOST_FINDINGS || bytes + size > MOST_BYTES) {
      chunks.push([each]);
      bytes = size;
    } else {
      last.push(each);
      bytes += size;
    }
  }
  return chunks;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch (error.name) {
    case 'AccessDeniedException':
      return 'access denied; allow `securityhub:BatchImportFindings`';
    case 'InvalidAccessException':
      return 'it is not enabled in this account and region; enable it, or set `alerts.security_hub` to false';
    default:
      return `${error.name}: ${error.message}`;
  }
}
