/**
 * What an ordinary interval of the VPC looks like. Nothing here is an attack, and no sensible rule fires on it:
 * visitors and the background noise of the internet, the tiers talking to each other, monitoring, nightly jobs.
 * Each interval depends on the seed and its start alone, never on the intervals before it.
 */
import {
  at,
  atIpv6,
  ephemeralPort,
  ICMP,
  momentsIn,
  outside,
  strangerPort,
  TCP,
  UDP,
  volume,
  type End,
  type Exchange,
  type Interval,
  type Phase,
  type Volume,
} from './exchange.ts';
import { createRandom, type Random } from './random.ts';
import {
  APPS,
  BASTION,
  BATCH,
  CACHE,
  DATABASES,
  MONITOR,
  OFFICE,
  PARTNERS,
  PUBLIC_INTERFACES,
  S3_ADDRESSES,
  strangerAddress,
  TIME_SERVER,
  visitorAddress,
  visitorIpv6,
  WEB,
} from './vpc.ts';

const HOUR = 3_600;

/** Which traffic to make. */
export interface TrafficOptions {
  readonly seed: string;
  /** Unix seconds, a multiple of the aggregation interval. */
  readonly start: number;
  /** Aggregation interval in seconds. */
  readonly seconds: 60 | 600;
  /** How busy it is: 1 is about 350 records a minute over all interfaces. */
  readonly rate: number;
}

/** The exchanges of one interval, part by part. */
export function* normalTraffic(seed: string, interval: Interval, rate: number): Generator<Exchange> {
  const random = createRandom(`${seed}/normal/${interval.start}/${interval.seconds}`);
  const part: Part = { random, interval, scale: (rate * interval.seconds) / 60, rate };
  yield* visitors(part);
  yield* noise(part);
  yield* tiers(part);
  yield* monitoring(part);
  yield* names(part);
  yield* logins(part);
  yield* nightlyJobs(part);
}

interface Part {
  readonly random: Random;
  readonly interval: Interval;
  /** Multiplies what happens so many times a minute. */
  readonly scale: number;
  /** Multiplies what stays open. */
  readonly rate: number;
}

function* visitors(part: Part): Generator<Exchange> {
  const { random } = part;
  for (let left = times(part, 44); left > 0; left--) {
    const web = random.pick(WEB);
    const port = random.chance(0.93) ? 443 : 80;
    const ipv6 = random.chance(0.25);
    const client = outside(ipv6 ? visitorIpv6(random) : visitorAddress(random), strangerPort(random));
    const server = ipv6 ? atIpv6(web, port) : at(web, port);
    yield answered(part, client, server, volume(random, [6, 40], [60, 220]), volume(random, [6, 160], [400, 1_400]));
  }
}

/** The ports that strangers try most; any other port is tried as well. */
const TRIED_PORTS = [23, 22, 445, 3389, 8080, 8443, 5060, 1433, 2323, 5555, 6379, 3306, 25, 81, 5900] as const;

/** A stranger's single packet, turned away. */
function* noise(part: Part): Generator<Exchange> {
  const { random } = part;
  for (let left = times(part, 60); left > 0; left--) {
    const target = random.pick(PUBLIC_INTERFACES);
    const port = random.chance(0.5) ? random.pick(TRIED_PORTS) : closedPort(random);
    yield {
      client: outside(strangerAddress(random), strangerPort(random)),
      server: at(target, port),
      protocol: random.chance(0.9) ? TCP : UDP,
      ...momentsIn(part.interval, random),
      phase: 'whole',
      sent: random.chance(0.85) ? { packets: 1, bytes: random.pick([40, 44, 60]) } : { packets: 2, bytes: 80 },
      outcome: 'rejected',
      answer: undefined,
    };
  }
}

function closedPort(random: Random): number {
  const port = random.between(1, 65_535);
  return port === 80 || port === 443 ? port + 1 : port;
}

/** Web → application → database and cache: pooled connections, and some that come and go. */
function* tiers(part: Part): Generator<Exchange> {
  const { random } = part;
  for (const [index, app] of APPS.entries()) {
    for (const web of WEB) {
      const health = volume(random, [5, 6], [60, 70]);
      yield answered(part, at(web, ephemeralPort(random)), at(app, 8080), health, volume(random, [4, 5], [90, 120]));
      yield* pool(part, web.address, app.address, 1, (port) => [at(web, port), at(app, 8080)], [40, 400], [80, 700]);
    }
    const primary = DATABASES[0];
    yield* pool(part, app.address, 'db', 2, (port) => [at(app, port), at(primary, 5432)], [30, 300], [60, 500]);
    yield* pool(part, app.address, 'cache', 1, (port) => [at(app, port), at(CACHE, 6379)], [50, 500], [70, 200]);
    if (index === 0) {
      const replica = DATABASES[1];
      yield* pool(part, 'db', 'db', 1, (port) => [at(replica, port), at(primary, 5432)], [100, 300], [300, 900]);
    }
  }
  for (let left = times(part, 4); left > 0; left--) {
    const server = at(random.pick(APPS), 8080);
    const client = at(random.pick(WEB), ephemeralPort(random));
    yield answered(part, client, server, volume(random, [6, 60], [90, 400]), volume(random, [6, 90], [200, 1_200]));
  }
  for (let left = times(part, 2); left > 0; left--) {
    const client = at(random.pick(APPS), ephemeralPort(random));
    const server = outside(random.pick(PARTNERS), 443);
    yield answered(part, client, server, volume(random, [10, 25], [90, 300]), volume(random, [10, 20], [200, 900]));
  }
}

/** How long a pooled connection lives, seconds: a multiple of every aggregation interval. */
const LIFETIME = 2_400;

/** Connections that stay open for many intervals; each keeps its client port while it lives. */
function* pool(
  part: Part,
  from: string,
  to: string,
  size: number,
  ends: (port: number) => readonly [End, End],
  packets: readonly [number, number],
  packetSize: readonly [number, number],
): Generator<Exchange> {
  const { interval, random } = part;
  for (let index = 0; index < Math.ceil(size * part.rate); index++) {
    const age = (interval.start + index * 600) % LIFETIME;
    const born = interval.start - age;
    const port = ephemeralPort(createRandom(`${from}/${to}/${index}/${born}`));
    const phase = age === 0 ? 'opening' : age + interval.seconds === LIFETIME ? 'closing' : 'running';
    const [client, server] = ends(port);
    const sent = volume(random, packets, packetSize);
    yield answered(part, client, server, sent, volume(random, packets, packetSize), TCP, phase);
  }
}

function* monitoring(part: Part): Generator<Exchange> {
  const { random } = part;
  const watched = [...APPS, ...DATABASES, CACHE, BASTION, ...(jobRuns(part.interval) ? [BATCH] : [])];
  for (const target of watched) {
    const client = at(MONITOR, ephemeralPort(random));
    yield answered(
      part,
      client,
      at(target, 9100),
      volume(random, [6, 9], [60, 90]),
      volume(random, [12, 40], [900, 1_400]),
    );
    if (!random.chance(0.2)) continue;
    const echo = { packets: 5, bytes: 420 };
    yield answered(part, at(MONITOR, 0), at(target, 0), echo, echo, ICMP);
  }
}

/** The internal resolver (the VPC's own is not logged) and the time. */
function* names(part: Part): Generator<Exchange> {
  const { random } = part;
  for (let left = times(part, 7); left > 0; left--) {
    const client = at(random.pick([...APPS, ...DATABASES, CACHE]), ephemeralPort(random));
    yield answered(
      part,
      client,
      at(MONITOR, 53),
      volume(random, [1, 2], [60, 80]),
      volume(random, [1, 2], [90, 300]),
      UDP,
    );
  }
  if (random.chance(0.3)) {
    const ask = { packets: 1, bytes: 76 };
    yield answered(part, at(random.pick(APPS), 123), outside(TIME_SERVER, 123), ask, ask, UDP);
  }
}

/** Somebody from the office logs in to the bastion for half an hour, and from there to an application server. */
function* logins(part: Part): Generator<Exchange> {
  const { interval, random } = part;
  const age = (interval.start % HOUR) - 300;
  if (age < 0 || age >= 1_800) return;
  const phase: Phase = age === 0 ? 'opening' : age + interval.seconds === 1_800 ? 'closing' : 'running';
  const hour = createRandom(`login/${Math.floor(interval.start / HOUR)}`);
  const typed = volume(random, [20, 90], [60, 120]);
  const shown = volume(random, [20, 120], [80, 400]);
  yield answered(part, outside(OFFICE, ephemeralPort(hour)), at(BASTION, 22), typed, shown, TCP, phase);
  yield answered(part, at(BASTION, ephemeralPort(hour)), at(hour.pick(APPS), 22), typed, shown, TCP, phase);
}

function jobRuns(interval: Interval): boolean {
  const second = interval.start % HOUR;
  return second < 1_200 || (second >= 2_400 && second < 3_000);
}

/** Nightly jobs fetch packages through the NAT gateway and write to Amazon S3 through its gateway endpoint. */
function* nightlyJobs(part: Part): Generator<Exchange> {
  if (!jobRuns(part.interval)) return;
  const { random } = part;
  for (let left = times(part, 5); left > 0; left--) {
    const client = at(BATCH, ephemeralPort(random));
    const server = outside(random.pick(PARTNERS), 443);
    yield answered(part, client, server, volume(random, [10, 60], [60, 150]), volume(random, [20, 900], [900, 1_400]));
  }
  for (let left = times(part, 1); left > 0; left--) {
    const client = at(BATCH, ephemeralPort(random));
    const server = outside(random.pick(S3_ADDRESSES), 443);
    yield answered(
      part,
      client,
      server,
      volume(random, [200, 4_000], [1_200, 1_450]),
      volume(random, [60, 900], [52, 90]),
    );
  }
}

/** About so many a minute, at the part's scale. */
function times(part: Part, minutely: number): number {
  return Math.floor(minutely * part.scale * (0.85 + 0.3 * part.random.unit()) + part.random.unit());
}

function answered(
  part: Part,
  client: End,
  server: End,
  sent: Volume,
  answer: Volume,
  protocol: number = TCP,
  phase: Phase = 'whole',
): Exchange {
  return {
    client,
    server,
    protocol,
    ...momentsIn(part.interval, part.random),
    phase,
    sent,
    outcome: 'answered',
    answer,
  };
}
