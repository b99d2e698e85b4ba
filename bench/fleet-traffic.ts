/**
 * The noise of the internet on a fleet: many interfaces that anybody can reach, each tried by so many sources a minute
 * and visited by some. One delivery an interface and minute, as CloudWatch Logs sends it.
 */
import { createRandom, type Random } from './traffic/random.ts';
import { ACCOUNT, idOf } from './traffic/vpc.ts';

/** How big the fleet is, and how busy. */
export interface Fleet {
  readonly interfaces: number;
  /** Sources that are refused on each interface a minute. */
  readonly scanners: number;
  /** Visitors that are answered on each interface a minute: two records each. */
  readonly visitors: number;
}

/** One delivery's lines, in the default format. */
export interface FleetDelivery {
  readonly logStream: string;
  readonly start: number;
  readonly lines: readonly string[];
}

/** Ports that everybody tries; half of what scanners send goes elsewhere. */
const TRIED = [22, 23, 80, 445, 1433, 2323, 3306, 3389, 5060, 5432, 5555, 6379, 8080, 8443, 9200] as const;

/** The fleet's deliveries of one minute that starts at `start` (Unix seconds). */
export function* fleetMinute(fleet: Fleet, start: number): Generator<FleetDelivery> {
  const random = createRandom(`fleet/${start}`);
  const regulars = regularsOf(Math.floor(start / 3_600));
  for (let index = 0; index < fleet.interfaces; index++) {
    const eni = idOf('eni', `fleet-${index}`);
    const own = `10.${20 + (index >> 8)}.${index & 255}.10`;
    const lines: string[] = [];
    const add = (ends: string, protocol: number, packets: number, bytes: number, action: string): void => {
      const from = start + random.between(0, 59);
      const to = Math.min(start + 59, from + random.between(0, 20));
      lines.push(`2 ${ACCOUNT} ${eni} ${ends} ${protocol} ${packets} ${bytes} ${from} ${to} ${action} OK`);
    };
    for (let scanner = 0; scanner < fleet.scanners; scanner++) {
      const regular = random.chance(0.6) ? random.pick(regulars) : undefined;
      const address = regular?.address ?? strangerOf(random);
      const port = regular === undefined ? portOf(random) : random.pick(regular.ports);
      const ends = `${address} ${own} ${random.between(1_024, 65_535)} ${port}`;
      add(ends, random.chance(0.92) ? 6 : 17, 1, random.pick([40, 44, 60]), 'REJECT');
    }
    for (let visitor = 0; visitor < fleet.visitors; visitor++) {
      const address = strangerOf(random);
      const port = random.between(1_024, 65_535);
      const packets = random.skewed(6, 60);
      add(`${address} ${own} ${port} 443`, 6, packets, packets * random.between(60, 200), 'ACCEPT');
      add(`${own} ${address} 443 ${port}`, 6, packets + 2, packets * random.between(400, 1_400), 'ACCEPT');
    }
    yield { logStream: `${eni}-all`, start, lines };
  }
}

/** Somebody who tries the whole internet for a service or two. */
interface Regular {
  readonly address: string;
  readonly ports: readonly [number, number];
}

/** Sources that come again and again within an hour, to whichever interface is next on their way. */
const REGULARS = 3_000;

function regularsOf(hour: number): readonly [Regular, ...Regular[]] {
  const random = createRandom(`fleet/regulars/${hour}`);
  const one = (): Regular => ({
    address: strangerOf(random),
    ports: [random.pick(TRIED), random.between(1, 65_535)],
  });
  return [one(), ...Array.from({ length: REGULARS - 1 }, one)];
}

function portOf(random: Random): number {
  return random.chance(0.5) ? random.pick(TRIED) : random.between(1, 65_535);
}

/** An address of the ranges kept for benchmarks and documentation that nobody of the fleet has. */
function strangerOf(random: Random): string {
  return `198.${random.between(18, 19)}.${random.between(0, 255)}.${random.between(1, 254)}`;
}
