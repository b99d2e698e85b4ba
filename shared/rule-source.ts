/** The rules of a run that goes on: compiled once, and again when a list that they name has changed. */
import { compilePipelineRules, type PipelineRules } from './pipeline.ts';
import type { Diagnostic } from './rules/diagnostics.ts';
import type { LoadedRules } from './rules/load.ts';
import type { OutsideLists } from './rules/outside-lists.ts';
import type { Rule } from './rules/rule.ts';

/** What a run has to be told of after its lists were looked at. */
export interface Refreshed {
  /** Lists that could not be read again, and changes that could not be used: what was there before still holds. */
  readonly problems: readonly string[];
  /** What is wrong with lines of lists that changed. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Rules with the lists as they are by now. */
export interface Reloaded {
  readonly rules: readonly Rule[];
  /** What is wrong with the lists, though they can be used. */
  readonly problems: readonly string[];
  /** Why they can't be used. */
  readonly refused: string | undefined;
}

const NOTHING: Refreshed = { problems: [], diagnostics: [] };

/** Rules, and the outside lists that they are compiled with. */
export class RuleSource {
  #current: PipelineRules;
  readonly #lists: OutsideLists;
  readonly #reload: () => Reloaded;

  /** `reload` gives the same rules with the lists as they are by then. */
  constructor(rules: readonly Rule[], lists: OutsideLists, reload: () => Reloaded) {
    this.#current = compilePipelineRules(rules);
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
    const { rules, problems: ofRules, refused } = this.#reload();
    if (refused === undefined) {
      this.#current = compilePipelineRules(rules);
      return { problems: [...problems, ...ofRules], diagnostics };
    }
    return { problems: [...problems, refused], diagnostics };
  }
}

/** What loading rule files again comes to. */
export function reloadedOf({ rules, diagnostics }: LoadedRules): Reloaded {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  const refused = error && `${error.file}:${error.line}:${error.column}: ${KEPT}: ${error.message}`;
  return { rules, problems: [], refused };
}

/** What is said of lists whose new entries can't be used. */
export const KEPT = 'the lists have changed, and their former entries stay in use';
