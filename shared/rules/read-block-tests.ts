/** The tests of an `expect:` block, each as a test of the rule, or rules, that its records concern. */
import type { Span } from './diagnostics.ts';
import { EXPECT_BY, EXPECT_IDS, UNEXPECTED_ACCEPT, UNEXPECTED_REJECT } from './expectation.ts';
import { readTest, type ReadTest } from './read-tests.ts';
import type { RuleTest } from './rule-test.ts';
import type { ShapeReader, YamlNode } from './shape.ts';

/** The rule that records of an action concern. */
const CONCERNED = { ACCEPT: UNEXPECTED_ACCEPT, REJECT: UNEXPECTED_REJECT } as const;

/**
 * Reads the tests of a block. Accepted records concern one rule and rejected ones the other, so that only a test
 * with both has to say whose alerts it expects.
 */
export function readBlockTests(reader: ShapeReader, node: YamlNode, fallback: Span): readonly RuleTest[] {
  const nodes = reader.list(node, '`tests`', fallback) ?? [];
  return nodes.flatMap((item) => {
    const test = readTest(reader, item, { id: '', by: EXPECT_BY, among: EXPECT_IDS }, fallback);
    return test === undefined ? [] : splitTest(reader, test, reader.spanOf(item, fallback));
  });
}

function splitTest(reader: ShapeReader, test: ReadTest, span: Span): readonly RuleTest[] {
  const concerned = concernedBy(test);
  const [only, other] = concerned;
  const { alerts } = test;
  const unsaid = typeof alerts === 'number' ? alerts > 0 : alerts.some(({ rule }) => rule === undefined);
  if (unsaid && (only === undefined || other !== undefined)) {
    const message = 'the test does not say which rule is to alert: not all its records are accepted, nor all rejected';
    reader.report('E504', span, message, `write \`alerts: [{ rule: ${UNEXPECTED_ACCEPT} }]\``);
    return [];
  }
  return EXPECT_IDS.flatMap((id) => {
    const expected = typeof alerts === 'number' ? alerts : alerts.filter(({ rule }) => (rule ?? only) === id);
    const isConcerned =
      only === undefined || concerned.includes(id) || (typeof expected === 'object' && expected.length > 0);
    return isConcerned ? [{ ...test, rule: id, alerts: expected }] : [];
  });
}

/** Ids of the rules that a test's records concern. */
function concernedBy({ input }: ReadTest): readonly string[] {
  const actions = new Set<unknown>(
    input.kind === 'lines'
      ? input.lines.flatMap((line) => line.split(' ').filter((word) => word in CONCERNED))
      : input.records.flatMap(({ fields }) => fields.get('action') ?? ['ACCEPT']),
  );
  return Object.entries(CONCERNED).flatMap(([action, id]) => (actions.has(action) ? [id] : []));
}
