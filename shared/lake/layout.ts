/**
 * Where everything lies in the lake: the key of every kind of object, from its time and name.
 * All times are UTC. Keys of one folder sort by the time in their names.
 */
import type { FlowTable } from '../flow/fields.ts';

/** The top folder of each table's records. */
export const TABLE_FOLDERS: Readonly<Record<FlowTable, string>> = { vpc: 'flows', tgw: 'tgw' };

/** The folders that hold other things than records. */
export const FOLDERS = {
  alerts: 'alerts',
  quarantine: 'quarantine',
  deltas: 'windows/deltas',
  ledger: 'ledger',
} as const;

/** A tier of a table: as it arrived, or compacted by event day. */
export type Tier = 'raw' | 'compact';

/** The folder of a table's tier: `flows/raw`. */
export function tierFolder(table: FlowTable, tier: Tier): string {
  return `${TABLE_FOLDERS[table]}/${tier}`;
}

/**
 * An object's name: the time to the millisecond, then letters and digits that no other object of that millisecond has.
 * `random` comes from the caller, because the core has no chance of its own.
 */
export function objectName(time: Date, random: string): string {
  return `${time.toISOString().replaceAll(/[-:.]/g, '')}-${random}`;
}

/** The hour in which an object's writing starts: `2026-11-05-13`. */
export function arrivalHour(time: Date): string {
  return time.toISOString().slice(0, 13).replace('T', '-');
}

/** A day: `2026-11-05`. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** A raw object: `flows/raw/arrived=2026-11-05-13/<name>.parquet`. `time` is when its writing starts. */
export function rawKey(table: FlowTable, time: Date, name: string): string {
  return `${tierFolder(table, 'raw')}/arrived=${arrivalHour(time)}/${name}.parquet`;
}

/** A compacted object of one event day: `flows/compact/day=2026-11-05/<name>.parquet`. */
export function compactKey(table: FlowTable, day: string, name: string): string {
  return `${tierFolder(table, 'compact')}/day=${day}/${name}.parquet`;
}

/** Lines that could not be read, by the day they arrived: `quarantine/day=2026-11-05/<name>.jsonl`. */
export function quarantineKey(time: Date, name: string): string {
  return `${FOLDERS.quarantine}/day=${dayOf(time)}/${name}.jsonl`;
}

/** One archiver run's contributions to the windows: `windows/deltas/<name>.json`. */
export function deltaKey(name: string): string {
  return `${FOLDERS.deltas}/${name}.json`;
}

/** The entry of one compaction run: `ledger/day=2026-11-05/run=7.json`, by the day it ran. */
export function ledgerKey(time: Date, run: number): string {
  return `${FOLDERS.ledger}/day=${dayOf(time)}/run=${run}.json`;
}
