/** Time as it can be compared: stages take turns within one process, and only medians and ratios are told. */

/** Something to be timed. */
export interface Stage {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** How often every stage runs. */
export interface Rounds {
  /** Before anything is timed: until the engine has compiled what it runs often. */
  readonly warmUp: number;
  readonly rounds: number;
}

/** A stage's times. */
export interface Timing {
  readonly name: string;
  /** Median, milliseconds. */
  readonly median: number;
  /** Median over the rounds of this stage's time divided by the first stage's in the same round. */
  readonly ratio: number;
  /** Half of the rounds' ratios lie between these two. */
  readonly spread: readonly [number, number];
  /** The same as `ratio` for processor time, helper threads included: what a busy machine disturbs less. */
  readonly processorRatio: number;
}

interface Sample {
  /** Milliseconds. */
  readonly time: number;
  readonly processor: number;
}

/** Runs every stage once a round, in turns, after rounds to warm up. The first stage is what ratios refer to. */
export async function measure(stages: readonly Stage[], { warmUp, rounds }: Rounds): Promise<readonly Timing[]> {
  const samples = stages.map((): Sample[] => []);
  for (let round = 0; round < warmUp + rounds; round++) {
    for (let turn = 0; turn < stages.length; turn++) {
      // each round starts with another stage, so that none always follows the same one
      const index = (turn + round) % stages.length;
      // not a full collection: it would also throw away optimised code, which no deployment does before each delivery
      globalThis.gc?.({ type: 'minor', execution: 'sync' });
      const sample = await timeOnce(stages[index]!);
      if (round >= warmUp) samples[index]!.push(sample);
    }
  }
  return stages.map(({ name }, index) => {
    const ratios = ratiosOf(samples[index]!, samples[0]!, 'time');
    return {
      name,
      median: quantile(
        samples[index]!.map(({ time }) => time),
        0.5,
      ),
      ratio: quantile(ratios, 0.5),
      spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      processorRatio: quantile(ratiosOf(samples[index]!, samples[0]!, 'processor'), 0.5),
    };
  });
}

async function timeOnce({ run }: Stage): Promise<Sample> {
  const processorBefore = process.cpuUsage();
  const before = performance.now();
  await run();
  const time = performance.now() - before;
  const { user, system } = process.cpuUsage(processorBefore);
  return { time, processor: (user + system) / 1_000 };
}

function ratiosOf(samples: readonly Sample[], reference: readonly Sample[], what: keyof Sample): readonly number[] {
  return samples.map((sample, round) => sample[what] / reference[round]![what]);
}

/** The value below which `share` of the values lie: 0.5 for the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.round(share * (sorted.length - 1))]!;
}
