/**
 * The first reading of a delivery in a process, without V8's slowest compiler. It would set about optimising the loops over
 * a large first delivery while that is still being read, and be done when nothing is left of it to be gained: on the share
 * of a processor that a small function has, a quarter of a first event's time. Whatever comes later has it.
 *
 * Only while nothing is loaded: under other flags than those it was built with, V8 does not take the code that Node has
 * ready for its own modules, and compiles them anew.
 */
import { setFlagsFromString } from 'node:v8';

/** Work whose first call is a quick one. It is to be synchronous, and to load nothing. */
export function quickStart<Given, Result>(work: (given: Given) => Result): (given: Given) => Result {
  let isFirst = true;
  return (given) => {
    if (!isFirst) return work(given);
    isFirst = false;
    setFlagsFromString('--no-opt');
    try {
      return work(given);
    } finally {
      setFlagsFromString('--opt');
    }
  };
}
