/** Which folders of a lake hold anything: DuckDB refuses a view over a folder without files. */
import { ALERTS } from '../alerts/layout.ts';
import { LEDGER, QUARANTINE, tierPrefix } from '../lake/layout.ts';
import type { ObjectStore } from '../ports.ts';

/** Prefixes under which at least one object lies (`flows/raw/`). */
export type LakeContents = ReadonlySet<string>;

/** The prefixes that views read, and how the names of their objects end. */
const READ: Readonly<Record<string, string>> = {
  [tierPrefix('vpc', 'raw')]: '.parquet',
  [tierPrefix('vpc', 'compact')]: '.parquet',
  [tierPrefix('tgw', 'raw')]: '.parquet',
  [tierPrefix('tgw', 'compact')]: '.parquet',
  [ALERTS]: '.json',
  [QUARANTINE]: '.jsonl',
  [LEDGER]: '.json',
};

/** What follows the prefix in a key that the views' globs match: one partition, one name. */
const IN_PARTITION = /^(arrived|day)=[^/]*\/[^/]+$/;

/** Looks for one object under every prefix that the views read. */
export async function findContents(store: ObjectStore): Promise<LakeContents> {
  const present = new Set<string>();
  for (const [prefix, suffix] of Object.entries(READ)) {
    for await (const { key } of store.list(prefix)) {
      if (!key.endsWith(suffix) || !IN_PARTITION.test(key.slice(prefix.length))) continue;
      present.add(prefix);
      break;
    }
  }
  return present;
}
