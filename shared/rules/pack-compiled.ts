/**
 * Compiled rules as plain JSON and back: what is bundled into functions beside the rules, so that nothing has to be
 * compiled where they start, and no rule unpacked before a record matches it.
 */
import { layOutAddresses } from './address-ranges.ts';
import type { Bits } from './bit-sets.ts';
import type { CompiledRules } from './compile.ts';
import type { Exception, FieldPlan } from './plan.ts';
import type { Rule } from './rule.ts';
import { Scratch } from './scratch.ts';
import { TextClasses, type PatternDemand } from './text-classes.ts';

/** Compiled rules as JSON takes them; the rules themselves are kept elsewhere. */
export interface PackedCompiled {
  readonly count: number;
  readonly owners: readonly number[];
  readonly exceptions: readonly Exception[];
  readonly plans: readonly PackedPlan[];
  readonly ipv4: readonly number[];
  readonly ipv6: readonly number[];
}

/** Sets of clauses; a set is written as its words. */
type PackedBits = readonly number[];

type PackedPlan = {
  readonly column: string;
  readonly looking: PackedBits;
} & (
  | (Choices & { readonly kind: 'table'; readonly length: number; readonly starts: Numbers; readonly classes: Numbers })
  | (Choices & { readonly kind: 'ranges'; readonly starts: Numbers; readonly classes: Numbers })
  | (Choices & {
      readonly kind: 'text';
      readonly classes: readonly (readonly [string, number])[];
      readonly other: number;
    })
  | (Choices & { readonly kind: 'address'; readonly classes: Numbers })
  | {
      readonly kind: 'pattern';
      readonly named: readonly (readonly [string, PackedBits])[];
      readonly others: PackedBits;
      readonly ofNull: PackedBits;
      readonly demands: readonly PatternDemand[];
    }
);

interface Choices {
  readonly choices: readonly PackedBits[];
  readonly null: number;
}

type Numbers = readonly number[];

/** Packs rules that have just been compiled. */
export function packCompiled({ count, clauses, plans, addresses }: CompiledRules): PackedCompiled {
  return {
    count,
    owners: [...clauses.owners],
    exceptions: clauses.exceptions,
    plans: plans.map(packPlan),
    ipv4: [...addresses.ipv4],
    ipv6: [...addresses.ipv6],
  };
}

function packPlan(plan: FieldPlan): PackedPlan {
  const { column } = plan;
  const looking = [...plan.looking];
  const choices = { choices: plan.choices.map((bits) => [...bits]), null: plan.null };
  switch (plan.kind) {
    case 'table': {
      // most values are of the class of those before them
      const starts = [...plan.classes.keys()].filter((at) => at === 0 || plan.classes[at] !== plan.classes[at - 1]);
      const classes = starts.map((at) => plan.classes[at]!);
      return { column, looking, ...choices, kind: 'table', length: plan.classes.length, starts, classes };
    }
    case 'ranges':
      return { column, looking, ...choices, kind: 'ranges', starts: [...plan.starts], classes: [...plan.classes] };
    case 'text':
      return { column, looking, ...choices, kind: 'text', classes: [...plan.classes], other: plan.other };
    case 'address':
      return { column, looking, ...choices, kind: 'address', classes: [...plan.classes] };
    case 'pattern': {
      const { named, others, ofNull, demands } = plan.classes.origin;
      return {
        column,
        looking,
        kind: 'pattern',
        named: Array.from(named, ([text, bits]) => [text, [...bits]]),
        others: [...others],
        ofNull: [...ofNull],
        demands,
      };
    }
  }
}

/** The compiled rules that were packed; `rules` gives the rules that they were compiled from, in their order. */
export function unpackCompiled(packed: PackedCompiled, rules: () => readonly Rule[]): CompiledRules {
  const { count, owners, exceptions, plans, ipv4, ipv6 } = packed;
  let unpacked: readonly Rule[] | undefined;
  return {
    count,
    get rules() {
      return (unpacked ??= rules());
    },
    clauses: { owners: Uint32Array.from(owners), exceptions },
    plans: plans.map(unpackPlan),
    addresses: layOutAddresses(Uint32Array.from(ipv4), Uint32Array.from(ipv6)),
    runners: new Map(),
    scratch: new Scratch(),
  };
}

function unpackPlan(plan: PackedPlan): FieldPlan {
  const { column } = plan;
  const looking = bitsOf(plan.looking);
  if (plan.kind === 'pattern') {
    const named = new Map(plan.named.map(([text, bits]) => [text, bitsOf(bits)]));
    const classes = new TextClasses(named, bitsOf(plan.others), bitsOf(plan.ofNull), plan.demands);
    return { column, looking, kind: 'pattern', classes, choices: classes.choices, null: classes.null };
  }
  const base = { column, looking, choices: plan.choices.map(bitsOf), null: plan.null };
  switch (plan.kind) {
    case 'table': {
      const { starts } = plan;
      const classes = new Uint16Array(plan.length);
      for (let i = 0; i < starts.length; i++) classes.fill(plan.classes[i]!, starts[i], starts[i + 1]);
      return { ...base, kind: 'table', classes };
    }
    case 'ranges':
      return {
        ...base,
        kind: 'ranges',
        starts: Float64Array.from(plan.starts),
        classes: Uint32Array.from(plan.classes),
      };
    case 'text':
      return { ...base, kind: 'text', classes: new Map(plan.classes), other: plan.other };
    case 'address':
      return { ...base, kind: 'address', classes: Uint32Array.from(plan.classes) };
  }
}

function bitsOf(words: PackedBits): Bits {
  return Uint32Array.from(words);
}
