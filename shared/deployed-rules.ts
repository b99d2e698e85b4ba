/**
 * The rules of a deployment: checked when it was packaged, with all lists that were at hand. Those that are objects of
 * S3 are read where the rules run, and looked at anew between one delivery and the next.
 */
import { compilePipelineRules, type PipelineRules } from './pipeline.ts';
import { KEPT } from './rule-source.ts';
import type { BoundRules, ListEntries } from './rules/bind-lists.ts';
import type { Diagnostic } from './rules/diagnostics.ts';
import { operandsOf } from './rules/expression.ts';
import type { ListSource } from './rules/list-source.ts';
import type { FetchList, OutsideLists } from './rules/outside-lists.ts';
import { memoryOf, type Memory, type Rule } from './rules/rule.ts';

/** A list that is read where the rules run. */
export interface RuntimeList {
  readonly name: string;
  readonly source: ListSource;
}

/** What looking at the lists gave. */
export interface ListLook {
  /** What has to be told, each thing once. */
  readonly problems: readonly string[];
  /** How many of the lists that were looked at now could not be read. */
  readonly unreadable: number;
}

const NOTHING: ListLook = { problems: [], unreadable: 0 };

type Bind = (rules: readonly Rule[], entries: ListEntries) => BoundRules;

/** What is there once the lists have been looked at. */
interface Looked {
  readonly outside: OutsideLists;
  readonly bind: Bind;
}

/** Rules whose lists change while they are in use. */
export class DeployedRules {
  readonly #packaged: PipelineRules;
  readonly #lists: readonly RuntimeList[];
  readonly #fetch: FetchList;
  #looked: Looked | undefined;
  /** What the rules hold of the lists: those that could be used, by name. */
  #entries: ListEntries = new Map();
  #leftOut: readonly Rule[];
  #current: PipelineRules | undefined;

  /**
   * `packaged` are the rules as they were compiled when the entries of `lists` were not known; `fetch` looks at the places
   * of these, and nothing does before {@link refresh} is called.
   */
  constructor(packaged: PipelineRules, lists: readonly RuntimeList[], fetch: FetchList) {
    this.#packaged = packaged;
    this.#lists = lists;
    this.#fetch = fetch;
    this.#leftOut = this.#withoutLists();
  }

  /**
   * The rules as of the last refresh. A rule that names a list which could never be used is among `all`, but decides
   * nothing: with the list empty it would find nothing, or everything.
   */
  get current(): PipelineRules {
    if (this.#lists.length === 0) return this.#packaged;
    return (this.#current ??= compilePipelineRules(this.#rules, new Set(this.#leftOut)));
  }

  get #rules(): readonly Rule[] {
    return this.#packaged.all;
  }

  /** Rules of such a memory that decide nothing, as a list of theirs could never be used. */
  leftOut(memory: Memory): readonly Rule[] {
    return this.#leftOut.filter(({ condition }) => memoryOf(condition) === memory);
  }

  /**
   * Reads the lists at the first call, and later those whose time has come. Never fails for what lies outside: a list that
   * can't be read again keeps its entries.
   */
  async refresh(now: Date): Promise<ListLook> {
    if (this.#lists.length === 0) return NOTHING;
    if (this.#looked === undefined) return this.#readFirst(now);
    const { outside } = this.#looked;
    if (!outside.isDue(now)) return NOTHING;
    const { changed, problems, unreadable, diagnostics } = await outside.refresh(now);
    const told = [...problems, ...linesOf(diagnostics)];
    return { problems: changed ? [...told, ...this.#bind(this.#looked)] : told, unreadable };
  }

  async #readFirst(now: Date): Promise<ListLook> {
    // most deployments have no such lists, and none of this to load
    const [{ OutsideLists }, { bindLists }] = await Promise.all([
      import('./rules/outside-lists.ts'),
      import('./rules/bind-lists.ts'),
    ]);
    const outside = new OutsideLists(this.#fetch);
    await outside.load(
      this.#lists.map(({ source }) => source),
      now,
    );
    const reads = this.#lists.map(({ name, source }) => ({ name, read: outside.read(source) }));
    const told = reads.flatMap(({ name, read }) =>
      read.kind === 'failed'
        ? [`rules that name \`@${name}\` are left out until it can be read: ${read.message}`]
        : linesOf(read.diagnostics),
    );
    this.#looked = { outside, bind: bindLists };
    const unreadable = reads.filter(({ read }) => read.kind === 'failed').length;
    return { problems: [...told, ...this.#bind(this.#looked)], unreadable };
  }

  /** Gives the rules their lists as they are now; what is wrong with that. */
  #bind({ outside, bind }: Looked): readonly string[] {
    const entries = new Map<string, readonly string[]>();
    for (const { name, source } of this.#lists) {
      const read = outside.read(source);
      if (read.kind === 'content') entries.set(name, read.entries);
    }
    const refusals: string[] = [];
    if (bind(this.#rules, entries).refused !== undefined) {
      // one that can't be used is not to stand in the way of the others
      for (const [name, texts] of entries) {
        const { refused } = bind(this.#rules, new Map([[name, texts]]));
        if (refused === undefined) continue;
        const former = this.#entries.get(name);
        refusals.push(
          former === undefined ? `rules that name \`@${name}\` are left out: ${refused}` : `${KEPT}: ${refused}`,
        );
        if (former === undefined) entries.delete(name);
        else entries.set(name, former);
      }
    }
    const { rules, problems, refused } = bind(this.#rules, entries);
    // each alone can be used, but not all of them
    if (refused !== undefined) return [...refusals, `${KEPT}: ${refused}`];
    this.#entries = entries;
    const leftOut = new Set(this.#withoutLists().map(({ id }) => id));
    this.#leftOut = rules.filter(({ id }) => leftOut.has(id));
    this.#current = compilePipelineRules(rules, new Set(this.#leftOut));
    return [...refusals, ...problems];
  }

  /** Rules that name one of the lists whose entries are not known. */
  #withoutLists(): readonly Rule[] {
    const missing = new Set(this.#lists.map(({ name }) => name).filter((name) => !this.#entries.has(name)));
    return missing.size === 0 ? [] : this.#rules.filter((rule) => namesAny(rule, missing));
  }
}

function namesAny({ where, except, condition }: Rule, lists: ReadonlySet<string>): boolean {
  const then = condition.kind === 'window' ? condition.then?.where : undefined;
  return [where, except, then]
    .flatMap((expression) => (expression === undefined ? [] : operandsOf(expression)))
    .some((operand) => operand.kind === 'list' && operand.outside === true && lists.has(operand.name));
}

function linesOf(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
}
