/**
 * The rules of a deployment: checked when it was packaged, with all lists that were at hand. Those that are objects of
 * S3 are read where the rules run, and looked at anew between one delivery and the next.
 */
import type { PipelineRules } from './pipeline.ts';
import { KEPT, RuleSource, type Reloaded, type Refreshed } from './rule-source.ts';
import type { ListSource } from './rules/list-source.ts';
import type { FetchList, OutsideLists } from './rules/outside-lists.ts';

/** A list that is read where the rules run. */
export interface RuntimeList {
  readonly name: string;
  readonly source: ListSource;
}

/** Rules whose lists change while they are in use. */
export class DeployedRules {
  readonly #rules: PipelineRules;
  readonly #lists: readonly RuntimeList[];
  readonly #fetch: FetchList;
  #source: RuleSource | undefined;

  /**
   * `rules` are as they were packaged, when the entries of `lists` were not known; `fetch` looks at the places of these,
   * and nothing does before {@link refresh} is called.
   */
  constructor(rules: PipelineRules, lists: readonly RuntimeList[], fetch: FetchList) {
    this.#rules = rules;
    this.#lists = lists;
    this.#fetch = fetch;
  }

  /** The rules as of the last refresh; a list that could never be read is empty. */
  get current(): PipelineRules {
    return this.#source?.current ?? this.#rules;
  }

  /**
   * Reads the lists at the first call, and later those whose time has come; returns what has to be told. Never fails for
   * what lies outside: a list that can't be read again keeps its entries.
   */
  async refresh(now: Date): Promise<readonly string[]> {
    if (this.#lists.length === 0) return [];
    if (this.#source !== undefined) return messagesOf(await this.#source.refresh(now));
    return this.#readFirst(now);
  }

  async #readFirst(now: Date): Promise<readonly string[]> {
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
    const bind = (): Reloaded => bindLists(this.#rules.all, this.#entriesOf(outside));
    const { rules, problems, refused } = bind();
    const reload = (): Reloaded => {
      const reloaded = bind();
      return reloaded.refused === undefined ? reloaded : { ...reloaded, refused: `${KEPT}: ${reloaded.refused}` };
    };
    this.#source = new RuleSource(refused === undefined ? rules : this.#rules.all, outside, reload);
    return [
      ...this.#lists.flatMap(({ name, source }) => {
        const read = outside.read(source);
        if (read.kind === 'failed') return [`\`@${name}\` is empty until it can be read: ${read.message}`];
        return messagesOf({ problems: [], diagnostics: read.diagnostics });
      }),
      ...(refused === undefined ? problems : [`the lists stay empty: ${refused}`]),
    ];
  }

  #entriesOf(outside: OutsideLists): ReadonlyMap<string, readonly string[]> {
    return new Map(
      this.#lists.map(({ name, source }) => {
        const read = outside.read(source);
        return [name, read.kind === 'content' ? read.entries : []];
      }),
    );
  }
}

function messagesOf({ problems, diagnostics }: Refreshed): readonly string[] {
  const lines = diagnostics.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  return [...problems, ...lines];
}
