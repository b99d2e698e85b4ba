/** Judges the lake: whether records arrive, windows are folded, compaction goes on, and all of it can be read. */
import { findingsOf, type Finding, type Observed } from './finding.ts';
import { age, counted, secondsSince } from './wording.ts';

/** All that was looked at in the bucket of the lake. */
export interface LakeLook {
  /** When the newest raw object was written; undefined where there is none. */
  readonly newestRecords: Observed<Date | undefined>;
  /** Whether an object could be read, which takes the key it is encrypted with; undefined where there is none. */
  readonly readable: Observed<{ readonly key: string } | undefined>;
  readonly windows: Observed<WindowsState>;
  /** When the newest entry of the ledger was written; undefined before the first compaction. */
  readonly newestRun: Observed<Date | undefined>;
  /** Objects with lines that could not be read, of today and yesterday. */
  readonly quarantined: Observed<number>;
}

/** What is there of rules with windows. */
export interface WindowsState {
  /** When state was last written; undefined where there is none. */
  readonly written: Date | undefined;
  /** Deltas that wait to be folded, and since when the oldest does. */
  readonly waiting: number;
  readonly oldest: Date | undefined;
}

/** Archiving waits a minute, AWS up to fifteen. */
const LATE_SECONDS = 1_800;
/** Windows are folded every minute. */
const UNFOLDED_SECONDS = 900;
/** As the alarm has it. */
const OLD_RUN_SECONDS = 6 * 3_600;

/** The findings about the lake; `streams` where a log group feeds it, which always has something to say. */
export function checkLake(
  stack: string,
  look: LakeLook,
  now: Date,
  { streams }: { readonly streams: boolean },
): readonly Finding[] {
  const findings = findingsOf('lake');
  findings.look('records', look.newestRecords, (newest) => {
    if (newest === undefined) {
      findings.warning(
        'records',
        'no record has arrived yet',
        'the first come about 10 minutes after deploying; later, the findings above about sources say why not',
      );
      return;
    }
    const late = secondsSince(newest, now);
    const seen = `the newest were written ${age(late)} ago`;
    if (!streams || late <= LATE_SECONDS) findings.ok('records', seen);
    else {
      findings.problem(
        'records',
        seen,
        `look at the sources first, then at what fails: \`aws logs tail /aws/lambda/${stack}-archive --since 1h\``,
      );
    }
  });
  findings.look('reading', look.readable, (object) => {
    if (object !== undefined) findings.ok('reading', `\`${object.key}\` can be read`);
  });
  findings.look('windows', look.windows, ({ written, waiting, oldest }) => {
    const behind = oldest === undefined ? 0 : secondsSince(oldest, now);
    const last = written === undefined ? 'no state yet' : `state last written ${age(secondsSince(written, now))} ago`;
    if (behind <= UNFOLDED_SECONDS) findings.ok('windows', `${last}, ${counted(waiting, 'delta')} waiting`);
    else {
      findings.problem(
        'windows',
        `${counted(waiting, 'delta')} waiting for ${age(behind)}, ${last}: no rule with a window alerts`,
        `see why \`windows\` does not fold: \`aws logs tail /aws/lambda/${stack}-windows --since 1h\``,
      );
    }
  });
  findings.look('compaction', look.newestRun, (newest) => {
    if (newest === undefined) {
      findings.ok('compaction', 'not compacted yet');
      return;
    }
    const old = secondsSince(newest, now);
    if (old <= OLD_RUN_SECONDS) findings.ok('compaction', `the last run was ${age(old)} ago`);
    else {
      findings.warning(
        'compaction',
        `the last run was ${age(old)} ago: queries read more and more small objects`,
        'nothing is lost; the log of the function that compacts says what stops it',
      );
    }
  });
  findings.look('quarantine', look.quarantined, (objects) => {
    if (objects === 0) findings.ok('quarantine', 'no unreadable lines today or yesterday');
    else {
      findings.warning(
        'quarantine',
        `${counted(objects, 'object')} with unreadable lines since yesterday`,
        "see which lines and why (mostly a wrong `format`), in Athena: `SELECT reason, count(*) FROM quarantine WHERE day >= current_date - interval '1' day GROUP BY 1`",
      );
    }
  });
  return findings.found;
}
