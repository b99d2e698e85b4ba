/** THE property of the import: what comes over matches the records that the Sigma rule does, no more and no fewer. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { importSigma } from '../../shared/rules/import-sigma/import-sigma.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { evaluate } from './naive.ts';

type Value = string | number | null;

/** A record by Sigma's names; what flow logs call the fields. */
interface Event {
  readonly src_ip: string;
  readonly dst_port: number;
  readonly protocol: number;
  readonly action: string;
  readonly vpc_id: string | null;
}

const COLUMNS = {
  src_ip: 'srcaddr',
  dst_port: 'dstport',
  protocol: 'protocol',
  action: 'action',
  vpc_id: 'vpc_id',
} as const;

const event: fc.Arbitrary<Event> = fc.record({
  src_ip: fc.constantFrom(
    '10.0.0.1',
    '10.1.2.3',
    '10.19.0.9',
    '10.200.0.1',
    '192.168.1.5',
    '203.0.113.9',
    '2001:db8::1',
  ),
  dst_port: fc.constantFrom(0, 22, 23, 80, 443, 1023, 1024, 65_535),
  protocol: fc.constantFrom(1, 6, 17),
  action: fc.constantFrom('ACCEPT', 'REJECT'),
  vpc_id: fc.constantFrom('vpc-0a1', 'vpc-0b2', 'vpc-0a1b2', null),
});

/** One entry of a selection, and what it means, read plainly from Sigma's specification. */
interface Item {
  readonly key: string;
  readonly value: Value | boolean | readonly Value[];
  readonly holds: (event: Event) => boolean;
}

const someOf = <T>(...values: readonly T[]): fc.Arbitrary<readonly T[]> => fc.subarray([...values], { minLength: 1 });
const item = <T>(values: fc.Arbitrary<T>, of: (value: T) => Item): fc.Arbitrary<Item> => values.map(of);

const PROTOCOLS: Readonly<Record<string, number>> = { TCP: 6, udp: 17, '1': 1 };
const ACTIONS: Readonly<Record<string, string>> = { Denied: 'REJECT', drop: 'REJECT', accept: 'ACCEPT' };
const BEGINNINGS = ['10.', '10.1', '10.1.', '192.168.', '1'];

const anyItem: fc.Arbitrary<Item> = fc.oneof(
  item(someOf(22, 80, 443), (ports) => ({ key: 'dst_port', value: ports, holds: (e) => ports.includes(e.dst_port) })),
  item(fc.constantFrom(22, 1024), (port) => ({ key: 'dst_port|gte', value: port, holds: (e) => e.dst_port >= port })),
  item(fc.constantFrom(23, 1024), (port) => ({ key: 'dst_port|lt', value: port, holds: (e) => e.dst_port < port })),
  item(fc.constantFrom(22, 80), (port) => ({ key: 'dst_port|neq', value: port, holds: (e) => e.dst_port !== port })),
  item(someOf('10.0.0.1', '2001:db8::1'), (all) => ({
    key: 'src_ip',
    value: all,
    holds: (e) => all.includes(e.src_ip),
  })),
  item(someOf(...BEGINNINGS), (all) => ({
    key: 'src_ip|startswith',
    value: all,
    holds: (e) => all.some((each) => e.src_ip.startsWith(each)),
  })),
  item(fc.constantFrom(...BEGINNINGS), (each) => ({
    key: 'src_ip',
    value: `${each}*`,
    holds: (e) => e.src_ip.startsWith(each),
  })),
  item(fc.constant('10.0.0.0/8'), (network) => ({
    key: 'src_ip|cidr',
    value: network,
    holds: (e) => e.src_ip.startsWith('10.'),
  })),
  item(someOf(...Object.keys(PROTOCOLS)), (names) => ({
    key: 'protocol',
    value: names,
    holds: (e) => names.some((name) => PROTOCOLS[name] === e.protocol),
  })),
  item(someOf(...Object.keys(ACTIONS), '2'), (words) => ({
    key: 'action',
    value: words,
    holds: (e) => words.some((word) => ACTIONS[word] === e.action),
  })),
  item(someOf('vpc-0a1', 'VPC-0B2'), (ids) => ({
    key: 'vpc_id',
    value: ids,
    holds: (e) => ids.some((id) => id.toLowerCase() === e.vpc_id),
  })),
  item(fc.constantFrom('0a', '1'), (part) => ({
    key: 'vpc_id|contains',
    value: part,
    holds: (e) => e.vpc_id?.includes(part) === true,
  })),
  item(fc.constant(['0', 'b2']), (parts) => ({
    key: 'vpc_id|contains|all',
    value: parts,
    holds: (e) => parts.every((part) => e.vpc_id?.includes(part)),
  })),
  item(fc.constant(null), (value) => ({ key: 'vpc_id', value, holds: (e) => e.vpc_id === null })),
  item(fc.boolean(), (value) => ({ key: 'vpc_id|exists', value, holds: (e) => (e.vpc_id !== null) === value })),
  item(fc.constant('vpc-0a1'), (value) => ({ key: 'vpc_id|neq', value, holds: (e) => e.vpc_id !== value })),
);

/** A selection as YAML takes it (JSON is YAML), and what it means. */
interface Meaning {
  readonly text: unknown;
  readonly holds: (event: Event) => boolean;
}

const all: fc.Arbitrary<Meaning> = fc
  .uniqueArray(anyItem, { minLength: 1, maxLength: 3, selector: ({ key }) => key })
  .map((items) => ({
    text: Object.fromEntries(items.map(({ key, value }) => [key, value])),
    holds: (event) => items.every(({ holds }) => holds(event)),
  }));
const selection: fc.Arbitrary<Meaning> = fc.oneof(
  { weight: 3, arbitrary: all },
  {
    weight: 1,
    arbitrary: fc.array(all, { minLength: 1, maxLength: 3 }).map((any) => ({
      text: any.map(({ text }) => text),
      holds: (event: Event) => any.some(({ holds }) => holds(event)),
    })),
  },
);

const NAMES = ['sel_a', 'sel_b', 'other'] as const;
type Selections = Readonly<Record<(typeof NAMES)[number], Meaning>>;
interface Condition {
  readonly text: string;
  readonly holds: (selections: Selections, event: Event) => boolean;
}

const condition: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...NAMES).map((name): Condition => ({ text: name, holds: (of, e) => of[name].holds(e) })),
    fc.constant<Condition>({ text: '1 of sel_*', holds: (of, e) => of.sel_a.holds(e) || of.sel_b.holds(e) }),
    fc.constant<Condition>({ text: 'all of them', holds: (of, e) => NAMES.every((name) => of[name].holds(e)) }),
    tie('tree').map((inner): Condition => ({ text: `not (${inner.text})`, holds: (of, e) => !inner.holds(of, e) })),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]): Condition => ({
      text: `(${a.text} and ${b.text})`,
      holds: (of, e) => a.holds(of, e) && b.holds(of, e),
    })),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]): Condition => ({
      text: `(${a.text} or ${b.text})`,
      holds: (of, e) => a.holds(of, e) || b.holds(of, e),
    })),
  ),
})).tree;

test('a rule that comes over matches what it matched', () => {
  let translated = 0;
  fc.assert(
    fc.property(
      fc.record({ sel_a: selection, sel_b: selection, other: selection }),
      condition,
      fc.array(event, { minLength: 1, maxLength: 20 }),
      (selections, { text, holds }, events) => {
        const detection = {
          ...Object.fromEntries(NAMES.map((name) => [name, selections[name].text])),
          condition: text,
        };
        const rule = { title: 'Odd', logsource: { product: 'aws', service: 'vpcflow' }, detection };
        const result = importSigma([{ name: 'sigma.yml', text: JSON.stringify(rule) }], { partial: false });
        if (result.ids.length === 0) {
          // refused as it can never match, or always does, and for nothing else
          expect(result.diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
            'E605',
          ]);
          return;
        }
        translated++;
        const [loaded] = loadRules([{ name: 'rules.yml', text: result.text }]).rules;
        for (const each of events) {
          const read = (column: string): Value =>
            each[(Object.keys(COLUMNS) as (keyof Event)[]).find((name) => COLUMNS[name] === column)!];
          expect({ each, matches: evaluate(loaded!.where, read) === true }).toEqual({
            each,
            matches: holds(selections, each),
          });
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(translated).toBeGreaterThan(150);
});
