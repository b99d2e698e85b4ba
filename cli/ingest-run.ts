/** One run of ingest: feeds the pipeline, decides when to archive and fold, and counts. */
import type { Alert } from '../shared/alerts/alert.ts';
import { sortForReading } from '../shared/alerts/order.ts';
import type { Arrival } from '../shared/envelope/delivery.ts';
import type { Format } from '../shared/flow/format.ts';
import { newestEnd } from '../shared/flow/newest-end.ts';
import type { OwnAddresses, StrangeAddresses } from '../shared/flow/own-addresses.ts';
import { EMPTY_TALLY, tally, type Tally } from '../shared/flow/tally.ts';
import { archive, detect, foldWindows, type Pipeline } from '../shared/pipeline.ts';
import type { FoldResult } from '../shared/windows/fold.ts';
import type { RejectFile } from './rejects.ts';

/** What a run did; the names are the contract of `--json`. */
export interface IngestCounts extends Tally {
  readonly unreadable_lines: number;
  readonly batches: number;
  readonly duplicate_batches: number;
  readonly alerts: number;
  readonly objects: number;
  readonly bytes_written: number;
  readonly seconds: number;
}

/** Everything a person may want to know of a run. */
export interface IngestResult {
  readonly counts: IngestCounts;
  /** New alerts, the worst {@link MOST_SHOWN} of them. */
  readonly alerts: readonly Alert[];
  /** The records' event times, Unix seconds; undefined where there were none. */
  readonly times: { readonly first: number; readonly last: number } | undefined;
  /** The formats of the records. */
  readonly formats: readonly Format[];
  /** Own addresses that the configured networks do not hold. */
  readonly strange: StrangeAddresses;
  readonly controlMessages: number;
  /** Records too late to count, by rule. */
  readonly late: ReadonlyMap<string, number>;
  /** The window state that the lake holds: bytes, and how many event hours are open; undefined where nothing was folded. */
  readonly state: FoldResult['state'] | undefined;
  /** Window state that could not be read. */
  readonly unreadableState: readonly string[];
  readonly firstReject: string | undefined;
}

/** Records (or unreadable lines) an object holds at most: two row groups, some ten megabytes, a few seconds of work to lose. */
const OBJECT_RECORDS = 131_072;

/** Folding reads and writes window state: not for every object of a long run. */
const OBJECTS_A_FOLD = 8;

/** Alerts kept for display; all are in the lake. */
const MOST_SHOWN = 1_000;

/** When a run writes, and when it folds. */
export interface IngestLimits {
  /** Records (or unreadable lines) an object holds at most. */
  readonly objectRecords: number;
  readonly objectsAFold: number;
}

/** A run in progress. */
export class IngestRun {
  readonly #pipeline: Pipeline;
  readonly #rejects: RejectFile;
  readonly #own: OwnAddresses;
  readonly #limits: IngestLimits;
  readonly #started = performance.now();
  /** Identities of what was taken. */
  readonly #seen = new Set<string>();
  #alerts: readonly Alert[] = [];
  readonly #late = new Map<string, number>();
  readonly #unreadableState = new Set<string>();
  /** By text. */
  readonly #formats = new Map<string, Format>();
  #tally = EMPTY_TALLY;
  #batches = 0;
  #duplicates = 0;
  #control = 0;
  #alertCount = 0;
  #objects = 0;
  #bytes = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  /** The newest `end` of what was read, Unix seconds. */
  #newestEnd = 0;
  #state: FoldResult['state'] | undefined;
  /** Records and lines that wait in the queue. */
  #waiting = 0;
  #unfolded = 0;

  /** `limits` are smaller in tests, where a short run is to have many objects. */
  constructor(
    pipeline: Pipeline,
    rejects: RejectFile,
    own: OwnAddresses,
    limits: IngestLimits = { objectRecords: OBJECT_RECORDS, objectsAFold: OBJECTS_A_FOLD },
  ) {
    this.#pipeline = pipeline;
    this.#rejects = rejects;
    this.#own = own;
    this.#limits = limits;
  }

  /** Takes one arrival through detection and, when enough wait, archiving. Returns what is wrong with the arrival itself. */
  async take(arrival: Arrival): Promise<string | undefined> {
    const decoded = this.#pipeline.decode(arrival);
    if (decoded.kind === 'control') {
      this.#control++;
      return undefined;
    }
    const problem = decoded.kind === 'malformed' ? decoded.reason : undefined;
    const { id, batches, rejects } = decoded.delivery;
    if (this.#seen.has(id)) {
      if (problem === undefined) this.#duplicates++;
      return problem;
    }
    this.#seen.add(id);
    if (problem === undefined) this.#batches++;
    await this.#rejects.write(rejects);
    const { alerts } = await detect(arrival, this.#pipeline);
    this.#keep(alerts);
    const before = this.#tally.records;
    this.#tally = tally(batches, this.#tally);
    for (const batch of batches) {
      const { time, format } = batch;
      this.#own.add(batch);
      this.#formats.set(format.text, format);
      for (const second of time) {
        if (second < this.#first) this.#first = second;
        if (second > this.#last) this.#last = second;
      }
    }
    this.#newestEnd = Math.max(this.#newestEnd, newestEnd(batches) ?? 0);
    this.#waiting += this.#tally.records - before + rejects.length;
    if (this.#waiting >= this.#limits.objectRecords) await this.archive();
    if (this.#unfolded >= this.#limits.objectsAFold) await this.#fold('later');
    return problem;
  }

  /** Writes what waits. */
  async archive(): Promise<void> {
    const messages = await this.#pipeline.queue.receive(Number.MAX_SAFE_INTEGER);
    if (messages.length === 0) return;
    const written = await archive(
      messages.map(({ message }) => message),
      this.#pipeline,
    );
    await Promise.all(messages.map((message) => message.done()));
    this.#objects += written.objects;
    this.#bytes += written.bytes;
    this.#waiting = 0;
    this.#unfolded++;
  }

  /**
   * Writes what waits, and folds all windows: also what an earlier run left. Only now, when everything is read, is it
   * decided what is absent, so that the order of reading does not matter.
   */
  async finish(): Promise<void> {
    await this.archive();
    await this.#fold(new Date(this.#newestEnd * 1000));
  }

  result(): IngestResult {
    return {
      counts: {
        ...this.#tally,
        unreadable_lines: this.#rejects.count,
        batches: this.#batches,
        duplicate_batches: this.#duplicates,
        alerts: this.#alertCount,
        objects: this.#objects,
        bytes_written: this.#bytes,
        seconds: Math.round(performance.now() - this.#started) / 1000,
      },
      alerts: this.#alerts,
      times: this.#first <= this.#last ? { first: this.#first, last: this.#last } : undefined,
      formats: [...this.#formats.values()],
      strange: this.#own.result(),
      controlMessages: this.#control,
      late: this.#late,
      state: this.#state,
      unreadableState: [...this.#unreadableState],
      firstReject: this.#rejects.first,
    };
  }

  async #fold(judgeAt: Date | 'later'): Promise<void> {
    const folded = await foldWindows(this.#pipeline, judgeAt);
    this.#unfolded = 0;
    this.#state = folded.state;
    this.#keep(folded.alerts);
    for (const [rule, records] of folded.late) this.#late.set(rule, (this.#late.get(rule) ?? 0) + records);
    for (const { key, reason } of folded.unreadable) this.#unreadableState.add(`${key}: ${reason}`);
  }

  #keep(alerts: readonly Alert[]): void {
    if (alerts.length === 0) return;
    this.#alertCount += alerts.length;
    this.#alerts = [...this.#alerts, ...alerts];
    if (this.#alerts.length > MOST_SHOWN) this.#alerts = sortForReading(this.#alerts).slice(0, MOST_SHOWN);
  }
}
