/** Lists that are kept elsewhere: read when a run starts, looked at anew while it goes on. */
import type { Diagnostic, SourceText } from './diagnostics.ts';
import { decodeListBytes } from './list-bytes.ts';
import { formatPlace, type ListPlace, type ListSource } from './list-source.ts';
import type { ListContent } from './list-text.ts';

/** What a look at a place gave. */
export type FetchedList =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly version: string }
  /** The place holds the version that was known. */
  | { readonly kind: 'unchanged' }
  /** What could not be done, why, and what to do. */
  | { readonly kind: 'failed'; readonly message: string };

/** Looks at a place; `known` is the version that was seen last. Never throws for what lies outside the program. */
export type FetchList = (place: ListPlace, known: string | undefined) => Promise<FetchedList>;

/** A list's content, or why there is none. */
export type ReadList = ListContent | { readonly kind: 'failed'; readonly message: string };

/** What looking at the lists again gave. */
export interface ListRefresh {
  /** True where the entries of any list are others now. */
  readonly changed: boolean;
  /** Lists that could not be read again, each told once until it can; the entries of before stay. */
  readonly problems: readonly string[];
  /** How many of those that were looked at could not be read, told before or not. */
  readonly unreadable: number;
  /** What is wrong with lines of lists that changed. */
  readonly diagnostics: readonly Diagnostic[];
}

/** One list that is kept elsewhere, as it was last seen. */
interface Known {
  readonly source: ListSource;
  read: ReadList;
  text: SourceText;
  version: string | undefined;
  /** When it is looked at again, milliseconds. */
  due: number;
  /** Looks since it could last be read. */
  failures: number;
  /** The last problem that was told. */
  told: string | undefined;
}

/** Seconds after which a list is looked at again that could not be read, twice as many each time, and at most. */
const FIRST_RETRY = 5;
const LAST_RETRY = 60;

/** The outside lists of one run. Those that are looked at at one time are so side by side. */
export class OutsideLists {
  readonly #fetch: FetchList;
  readonly #known = new Map<string, Known>();

  constructor(fetch: FetchList) {
    this.#fetch = fetch;
  }

  /** Reads those lists that were not read before. */
  async load(sources: Iterable<ListSource>, now: Date): Promise<void> {
    const added: Known[] = [];
    for (const source of sources) {
      const key = keyOf(source);
      if (this.#known.has(key)) continue;
      const name = formatPlace(source.place);
      const read = { kind: 'failed', message: 'it has not been read' } as const;
      const text = { name, text: '' };
      const known: Known = { source, read, text, version: undefined, due: 0, failures: 0, told: undefined };
      this.#known.set(key, known);
      added.push(known);
    }
    await Promise.all(
      added.map(async (known) => {
        known.told = await this.#look(known, now);
        if (known.told !== undefined) known.read = { kind: 'failed', message: known.told };
      }),
    );
  }

  /** What a list that was loaded holds. */
  read(source: ListSource): ReadList {
    return this.#known.get(keyOf(source))?.read ?? { kind: 'failed', message: 'it has not been read' };
  }

  /** The lists' texts, which their diagnostics are about. */
  get texts(): readonly SourceText[] {
    return [...this.#known.values()].map(({ text }) => text);
  }

  /** Whether the time of any list has come. */
  isDue(now: Date): boolean {
    const time = now.getTime();
    for (const { due } of this.#known.values()) if (time >= due) return true;
    return false;
  }

  /** Looks at every list whose time has come. */
  async refresh(now: Date): Promise<ListRefresh> {
    const problems: string[] = [];
    const diagnostics: Diagnostic[] = [];
    let changed = false;
    let unreadable = 0;
    const due = [...this.#known.values()].filter((known) => now.getTime() >= known.due);
    const looks = due.map(async (known) => {
      const before = known.read;
      return { known, before, message: await this.#look(known, now) };
    });
    for (const { known, before, message } of await Promise.all(looks)) {
      if (message !== undefined) unreadable++;
      if (message !== undefined && message !== known.told) problems.push(message);
      known.told = message;
      if (known.read === before || known.read.kind === 'failed') continue;
      diagnostics.push(...known.read.diagnostics);
      changed ||= before.kind === 'failed' || !isSame(before.entries, known.read.entries);
    }
    return { changed, problems, unreadable, diagnostics };
  }

  /** Takes what the place holds now, if it can be read; else says what is wrong. */
  async #look(known: Known, now: Date): Promise<string | undefined> {
    const message = await this.#take(known);
    const { refresh } = known.source;
    const soon = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** known.failures);
    known.failures = message === undefined ? 0 : known.failures + 1;
    known.due = now.getTime() + 1000 * (message === undefined ? refresh : Math.min(refresh, soon));
    return message;
  }

  async #take(known: Known): Promise<string | undefined> {
    const { place, column } = known.source;
    const fetched = await this.#fetch(place, known.version);
    if (fetched.kind === 'failed') return fetched.message;
    if (fetched.kind === 'unchanged') return known.told;
    known.version = fetched.version;
    const { name } = known.text;
    const text = textOf(fetched.bytes);
    if (text === undefined) return `cannot use \`${name}\` as a list: it is damaged; fetch it again`;
    // few have such lists, and reading CSV takes a library
    const { readListText } = await import('./list-text.ts');
    const read = readListText({ name, text }, column);
    if (read.kind === 'none') return `cannot use \`${name}\` as a list: ${read.reason}`;
    // whoever writes the list anew may have emptied it first
    if (read.entries.length === 0 && hasEntries(known.read))
      return `\`${name}\` holds no entry any more: its former ones stay in use`;
    known.text = { name, text };
    known.read = read;
    return undefined;
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decodeListBytes(bytes);
  } catch {
    return undefined;
  }
}

function hasEntries(read: ReadList): boolean {
  return read.kind === 'content' && read.entries.length > 0;
}

function keyOf({ place, column }: ListSource): string {
  return JSON.stringify([place, column]);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}
