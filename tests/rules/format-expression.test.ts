/** An expression that is written down again is the same expression. */
import { expect, test } from 'vitest';
import { checkExpression } from '../../shared/rules/check.ts';
import type { Expression } from '../../shared/rules/expression.ts';
import { formatExpression } from '../../shared/rules/format-expression.ts';
import { builtInLists } from '../../shared/rules/lists.ts';

const lists = builtInLists();

function read(text: string): Expression {
  const { expression, findings } = checkExpression(text, lists);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return expression!;
}

test.for([
  'dstport = 22',
  'dstport in (22, 3389, 8000-8080) and srcaddr not in (@private, 192.0.2.0/24)',
  'action = REJECT and (dstport = 22 or protocol = tcp and dstport = 23)',
  'not (dstport = 22 or dstport = 23) and not srcport = 53',
  "interface_id like 'eni-0a*' and not has(vpc_id)",
  'tcp_flags has (SYN+ACK, FIN) and tcp_flags not has RST',
  'bytes > 5MB and packets <= 10k',
  `instance_tag = "o'clock"`,
])('%s', (text) => {
  const expression = read(text);
  const written = formatExpression(expression);
  expect(withoutSpans(read(written))).toEqual(withoutSpans(expression));
});

function withoutSpans(expression: Expression): unknown {
  return JSON.parse(
    JSON.stringify(expression, (key, value: unknown) =>
      key === 'span' ? undefined : typeof value === 'bigint' ? String(value) : value,
    ),
  );
}
