/** Fields that no record has side by side: network interfaces and transit gateways have flow logs of their own. */
import { error, type Finding } from './diagnostics.ts';
import { testsOf, type Expression } from './expression.ts';
import type { Mapping, ShapeReader } from './shape.ts';
import { fieldsMeasured, isMissingIn, type RuleFields } from './table.ts';

/** A field, and how to say something where a rule names it. */
interface Mention {
  readonly column: string;
  readonly tell: (message: string) => void;
}

const HINT = 'each kind of flow log has records of its own: write two rules';

/**
 * Refuses a rule about transit gateways that looks at fields which only interfaces have: in no record do they have a
 * value. In `except` they take nothing out, which is warned of. `by` holds the fields that are written there.
 */
export function checkTables(reader: ShapeReader, mapping: Mapping, { where, except, by, condition }: RuleFields): void {
  const then = condition.kind === 'window' ? condition.then?.where : undefined;
  const looked = [
    ...mentionsIn(reader, mapping, 'where', where),
    ...mentionsIn(reader, mapping, 'then', then),
    ...mentionsAt(reader, mapping, 'when', fieldsMeasured(condition)),
    ...mentionsAt(reader, mapping, 'by', by),
  ];
  const excepted = mentionsIn(reader, mapping, 'except', except);
  const gateway = [...looked, ...excepted].find(({ column }) => isMissingIn(column, 'vpc'));
  if (gateway === undefined) return;
  const told = new Set<string>();
  for (const { column, tell } of [...looked, ...excepted]) {
    if (!isMissingIn(column, 'tgw') || told.has(column)) continue;
    told.add(column);
    tell(`only interfaces have \`${column}\`, but \`${gateway.column}\` makes this a rule about transit gateways`);
  }
}

function mentionsIn(
  reader: ShapeReader,
  mapping: Mapping,
  key: 'where' | 'then' | 'except',
  expression: Expression | undefined,
): readonly Mention[] {
  if (expression === undefined) return [];
  return testsOf(expression).map(({ kind, field, span }) => {
    const tell = (message: string): void => {
      // a test begins with its field
      const place = kind === 'test' ? { start: span.start, end: span.start + field.length } : span;
      const finding: Finding = error('E313', place, message, HINT);
      const text = reader.textAt(mapping, key)!;
      if (key !== 'except') reader.reportIn(text, finding);
      else reader.reportIn(text, { ...finding, code: 'W103', severity: 'warning' });
    };
    return { column: field, tell };
  });
}

function mentionsAt(
  reader: ShapeReader,
  mapping: Mapping,
  key: 'when' | 'by',
  columns: readonly string[],
): readonly Mention[] {
  const entry = mapping.entries.get(key);
  if (entry === undefined) return [];
  const nodes = reader.nodes(entry.value);
  return columns.map((column) => {
    const named = nodes.find((node) => [column, column.replaceAll('_', '-')].some((word) => reader.isWord(node, word)));
    const span = reader.spanOf(named ?? entry.value, entry.keySpan);
    return { column, tell: (message) => reader.report('E313', span, message, HINT) };
  });
}
