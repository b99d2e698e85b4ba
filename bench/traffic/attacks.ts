/** Attacks and mishaps to lay over an ordinary hour: each with the source, the target and the times to check alerts against. */
import { at, outside, TCP, ephemeralPort, type End, type Exchange, type Volume } from './exchange.ts';
import { createRandom, type Random } from './random.ts';
import { APPS, BATCH, CACHE, DATABASES, INTERFACES, WEB, type NetworkInterface } from './vpc.ts';

/** One attack. */
export interface Attack {
  readonly name: AttackName;
  /** What happens, in one sentence. */
  readonly title: string;
  readonly source: string;
  readonly target: string;
  /** First and last moment, Unix seconds. */
  readonly from: number;
  readonly to: number;
  readonly exchanges: readonly Exchange[];
  /** Interfaces that lose records in the interval at `from`. */
  readonly skipped: readonly NetworkInterface[];
}

/** The attacks there are. */
export type AttackName = (typeof ATTACK_NAMES)[number];

/** Every attack, by when it starts. */
export const ATTACK_NAMES = [
  'port-scan',
  'open-admin-port',
  'ssh-guessing',
  'internal-reject',
  'mining',
  'exfiltration',
  'open-database',
  'skipped-records',
  'internal-sweep',
  'spam',
] as const;

/** The attacks named, within the hour that starts at `hour` (Unix seconds). */
export function planAttacks(hour: number, names: readonly AttackName[] = ATTACK_NAMES): readonly Attack[] {
  return names.map((name) => PLANS[name](hour, createRandom(`attack/${name}`)));
}

type Plan = (hour: number, random: Random) => Attack;

const PLANS: Readonly<Record<AttackName, Plan>> = {
  'port-scan': (hour, random) => {
    const source = '203.0.113.7';
    const ports = distinctPorts(random, 120);
    const exchanges = ports.map((port, index) =>
      refused(outside(source, 54_321), at(WEB[0], port), hour + 12 * 60 + index * 2, { packets: 1, bytes: 44 }),
    );
    return attack('port-scan', '120 ports tried on one interface within 4 minutes', source, WEB[0].name, exchanges);
  },

  'open-admin-port': (hour, random) => {
    const source = '203.0.113.45';
    const exchanges = range(3).map((index) =>
      answered(
        outside(source, ephemeralPort(random)),
        at(WEB[1], 3389),
        hour + 15 * 60 + index * 90,
        { packets: random.between(20, 60), bytes: random.between(3_000, 9_000) },
        { packets: random.between(20, 90), bytes: random.between(9_000, 60_000) },
      ),
    );
    return attack('open-admin-port', 'remote desktop (3389) answers the internet', source, WEB[1].name, exchanges);
  },

  'ssh-guessing': (hour, random) => {
    const source = '198.51.100.77';
    const exchanges = range(90).map((index) =>
      answered(
        outside(source, ephemeralPort(random)),
        at(WEB[0], 22),
        hour + 20 * 60 + index * 8,
        { packets: random.between(11, 16), bytes: random.between(1_500, 2_600) },
        { packets: random.between(10, 15), bytes: random.between(2_200, 3_600) },
      ),
    );
    return attack('ssh-guessing', '90 short SSH connections within 12 minutes', source, WEB[0].name, exchanges);
  },

  'internal-reject': (hour, random) => {
    const app = APPS[2];
    const exchanges = range(60).map((index) =>
      refused(at(app, ephemeralPort(random)), at(DATABASES[0], 3306), hour + 26 * 60 + index * 15, {
        packets: 3,
        bytes: 180,
      }),
    );
    const title = 'an application server keeps trying a database port (3306) that it may not reach';
    return attack('internal-reject', title, app.address, DATABASES[0].name, exchanges);
  },

  mining: (hour, random) => {
    const pool = outside('203.0.113.99', 3333);
    const client = at(APPS[0], ephemeralPort(random));
    const exchanges = minutes(client, pool, hour + 28 * 60, 25, () => [
      { packets: random.between(6, 14), bytes: random.between(700, 1_800) },
      { packets: random.between(6, 14), bytes: random.between(900, 2_600) },
    ]);
    const title = 'an application server talks to a mining pool (3333) for 25 minutes';
    return attack('mining', title, APPS[0].address, pool.address, exchanges);
  },

  exfiltration: (hour, random) => {
    const drop = outside('203.0.113.66', 443);
    const client = at(APPS[1], ephemeralPort(random));
    const exchanges = minutes(client, drop, hour + 32 * 60, 20, () => [
      { packets: 214_000, bytes: 300_000_000 },
      { packets: 52_000 + random.between(0, 2_000), bytes: 2_800_000 },
    ]);
    const title = '6 GB leave through the NAT gateway in 20 minutes';
    return attack('exfiltration', title, APPS[1].address, drop.address, exchanges);
  },

  'open-database': (hour, random) => {
    const source = '203.0.113.80';
    const exchanges = range(4).map((index) =>
      answered(
        outside(source, ephemeralPort(random)),
        at(WEB[0], 5432),
        hour + 34 * 60 + index * 45,
        { packets: random.between(10, 40), bytes: random.between(1_500, 5_000) },
        { packets: random.between(10, 60), bytes: random.between(4_000, 50_000) },
      ),
    );
    return attack('open-database', 'a database (5432) answers the internet', source, WEB[0].name, exchanges);
  },

  'skipped-records': (hour) => {
    const from = hour + 37 * 60;
    const title = 'AWS lost records of one interface for a minute (SKIPDATA)';
    const nothing = { exchanges: [], skipped: [CACHE] };
    return { name: 'skipped-records', title, source: '-', target: CACHE.name, from, to: from + 59, ...nothing };
  },

  'internal-sweep': (hour, random) => {
    const targets = INTERFACES.filter((nic) => nic !== BATCH).map((nic) => at(nic, 445));
    const empty = range(140).map((index) => outside(`10.0.${10 + Math.floor(index / 70)}.${100 + (index % 70)}`, 445));
    const exchanges = [...targets, ...empty].map((target, index) => {
      const sent = { packets: 2, bytes: 120 };
      return refused(at(BATCH, ephemeralPort(random)), target, hour + 41 * 60 + index, sent);
    });
    const title = '151 addresses of the VPC tried on one port (445), each interface once';
    return attack('internal-sweep', title, BATCH.address, 'all others', exchanges);
  },

  spam: (hour, random) => {
    const exchanges = range(60).map((index) =>
      answered(
        at(WEB[1], ephemeralPort(random)),
        outside(`192.0.2.${10 + index * 4}`, 25),
        hour + 48 * 60 + index * 7,
        { packets: random.between(12, 30), bytes: random.between(4_000, 20_000) },
        { packets: random.between(8, 14), bytes: random.between(700, 1_400) },
      ),
    );
    return attack('spam', 'mail (25) to 60 servers within 7 minutes', WEB[1].address, 'the internet', exchanges);
  },
};

function attack(
  name: AttackName,
  title: string,
  source: string,
  target: string,
  exchanges: readonly Exchange[],
): Attack {
  const from = exchanges[0]!.start;
  const to = exchanges.reduce((last, exchange) => Math.max(last, exchange.end), from);
  return { name, title, source, target, from, to, exchanges, skipped: [] };
}

/** A short connection that works. */
function answered(client: End, server: End, start: number, sent: Volume, answer: Volume): Exchange {
  return { client, server, protocol: TCP, start, end: start + 4, phase: 'whole', sent, outcome: 'answered', answer };
}

/** One connection that stays open: an exchange a minute. */
function minutes(
  client: End,
  server: End,
  from: number,
  count: number,
  volumes: () => readonly [Volume, Volume],
): readonly Exchange[] {
  return range(count).map((minute) => {
    const [sent, answer] = volumes();
    const start = from + minute * 60;
    const phase = minute === 0 ? 'opening' : 'running';
    return { client, server, protocol: TCP, start, end: start + 59, phase, sent, outcome: 'answered', answer };
  });
}

/** A try that the target's security group turns away, or that nobody is there to answer. */
function refused(client: End, server: End, start: number, sent: Volume): Exchange {
  const outcome = server.nic === undefined ? 'silent' : 'rejected';
  return { client, server, protocol: TCP, start, end: start + 1, phase: 'whole', sent, outcome, answer: undefined };
}

/** Ports below 10,000 that the web servers do not open. */
function distinctPorts(random: Random, count: number): readonly number[] {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(random.between(1, 9_999));
  for (const open of [22, 80, 443, 3389]) if (ports.delete(open)) ports.add(10_000 + open);
  return [...ports];
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
