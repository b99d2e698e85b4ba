/**
 * Where records lie in the lake, and what could not be read: an object's key from its time and name.
 * All times are UTC. Keys of one folder sort by the time in their names.
 */
import type { FlowTable } from '../flow/fields.ts';

/** The top folder of each table's records. */
const TABLE_FOLDERS: Readonly<Record<FlowTable, string>> = { vpc: 'flows', tgw: 'tgw' };

/** Prefix of all lines that could not be read. */
export const QUARANTINE = 'quarantine/';

/** Prefix of the entries of compaction runs. */
export const LEDGER = 'ledger/';

/** A tier of a table: as it arrived, or compacted by event day. */
export type Tier = 'raw' | 'compact';

/** Prefix of a table's tier: `flows/raw/`. */
export function tierPrefix(table: FlowTable, tier: Tier): string {
  return `${TABLE_FOLDERS[table]}/${tier}/`;
}

/**
 * An object's name: the time to the millisecond, then letters and digits that no other object of that millisecond has.
 * `random` comes from the caller, because the core has no chance of its own.
 */
export function objectName(time: Date, random: string): string {
  return `${time.toISOString().replaceAll(/[-:.]/g, '')}-${random}`;
}

/** The hour in which an object's writing starts: `2026-11-05-13`. */
function arrivalHour(time: Date): string {
  return time.toISOString().slice(0, 13).replace('T', '-');
}

/** A day: `2026-11-05`. */
function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** A raw object: `flows/raw/arrived=2026-11-05-13/<name>.parquet`. `time` is when its writing starts. */
export function rawKey(table: FlowTable, time: Date, name: string): string {
  return `${tierPrefix(table, 'raw')}arrived=${arrivalHour(time)}/${name}.parquet`;
}

/** A compacted object of one event day: `flows/compact/day=2026-11-05/<name>.parquet`. */
export function compactKey(table: FlowTable, day: string, name: string): string {
  return `${tierPrefix(table, 'compact')}day=${day}/${name}.parquet`;
}

/** Lines that could not be read, by the day they arrived: `quarantine/day=2026-11-05/<name>.jsonl`. */
export function quarantineKey(time: Date, name: string): string {
  return `${QUARANTINE}day=${dayOf(time)}/${name}.jsonl`;
}

/** The entry of one compaction run: `ledger/day=2026-11-05/run=7.json`, by the day it ran. */
export function ledgerKey(time: Date, run: number): string {
  return `${LEDGER}day=${dayOf(time)}/run=${run}.json`;
}
