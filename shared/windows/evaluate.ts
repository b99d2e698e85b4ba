/** Which windows and sequences of an hour alert. The event time is the last minute: a window's, or a sequel's. */
import type { Rule } from '../rules/rule.ts';
import type { Crossing } from './evidence.ts';
import { gatherEvidence } from './gather.ts';
import type { Hour } from './hour.ts';
import { valuesOfPath } from './paths.ts';
import { evaluateSequences } from './sequence.ts';
import { slideWindows, type Window } from './slide.ts';

/**
 * Every crossing whose event time lies in `hour`: of each group and suppress period the strongest.
 * A window is at most an hour long, and a sequel comes at most an hour after it, so that nothing reaches further back
 * than the two hours before.
 *
 * @param rules by `stateKey`; groups of other rules are passed over
 * @param before the hour before, and the one before that
 */
export function* evaluateHour(
  rules: ReadonlyMap<string, Rule>,
  hour: Hour,
  before: readonly [Hour | undefined, Hour | undefined],
): Generator<Crossing> {
  const isAlone = ({ condition }: Rule): boolean => condition.kind === 'window' && condition.then === undefined;
  yield* strongest(slideWindows(rules, hour, before[0], isAlone), hour);
  yield* evaluateSequences(rules, hour, before);
}

/** Of each group's windows the strongest of each suppress period. */
function* strongest(windows: Iterable<Window>, hour: Hour): Generator<Crossing> {
  let best: Window | undefined;
  for (const window of windows) {
    const isSame = best !== undefined && best.group === window.group && periodOf(best) === periodOf(window);
    if (best !== undefined && !isSame) yield crossingOf(best, hour);
    if (best === undefined || !isSame || window.value > best.value) best = window;
  }
  if (best !== undefined) yield crossingOf(best, hour);
}

function periodOf({ rule, minute }: Window): number {
  return Math.floor((minute * 60) / rule.suppress);
}

function crossingOf({ rule, group, minute, minutes, value, steps }: Window, hour: Hour): Crossing {
  return {
    rule,
    group: valuesOfPath(hour, group),
    time: minute * 60,
    start: (minute - minutes + 1) * 60,
    end: (minute + 1) * 60,
    value,
    evidence: gatherEvidence(steps()),
  };
}
