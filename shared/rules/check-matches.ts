/** Whether records can match an expression at all: one that none can is refused before it runs. */
import { clausesOf, MAX_CLAUSES } from './clauses.ts';
import { coversClauses } from './cover.ts';
import type { Span } from './diagnostics.ts';
import { namesOpenList, type Expression } from './expression.ts';
import { implyClauses } from './implied.ts';
import type { Mapping, ShapeReader } from './shape.ts';
import { TextLine } from './value-set.ts';

/** Refuses an expression that no record can match, or that is too large to evaluate. */
export function checkMatches(
  reader: ShapeReader,
  mapping: Mapping,
  key: 'where' | 'then',
  expression: Expression,
  except?: Expression,
): void {
  const line = new TextLine();
  const written = clausesOf(expression, line);
  const kept = except && clausesOf(except, line);
  const place = (of: 'where' | 'except' | 'then'): Span => {
    const { value, keySpan } = mapping.entries.get(of)!;
    return reader.spanOf(value, keySpan);
  };
  const tooLarge = written === undefined ? key : except !== undefined && kept === undefined ? 'except' : undefined;
  if (written === undefined || tooLarge !== undefined) {
    const hint = 'write `field in (…)` or a list instead of many `or`, or split the rule';
    const message = `\`${tooLarge}\` is too large: it becomes more than ${MAX_CLAUSES} alternatives`;
    reader.report('E302', place(tooLarge ?? key), message, hint);
    return;
  }
  // what no record matches today one may match once the list has changed
  if (namesOpenList(expression)) return;
  const { clauses, law } = implyClauses(written, line);
  if (clauses.length === 0) {
    reader.report('E301', place(key), `no record can ever match \`${key}\`: its parts exclude each other`, law);
  } else if (kept !== undefined && !namesOpenList(except!) && coversClauses(kept, clauses, line)) {
    reader.report('E301', place('except'), `\`except\` takes out everything that \`${key}\` matches`);
  }
}
