/** What expressions are read against when they become SQL. */
import type { FlowTable } from '../flow/fields.ts';

/** The views by the kind of flow log. */
export const VIEWS: Readonly<Record<FlowTable, string>> = { vpc: 'flows', tgw: 'tgw_flows' };

/** What an expression is read against. */
export interface SqlScope {
  /** Which view the condition is for. */
  readonly table: FlowTable;
  /** The owner's networks (CIDR): they tell `direction`. */
  readonly networks: readonly string[];
  /** What else holds for every record that the condition is asked of, as conditions: no other record is looked at. */
  readonly among?: readonly string[] | undefined;
  /** A list with more entries than this is not written into the query; see long-lists.ts for the default. */
  readonly longList?: number | undefined;
}
