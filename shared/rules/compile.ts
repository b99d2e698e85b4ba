/**
 * Rules to tables: for each field the value space is cut into classes that no rule tells apart, and each class
 * becomes the set of clauses it satisfies. Evaluation then only looks sets up and intersects them.
 */
import { DERIVED_BY_COLUMN, fieldType } from '../flow/derived.ts';
import { FIELD_BY_COLUMN } from '../flow/fields.ts';
import { FIRST_IPV6 } from '../flow/address.ts';
import { planAddresses, type AddressStarts } from './address-ranges.ts';
import type { Stretch } from './bit-sets.ts';
import type { Clause } from './clause.ts';
import { clausesOf } from './clauses.ts';
import { cutField, demandsByField, type Cut } from './cut.ts';
import type { Expression } from './expression.ts';
import type { ClausePlan, Exception, FieldPlan } from './plan.ts';
import { lastAtMost } from './last-at-most.ts';
import type { Rule } from './rule.ts';
import type { Runner } from './runner.ts';
import { TextClasses } from './text-classes.ts';
import { TextLine } from './value-set.ts';
import { Scratch } from './scratch.ts';

/** Rules ready to be evaluated. It remembers combinations met in traffic, so one value serves one thread. */
export interface CompiledRules {
  readonly rules: readonly Rule[];
  /** How many they are, for those who need not know which. */
  readonly count: number;
  readonly clauses: ClausePlan;
  /** Fields that rules look at. */
  readonly plans: readonly FieldPlan[];
  readonly addresses: AddressStarts;
  /** By format: the fields' order and what has been worked out so far. */
  readonly runners: Map<string, Runner>;
  readonly scratch: Scratch;
}

/** Largest value of an integer field that gets a table of its own. */
const TABLE_LIMIT = 65_535;

/** Compiles checked rules, as loadRules returns them; a rule too large for it throws, as loadRules refuses it. */
export function compileRules(rules: readonly Rule[]): CompiledRules {
  const line = new TextLine();
  const clauses: Clause[] = [];
  const owners: number[] = [];
  const exceptions: Exception[] = [];
  const add = (index: number, expression: Expression): Stretch => {
    const from = clauses.length;
    const alternatives = clausesOf(expression, line);
    if (alternatives === undefined) throw new Error(`rule ${rules[index]!.id} is too large: it has not been checked`);
    for (const clause of alternatives) {
      clauses.push(clause);
      owners.push(index);
    }
    return { from, to: clauses.length };
  };
  for (const [index, { where, except }] of rules.entries()) {
    const included = add(index, where);
    if (except !== undefined && included.to > included.from)
      exceptions.push({ included, excluded: add(index, except) });
  }
  const cuts = demandsByField(clauses).map((demand) => cutField(demand, clauses.length));
  const places = cutPlaces(cuts.filter((cut) => fieldType(cut.column) === 'address'));
  return {
    rules,
    count: rules.length,
    clauses: {
      owners: Uint32Array.from(owners),
      exceptions: exceptions.filter(({ excluded }) => excluded.to > excluded.from),
    },
    plans: cuts.map((cut) => planField(cut, places, line)),
    addresses: planAddresses(places),
    runners: new Map(),
    scratch: new Scratch(),
  };
}

function planField(cut: Cut, places: readonly bigint[], line: TextLine): FieldPlan {
  const { column, choices, looking } = cut;
  const base = { column, choices, looking, null: cut.null };
  const field = FIELD_BY_COLUMN.get(column) ?? DERIVED_BY_COLUMN.get(column)!;
  switch (field.type) {
    case 'int32':
    case 'int64': {
      const starts = Float64Array.from(cut.starts, Number);
      if (field.max === undefined || field.max > TABLE_LIMIT || choices.length > 65_536) {
        return { ...base, kind: 'ranges', starts, classes: Uint32Array.from(cut.classes) };
      }
      const classes = new Uint16Array(field.max + 2);
      classes[0] = cut.null;
      for (let i = 0; i < starts.length; i++)
        classes.fill(cut.classes[i]!, starts[i]! + 1, (starts[i + 1] ?? field.max + 1) + 1);
      return { ...base, kind: 'table', classes };
    }
    case 'string': {
      const starts = Float64Array.from(cut.starts, Number);
      const other = cut.classes[0]!;
      const named = [...line.places]
        .map(([text, place]) => [text, cut.classes[lastAtMost(starts, place)]!] as const)
        .filter(([, number]) => number !== other);
      if (cut.patterns.length === 0) return { ...base, kind: 'text', classes: new Map(named), other };
      const bits = new Map(named.map(([text, number]) => [text, choices[number]!]));
      const classes = new TextClasses(bits, choices[other]!, choices[cut.null]!, cut.patterns);
      return { ...base, kind: 'pattern', classes, choices: classes.choices, null: classes.null };
    }
    case 'address': {
      let own = 0;
      const classes = places.map((place) => {
        while (own + 1 < cut.starts.length && cut.starts[own + 1]! <= place) own++;
        return cut.classes[own]!;
      });
      return { ...base, kind: 'address', classes: Uint32Array.from(classes) };
    }
  }
}

/** The starts of every address field's classes together, so that an address is classified once for all of them. */
function cutPlaces(cuts: readonly Cut[]): readonly bigint[] {
  const places = [0n, FIRST_IPV6, ...cuts.flatMap((cut) => cut.starts)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  // not by a set: IPv6 networks differ in bits that the hash of a bigint leaves out
  return places.filter((place, index) => index === 0 || place !== places[index - 1]);
}
