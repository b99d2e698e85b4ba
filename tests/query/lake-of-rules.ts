/** What the tests of rules in SQL share: a lake of random traffic, and the ids of what a rule's query finds in it. */
import { openDuckDb } from '../../shared/adapters/local/duckdb.ts';
import { alertId, periodStart } from '../../shared/alerts/identity.ts';
import type { DecodedDelivery, FieldValue } from '../../shared/flow/columns.ts';
import { inferDirections, servicePortTable } from '../../shared/flow/direction.ts';
import { networkTest } from '../../shared/flow/networks.ts';
import type { QueryEngine, ResultValue } from '../../shared/ports.ts';
import { findContents } from '../../shared/query/contents.ts';
import { NOTHING_PUBLISHED } from '../../shared/query/flow-view.ts';
import { planRuleSql, type RuleSqlOptions } from '../../shared/query/rule-sql.ts';
import { createViews } from '../../shared/query/views.ts';
import { checkExpression } from '../../shared/rules/check.ts';
import type { Expression } from '../../shared/rules/expression.ts';
import { builtInLists } from '../../shared/rules/lists.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { batchId, columnBatch, delivery, type RecordInput } from '../support/batches.ts';
import type { TestLake } from '../support/lakes.ts';

/** The owner's networks. */
export const NETWORKS = ['10.0.0.0/8'];

/** Deliveries as they are decoded: who opened a connection, and which way it went, is worked out. */
export function decoded(all: readonly (readonly RecordInput[])[]): readonly DecodedDelivery[] {
  const options = { inNetworks: networkTest(NETWORKS), servicePorts: servicePortTable() };
  return all.map((records, number) => {
    const batch = columnBatch('default', records);
    const inferred = inferDirections(batch.columns, batch.length, options);
    return { ...delivery({ id: batchId(number) }), batches: [{ ...batch, ...inferred }] };
  });
}

/** A checked expression; no lists but those that are built in. */
export function checked(text: string): Expression {
  const { expression, findings } = checkExpression(text, builtInLists());
  if (expression === undefined) throw new Error(`${text}: ${findings[0]?.message}`);
  return expression;
}

/** An engine over a lake as it is now. */
export async function engineOf(lake: TestLake): Promise<QueryEngine> {
  const contents = await findContents(lake.store);
  const setup = createViews({ folder: lake.folder, contents, published: NOTHING_PUBLISHED }).join(';\n');
  return openDuckDb({ setup });
}

/** What rules' queries find: an id and the event time of each row. */
export async function findings(
  engine: QueryEngine,
  rules: readonly Rule[],
  options: Partial<RuleSqlOptions> = {},
): Promise<readonly { readonly id: string; readonly time: number; readonly row: readonly ResultValue[] }[]> {
  const found = [];
  for (const rule of rules) {
    const { sql, lists } = planRuleSql(rule, { networks: NETWORKS, ...options });
    const { rows } = await engine.query(sql, lists);
    for (const row of rows) {
      const time = Number(row[rule.by.length]);
      const group = row.slice(0, rule.by.length) as FieldValue[];
      found.push({ id: alertId(rule, group, periodStart(rule, time)), time, row });
    }
  }
  return found;
}
