/** What has to happen before a rule alerts: the keys `when`, `window`, `then` and `within` together. */
import { checkMatches } from './check-matches.ts';
import type { Lists } from './lists.ts';
import { formatDuration } from './quantity.ts';
import { describeMinutes, isAmong, readDuration, readExpression, type Minutes } from './read-values.ts';
import { ENOUGH_WINDOWS, STREAMED_SECONDS, type BaselineCondition, type Condition, type Sequel } from './rule.ts';
import type { Mapping, ShapeReader, Text } from './shape.ts';
import { MAX_WINDOW, parseWhen, type When } from './when.ts';

const MATCH: Condition = { kind: 'match' };
const WINDOW: Minutes = { least: 60, most: MAX_WINDOW };
const BASELINE_WINDOW: Minutes = { least: 60, most: 7 * 86_400 };
const WITHIN: Minutes = { least: 60, most: STREAMED_SECONDS };

/** Reads a rule's condition and reports what is wrong with it; `match` where it is not there or can't be read. */
export function readCondition(reader: ShapeReader, mapping: Mapping, lists: Lists): Condition {
  return new ConditionReader(reader, mapping, lists).read();
}

class ConditionReader {
  readonly #reader: ShapeReader;
  readonly #mapping: Mapping;
  readonly #lists: Lists;

  constructor(reader: ShapeReader, mapping: Mapping, lists: Lists) {
    this.#reader = reader;
    this.#mapping = mapping;
    this.#lists = lists;
  }

  read(): Condition {
    const when = this.#when();
    const window = this.#window();
    const sequel = this.#sequel(when, window?.seconds);
    if (!this.#mapping.entries.has('when')) return this.#withoutWhen();
    if (when === undefined) return MATCH;
    if (when.kind === 'absence' || when.kind === 'new') {
      const entry = this.#mapping.entries.get('window');
      if (entry === undefined) return when;
      const hint = `leave out \`window\`: \`${when.text}\` says how long it looks`;
      return this.#reader.report('E309', entry.keySpan, '`window` has no meaning for this condition', hint) ?? when;
    }
    if (!this.#mapping.entries.has('window')) {
      const { keySpan } = this.#mapping.entries.get('when')!;
      this.#reader.report('E306', keySpan, '`when` is there without `window`', 'add `window: 10m`');
    }
    if (window === undefined) return MATCH;
    const { seconds } = window;
    if (when.kind === 'baseline') return this.#baseline({ ...when, seconds }, window.text);
    return { kind: 'window', seconds, when: when.threshold, then: sequel };
  }

  #when(): When | undefined {
    const text = this.#reader.textAt(this.#mapping, 'when');
    if (text === undefined) return undefined;
    const { when, findings } = parseWhen(text.text);
    for (const finding of findings) this.#reader.reportIn(text, finding);
    return when;
  }

  #window(): { readonly seconds: number; readonly text: Text } | undefined {
    const text = this.#reader.textAt(this.#mapping, 'window');
    const seconds = text && readDuration(this.#reader, 'window', text);
    if (text === undefined || seconds === undefined) return undefined;
    if (isAmong(seconds, WINDOW)) return { seconds, text };
    return this.#reader.report('E307', text.span, `a window is ${describeMinutes(WINDOW)}, not \`${text.text}\``);
  }

  #withoutWhen(): Condition {
    const entry = this.#mapping.entries.get('window');
    if (entry !== undefined) {
      const hint = 'add `when: count() >= 10`, or leave out `window` so that every match alerts';
      this.#reader.report('E306', entry.keySpan, '`window` is there without `when`', hint);
    }
    return MATCH;
  }

  #baseline(condition: BaselineCondition, window: Text): Condition {
    if (!isAmong(condition.seconds, BASELINE_WINDOW)) {
      const limits = describeMinutes(BASELINE_WINDOW);
      this.#reader.report('E307', window.span, `the window of a baseline is ${limits}, not \`${window.text}\``);
    } else if (condition.over < ENOUGH_WINDOWS * condition.seconds) {
      const over = formatDuration(condition.over);
      const message = `${over} holds fewer than ${ENOUGH_WINDOWS} windows of \`${window.text}\`, too few to tell what is usual`;
      const enough = formatDuration(ENOUGH_WINDOWS * condition.seconds);
      this.#reader.report('E310', window.span, message, `write a shorter window, or \`over ${enough}\` or longer`);
    }
    return condition;
  }

  /** Undefined where there is none, or something is wrong with it. */
  #sequel(when: When | undefined, window: number | undefined): Sequel | undefined {
    const { entries } = this.#mapping;
    const then = entries.get('then');
    const within = this.#within();
    if (then === undefined) {
      const entry = entries.get('within');
      if (entry === undefined) return undefined;
      const hint = 'add `then: action = ACCEPT`, which has to match after the window';
      return this.#reader.report('E311', entry.keySpan, '`within` is there without `then`', hint);
    }
    const where = readExpression(this.#reader, this.#mapping, 'then', this.#lists);
    if (where !== undefined) checkMatches(this.#reader, this.#mapping, 'then', where);
    if (!entries.has('within')) {
      const hint = 'add `within: 10m`, the time from the window to the match';
      return this.#reader.report('E311', then.keySpan, '`then` is there without `within`', hint);
    }
    if (!entries.has('when') && !entries.has('window')) {
      const hint = 'add `window: 10m` and `when: count() >= 10`; `window: 1m` and `when: count() >= 1` for any match';
      return this.#reader.report('E311', then.keySpan, '`then` is there without a window before it', hint);
    }
    if (when !== undefined && when.kind !== 'threshold') {
      const hint = 'a sequence begins with a window: `window: 10m`, `when: count() >= 10`';
      return this.#reader.report('E311', then.keySpan, `\`then\` can't follow \`${when.text}\``, hint);
    }
    if (window !== undefined && window > STREAMED_SECONDS) {
      const limit = formatDuration(STREAMED_SECONDS);
      const message = `\`then\` can't follow a window of ${formatDuration(window)}`;
      return this.#reader.report('E311', then.keySpan, message, `sequences stream: the window is at most ${limit}`);
    }
    return where === undefined || within === undefined ? undefined : { where, within };
  }

  #within(): number | undefined {
    const text = this.#reader.textAt(this.#mapping, 'within');
    const seconds = text && readDuration(this.#reader, 'within', text);
    if (text === undefined || seconds === undefined || isAmong(seconds, WITHIN)) return seconds;
    return this.#reader.report('E310', text.span, `\`within\` is ${describeMinutes(WITHIN)}, not \`${text.text}\``);
  }
}
