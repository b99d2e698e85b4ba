/** The rules of a run that goes on: compiled once, and again when a list that they name has changed. */
import { compilePipelineRules, type PipelineRules } from './pipeline.ts';
import type { Diagnostic } from './rules/diagnostics.ts';
import type { LoadedRules } from './rules/load.ts';
import type { OutsideLists } from './rules/outside-lists.ts';

/** What a run has to be told of after its lists were looked at. */
export interface Refreshed {
  /** Lists that could not be read again, and changes that could not be used: what was there before still holds. */
  readonly problems: readonly string[];
  /** What is wrong with lines of lists that changed. */
  readonly diagnostics: readonly Diagnostic[];
}

const NOTHING: Refreshed = { problems: [], diagnostics: [] };

/** Rules, and the outside lists that they are compiled with. */
export class RuleSource {
  #current: PipelineRules;
  readonly #lists: OutsideLists;
  readonly #reload: () => LoadedRules;

  /** `reload` loads the same rules with the lists as they are by then. */
  constructor(loaded: LoadedRules, lists: OutsideLists, reload: () => LoadedRules) {
    this.#current = compilePipelineRules(loaded.rules);
    this.#lists = lists;
    this.#reload = reload;
  }

  /** The rules as of the last refresh. */
  get current(): PipelineRules {
    return this.#current;
  }

  /** Looks at the lists whose time has come, and compiles the rules again if one has changed. Call it between deliveries. */
  async refresh(now: Date): Promise<Refreshed> {
    if (!this.#lists.isDue(now)) return NOTHING;
    const { changed, problems, diagnostics } = await this.#lists.refresh(now);
    if (!changed) return { problems, diagnostics };
    const loaded = this.#reload();
    const error = loaded.diagnostics.find(({ severity }) => severity === 'error');
    if (error === undefined) {
      this.#current = compilePipelineRules(loaded.rules);
      return { problems, diagnostics };
    }
    const refused = `${error.file}:${error.line}:${error.column}: the lists have changed, and their former entries stay in use: ${error.message}`;
    return { problems: [...problems, refused], diagnostics };
  }
}
