/** Where a value stands among starts of ranges. */

/** The index of the last start that is not above the value, sought from `first` to `last`; starts ascend. */
export function lastAtMost(starts: Float64Array, value: number, first = 0, last = starts.length - 1): number {
  let low = first;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
