/**
 * Seeded randomness: the same seed gives the same numbers on every machine.
 * Only integer and basic floating-point arithmetic is used; powers and logarithms differ between engines.
 */

/** A source of repeatable random choices. */
export interface Random {
  /** At least 0, less than 1. */
  unit(): number;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** Like `between`, but three quarters of the values lie in the lowest fifth or so: sizes and volumes look like this. */
  skewed(low: number, high: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** So many lower-case hexadecimal digits. */
  hex(digits: number): string;
}

/** A generator (sfc32, Chris Doty-Humphrey's small fast counter) whose state is a hash of the seed's text. */
export function createRandom(seed: string): Random {
  let a = fnv1a(seed, 0x811c9dc5);
  let b = fnv1a(seed, a ^ 0x9e3779b9);
  let c = fnv1a(seed, b ^ 0x85ebca6b);
  let counter = 1;

  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();

  const unit = (): number => next() / 4_294_967_296;
  const between = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  return {
    unit,
    between,
    skewed: (low, high) => {
      const share = unit();
      return low + Math.floor(share * share * share * (high - low + 1));
    },
    pick: (items) => items[between(0, items.length - 1)]!,
    chance: (probability) => unit() < probability,
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += next().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
  };
}

/** FNV-1a over the text's UTF-16 code units. */
function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}
