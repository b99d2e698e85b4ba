/** The views that a lake is read through, as SQL for DuckDB: `flows`, `vpc_flow_logs`, `tgw_flows`, `alerts`, `quarantine`. */
import { ALERTS } from '../alerts/layout.ts';
import { QUARANTINE } from '../lake/layout.ts';
import { alertQuery } from './alert-view.ts';
import { awsQuery } from './aws-view.ts';
import type { LakeContents } from './contents.ts';
import { flowQuery, type Published } from './flow-view.ts';
import { quarantineQuery } from './quarantine-view.ts';
import { identifier } from './sql.ts';

/** A lake as views see it. */
export interface LakeOfViews {
  /** Its folder's absolute path, without a slash at the end. */
  readonly folder: string;
  readonly contents: LakeContents;
  readonly published: Published;
}

/** One `CREATE OR REPLACE VIEW` a view, to be run in this order. */
export function createViews(lake: LakeOfViews): readonly string[] {
  return [
    createView('flows', flowQuery(lake, 'vpc')),
    createView('vpc_flow_logs', awsQuery()),
    createView('tgw_flows', flowQuery(lake, 'tgw')),
    createView('alerts', alertQuery(lake.folder, lake.contents.has(ALERTS))),
    createView('quarantine', quarantineQuery(lake.folder, lake.contents.has(QUARANTINE))),
  ];
}

function createView(name: string, query: string): string {
  return `CREATE OR REPLACE VIEW ${identifier(name)} AS ${query}`;
}
