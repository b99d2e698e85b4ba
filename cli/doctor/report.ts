/** Findings as people and programs want them. */
import type { painter } from '../output.ts';
import { wrap } from '../../shared/alerts/wrap.ts';
import type { Finding, Verdict } from '../../shared/operations/finding.ts';
import { counted, withoutControls } from '../output.ts';

/** Which deployment the findings are about. */
export interface About {
  readonly stack: string;
  readonly region: string;
  /** Null where there is no stack. */
  readonly account: string | null;
}

const WORDS: Readonly<Record<Verdict, string>> = { ok: 'ok', warning: 'warning', problem: 'problem', hidden: 'hidden' };
const TONES = { ok: 'good', warning: 'medium', problem: 'bad', hidden: 'dim' } as const;
const WIDEST_WORD = 7;
const LEAST_WIDTH = 40;

/** One object: the deployment, the number of findings of each result, and the findings. */
export function formatFindingsJson(about: About, findings: readonly Finding[]): string {
  return `${JSON.stringify({ ...about, results: countsOf(findings), findings })}\n`;
}

/** A table an area, what mends a finding below it, and the sum of all. */
export function formatFindings(
  about: About,
  findings: readonly Finding[],
  { paint, width }: { readonly paint: ReturnType<typeof painter>; readonly width: number },
): string {
  const account = about.account === null ? '' : ` (account ${about.account})`;
  const shown = joinHidden(findings);
  const checkWidth = Math.max(...shown.map(({ check }) => Math.min(check.length, 24)));
  const indent = 2 + WIDEST_WORD + 2 + checkWidth + 2;
  const room = Math.max(LEAST_WIDTH, width - indent);
  const lines = [paint('title', `${about.stack} in ${about.region}${account}`)];
  for (const [area, members] of Map.groupBy(shown, (finding) => finding.area)) {
    lines.push('', paint('title', withoutControls(area)));
    for (const { check, result, seen, mend } of members) {
      const word = paint(TONES[result], WORDS[result]) + ' '.repeat(WIDEST_WORD - WORDS[result].length);
      const [first = '', ...rest] = wrap(seen, room);
      lines.push(`  ${word}  ${check.padEnd(checkWidth)}  ${first}`);
      for (const line of rest) lines.push(' '.repeat(indent) + line);
      if (mend !== null) lines.push(...formatMend(mend, indent, room, paint));
    }
  }
  lines.push('', summary(findings));
  return `${lines.join('\n')}\n`;
}

/** A command stands on a line of its own, whole, so that it can be copied. */
function formatMend(mend: string, indent: number, room: number, paint: ReturnType<typeof painter>): readonly string[] {
  const [, words = mend, command] = /^(.*?):? `([^`]+)`$/s.exec(mend) ?? [];
  const isCommand = command !== undefined && /^(aws|npx) /.test(command);
  const text = isCommand ? `${words}:` : mend;
  const lines = wrap(text, room - 2).map((line, index) => `${' '.repeat(indent)}${index === 0 ? '→ ' : '  '}${line}`);
  if (isCommand) lines.push(`${' '.repeat(indent + 2)}${paint('title', withoutControls(command))}`);
  return lines;
}

/** What a missing permission hides is one line an area. */
function joinHidden(findings: readonly Finding[]): readonly Finding[] {
  const groups = Map.groupBy(findings, ({ area, result, seen, mend }) =>
    result === 'hidden' ? JSON.stringify([area, seen, mend]) : Symbol('alone'),
  );
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (group.length === 1) return first!;
    return { ...first!, check: 'several', seen: `${first!.seen}: ${group.map(({ check }) => check).join(', ')}` };
  });
}

function countsOf(findings: readonly Finding[]): Readonly<Record<Verdict, number>> {
  const counts: Record<Verdict, number> = { ok: 0, warning: 0, problem: 0, hidden: 0 };
  for (const { result } of findings) counts[result]++;
  return counts;
}

function summary(findings: readonly Finding[]): string {
  const { ok, warning, problem, hidden } = countsOf(findings);
  if (warning + problem + hidden === 0) return `All is well: ${counted(ok, 'check')}`;
  const parts = [
    ...(problem > 0 ? [counted(problem, 'problem')] : []),
    ...(warning > 0 ? [counted(warning, 'warning')] : []),
    ...(hidden > 0 ? [`${hidden} could not be looked at`] : []),
    `${ok} ok`,
  ];
  return parts.join(', ');
}
