/** Seeded rule files of any size: the shapes people write, over ports, networks, actions, volumes and thresholds. */
import { loadRules } from '../shared/rules/load.ts';
import type { Rule } from '../shared/rules/rule.ts';
import { createRandom, type Random } from './traffic/random.ts';

/** Broad rules that every set starts with; each of them matches many records. */
const BROAD = [
  `where: action = REJECT and srcaddr not in 10.0.0.0/8
    by: [interface_id, srcaddr]
    window: 5m
    when: distinct(dstport) >= 50`,
  `where: action = ACCEPT and initiator = src and dstport in (22, 3389, 5432) and srcaddr not in (10.0.0.0/8, 192.168.0.0/16)`,
  `where: initiator = src and srcaddr in 10.0.0.0/8 and dstaddr not in 10.0.0.0/8
    by: [interface_id, dstaddr]
    window: 1h
    when: sum(bytes) >= 5GB`,
  `where: log_status = SKIPDATA`,
];

/** A rule file of so many rules; the smaller sets are the beginnings of the larger ones. */
export function ruleFile(count: number, seed = 'rules'): string {
  const random = createRandom(seed);
  const bodies = Array.from({ length: count }, (_, index) => BROAD[index] ?? random.pick(NARROW)(random));
  const rules = bodies.map(
    (body, index) => `  - id: bench-${String(index).padStart(4, '0')}
    title: generated rule ${index}
    severity: low
    ${body}`,
  );
  return `rules:\n${rules.join('\n')}\n`;
}

/** The rules of {@link ruleFile}, loaded. */
export function benchRules(count: number): readonly Rule[] {
  const { rules, diagnostics } = loadRules([{ name: 'bench.yml', text: ruleFile(count) }]);
  if (rules.length !== count) throw new Error(`generated rules are wrong: ${JSON.stringify(diagnostics[0])}`);
  return rules;
}

/** Rules about one port, network or volume: a thousand of them match about as many records as ten. */
const NARROW: readonly [(random: Random) => string, ...((random: Random) => string)[]] = [
  (random) => `where: action = REJECT and dstport in (${ports(random)})
    by: [srcaddr]
    window: ${random.pick(['5m', '10m', '30m'])}
    when: count() >= ${random.between(10, 100)}`,
  (random) => `where: action = ACCEPT and srcaddr in (${networks(random)})`,
  (random) => `where: srcaddr in (${networks(random)}) or dstaddr in (${networks(random)})`,
  (
    random,
  ) => `where: direction = egress and server_port = ${port(random)} and dstaddr not in (10.0.0.0/8, ${networks(random)})
    by: [interface_id]
    window: 1h
    when: distinct(dstaddr) >= ${random.between(20, 200)}`,
  (
    random,
  ) => `where: protocol = ${random.pick([6, 17])} and srcport in (${ports(random)}) and bytes > ${random.between(1, 90)}MB
    by: [interface_id, dstaddr]
    window: 1h
    when: sum(bytes) >= ${random.between(1, 20)}GB`,
  (random) => `where: dstport = ${port(random)} and srcaddr in ${subnet(random)} and dstaddr not in ${subnet(random)}
    by: [srcaddr, dstaddr]
    window: 10m
    when: count() >= ${random.between(5, 50)}`,
  (random) => `where: protocol not in (1, 6, 17, 58) and packets >= ${random.between(1, 1_000)}`,
];

function port(random: Random): number {
  return random.chance(0.5) ? random.between(1, 1_023) : random.between(1_024, 32_767);
}

function ports(random: Random): string {
  const first = random.between(1_024, 30_000);
  return [port(random), port(random), `${first}-${first + random.between(1, 40)}`].join(', ');
}

function networks(random: Random): string {
  const one = (): string => `198.${random.between(18, 19)}.${random.between(0, 255)}.${random.between(0, 15) * 16}/28`;
  return Array.from({ length: random.between(1, 4) }, one).join(', ');
}

function subnet(random: Random): string {
  return random.pick(['10.0.0.0/24', '10.0.1.0/24', '10.0.10.0/24', '10.0.11.0/24', '10.0.20.0/24', '10.0.21.0/24']);
}
