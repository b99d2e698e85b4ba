/** Judges the lists that rules name and functions read from S3. */
import { findingsOf, type Finding } from './finding.ts';
import { counted } from './wording.ts';

/** A list as it was read now, with the credentials of whoever looks. */
export interface ListLook {
  /** Where it is kept: `s3://bucket/lists/threats.txt`. */
  readonly place: string;
  /** What it holds; or why it can't be read, in a sentence. */
  readonly read: ListCounts | { readonly failed: string };
}

/** How much of a list can be used. */
export interface ListCounts {
  readonly entries: number;
  /** Lines with which something is wrong. */
  readonly faults: number;
}

/** The findings about lists in S3; none where there are none. */
export function checkLists(looks: readonly ListLook[]): readonly Finding[] {
  const findings = findingsOf('lists');
  for (const { place, read } of looks) {
    if ('failed' in read) {
      findings.problem(
        place,
        read.failed,
        'mend that: functions use the entries that they read last, and those that start now leave out the rules that name it',
      );
    } else if (read.entries === 0) {
      findings.warning(place, 'it holds no entry', 'write some, or take the rules out that name it');
    } else if (read.faults > 0) {
      findings.warning(
        place,
        `${counted(read.entries, 'entry', 'entries')}, and ${counted(read.faults, 'line')} that can't be used`,
        'see which and why: `npx sekisho rules check`',
      );
    } else findings.ok(place, counted(read.entries, 'entry', 'entries'));
  }
  return findings.found;
}
