/** Deliveries on their way into the lake: each batch once, many to an object, in an order that no crash can spoil. */
import type { DecodedDelivery } from './flow/columns.ts';
import type { Decoded } from './flow/decode.ts';
import type { FlowTable } from './flow/fields.ts';
import { EMPTY_TALLY, tally } from './flow/tally.ts';
import { encodeObject, ROW_GROUP_RECORDS } from './lake/encode.ts';
import { objectName, quarantineKey, rawKey } from './lake/layout.ts';
import { encodeQuarantine } from './lake/quarantine.ts';
import { matchDelivery, type PipelineRules } from './pipeline-rules.ts';
import type { Clock, ObjectStore } from './ports.ts';
import { isStreamedAbsence } from './windows/absence.ts';
import { arrivalsOf } from './windows/arrivals.ts';
import { startDelta } from './windows/contribute.ts';
import { encodeDelta, type Delta } from './windows/delta.ts';
import { deltaKey } from './windows/layout.ts';

/** What archiving works with. */
export interface ArchiverOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** Letters and digits that no other call gives, for names. */
  readonly random: () => string;
  readonly rules: PipelineRules;
}

/** What archiving wrote and saw. */
export interface Archived {
  /** Parquet objects. */
  readonly objects: number;
  readonly bytes: number;
  /** Deliveries, each counted once. */
  readonly batches: number;
  readonly records: number;
  /** Records that say that AWS lost others. */
  readonly skipdata: number;
  /** Lines that could not be read; of a delivery that could not be opened, one. */
  readonly quarantined: number;
  /** Deliveries that are not what they should be. */
  readonly unreadable: number;
}

/** Nothing archived. */
export const NOTHING: Archived = {
  objects: 0,
  bytes: 0,
  batches: 0,
  records: 0,
  skipdata: 0,
  quarantined: 0,
  unreadable: 0,
};

/** What two runs archived. */
export function sumOfArchived(a: Archived, b: Archived): Archived {
  return {
    objects: a.objects + b.objects,
    bytes: a.bytes + b.bytes,
    batches: a.batches + b.batches,
    records: a.records + b.records,
    skipdata: a.skipdata + b.skipdata,
    quarantined: a.quarantined + b.quarantined,
    unreadable: a.unreadable + b.unreadable,
  };
}

/** Whether a delivery's records become part of the lake; if not, they still count towards windows. */
export type Keeping = 'archived' | 'elsewhere';

interface Waiting {
  readonly delivery: DecodedDelivery;
  readonly keeping: Keeping;
}

/** Records and lines that an object holds at most, unless a single batch has more: batches are never split. */
export const OBJECT_LINES = ROW_GROUP_RECORDS;

/** Rows of a delta at most (a delivery is never split): what folding holds in memory at once. */
const DELTA_ROWS = 100_000;

/**
 * Collects deliveries and writes them. When a write fails, nothing that was added may be taken for done, also not what
 * was added long before: what is repeated then carries the same batch ids.
 */
export class Archiver {
  readonly #options: ArchiverOptions;
  readonly #most: number;
  /** Every batch of this run: none is written twice. */
  readonly #ids = new Set<string>();
  #waiting: Waiting[] = [];
  #lines = 0;
  #sum = NOTHING;

  /** `most` records and lines are held in memory, and make an object. */
  constructor(options: ArchiverOptions, most = Number.POSITIVE_INFINITY) {
    this.#options = options;
    this.#most = most;
  }

  /** Whether a batch was added already. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Takes what was read, if it is new; writes what waits where it would become too much. */
  async add(decoded: Exclude<Decoded, { kind: 'control' }>, keeping: Keeping = 'archived'): Promise<void> {
    const { delivery } = decoded;
    if (this.#ids.has(delivery.id)) return;
    this.#ids.add(delivery.id);
    const { records, skipdata } = tally(delivery.batches, EMPTY_TALLY);
    const lines = records + delivery.rejects.length;
    if (this.#lines > 0 && this.#lines + lines > this.#most) await this.#write();
    this.#waiting.push({ delivery, keeping });
    this.#lines += lines;
    this.#sum = sumOfArchived(this.#sum, {
      ...NOTHING,
      batches: 1,
      records,
      skipdata,
      quarantined: delivery.rejects.length,
      unreadable: decoded.kind === 'malformed' ? 1 : 0,
    });
  }

  /** Writes what still waits. */
  async finish(): Promise<Archived> {
    await this.#write();
    return this.#sum;
  }

  /**
   * One Parquet object a table, one object of unreadable lines, and a delta of what counts towards windows. Deltas come
   * last: where one is, the records are.
   */
  async #write(): Promise<void> {
    const { store, clock, random, rules } = this.#options;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#lines = 0;
    if (waiting.length === 0) return;
    const started = clock.now();
    const name = objectName(started, random());
    const { tables, quarantine, deltas } = encode(waiting, rules, started);
    for (const [table, body] of tables) {
      await store.put(rawKey(table, started, name), body);
      this.#sum = sumOfArchived(this.#sum, { ...NOTHING, objects: 1, bytes: body.length });
    }
    if (quarantine !== undefined) await store.put(quarantineKey(started, name), quarantine);
    for (const [part, body] of deltas.entries()) await store.put(deltaKey(`${name}-${part}`), body);
  }
}

/** Deliveries that can't be encoded: a mistake in the program, met before anything of them was written. */
export class EncodingFailure extends Error {}

/** Everything that is written of some deliveries. */
interface Encoded {
  readonly tables: readonly (readonly [FlowTable, Uint8Array])[];
  readonly quarantine: Uint8Array | undefined;
  readonly deltas: readonly Uint8Array[];
}

function encode(waiting: readonly Waiting[], rules: PipelineRules, at: Date): Encoded {
  try {
    const deliveries = waiting.map(({ delivery }) => delivery);
    const archived = waiting.flatMap(({ delivery, keeping }) => (keeping === 'archived' ? [delivery] : []));
    const tables = (['vpc', 'tgw'] satisfies FlowTable[]).flatMap((table) => {
      const { records, body } = encodeObject(archived, table);
      return records === 0 ? [] : [[table, body] as const];
    });
    const quarantine = encodeQuarantine(deliveries)?.body;
    return {
      tables,
      quarantine,
      deltas: Array.from(deltasOf(deliveries, rules, at), (delta) => encodeDelta(delta)),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EncodingFailure(`writing it failed (${reason})`, { cause: error });
  }
}

/**
 * What the deliveries contribute to windows. Where no windowed rule matched that is nothing, unless there are rules about
 * absence: these have to know that something came.
 */
function* deltasOf(
  deliveries: readonly DecodedDelivery[],
  { all, windowed }: PipelineRules,
  at: Date,
): Generator<Delta> {
  const batches = deliveries.flatMap((delivery) => delivery.batches);
  const arrivals = all.some(isStreamedAbsence) ? arrivalsOf(batches, at.getTime() / 1000) : undefined;
  let builder = startDelta();
  let parts = 0;
  for (const [index, delivery] of deliveries.entries()) {
    builder.add(matchDelivery(delivery, windowed));
    const isLast = index === deliveries.length - 1;
    if (builder.rows < DELTA_ROWS && !isLast) continue;
    const delta = builder.rows > 0 || parts === 0 ? builder.build(arrivals) : undefined;
    builder = startDelta();
    parts++;
    if (delta !== undefined) yield delta;
  }
}
