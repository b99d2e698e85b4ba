/** What a clause implies for fields that it does not name: some are worked out from others, see direction.ts. */
import { FIRST_TIME } from '../flow/builder.ts';
import { WITH_PORTS } from '../flow/direction.ts';
import type { Clause } from './clause.ts';
import { fieldUniverse, intersectSets, isEmptySet, uniteSets, type TextLine, type ValueSet } from './value-set.ts';

/** Something that is certain of every record. */
interface Law {
  /** Of clauses that name none of these it says nothing that would be worth knowing. */
  readonly fields: readonly string[];
  /** The law in words, for whoever wrote a rule against it. */
  readonly text: string;
  /** What is left of a clause: none where no record can meet it, several where it may come about in several ways. */
  readonly apply: (clause: Clause, line: TextLine) => readonly Clause[];
}

/** Clauses with all that they imply. */
export interface Implied {
  readonly clauses: readonly Clause[];
  /** The law that the last of the clauses broke, where none is left. */
  readonly law: string | undefined;
}

/** Clauses that records can meet, with what they imply for the fields that `laws` are about. */
export function implyClauses(clauses: readonly Clause[], line: TextLine): Implied {
  let left = clauses;
  for (const { fields, text, apply } of LAWS) {
    const before = left;
    left = before.flatMap((clause) => (fields.some((field) => clause.has(field)) ? apply(clause, line) : clause));
    if (left.length === 0 && before.length > 0) return { clauses: left, law: text };
  }
  return { clauses: left, law: undefined };
}

const NOTHING: ValueSet = { ranges: [], null: true };

const TIME: Law = {
  fields: ['start'],
  text: 'no record starts before 2014: `start` is in seconds since 1970',
  apply: (clause, line) => {
    const known = { ranges: [{ low: BigInt(FIRST_TIME), high: LAST }], null: true };
    return narrowed(clause, 'start', known, line);
  },
};

const LAST = BigInt(Number.MAX_SAFE_INTEGER);

const DIRECTION: Law = {
  fields: ['direction'],
  text: 'where a record has a `flow_direction`, that is its `direction`',
  apply: (clause, line) => {
    const logged = setOf(clause, 'flow_direction', line);
    // without a logged one, addresses may tell anything
    return logged.null ? [clause] : narrowed(clause, 'direction', logged, line);
  },
};

/** By who opened the connection: the derived field, and the one that it has its value from. */
const ENDS: Readonly<Record<'src' | 'dst', readonly (readonly [string, string])[]>> = {
  src: [
    ['client', 'srcaddr'],
    ['server', 'dstaddr'],
    ['client_port', 'srcport'],
    ['server_port', 'dstport'],
  ],
  dst: [
    ['client', 'dstaddr'],
    ['server', 'srcaddr'],
    ['client_port', 'dstport'],
    ['server_port', 'srcport'],
  ],
};

const INITIATOR: Law = {
  fields: ['initiator', ...ENDS.src.map(([derived]) => derived)],
  text:
    'where the source opened the connection, `client_port` is `srcport` and `server_port` is `dstport`, ' +
    'else the other way round, and addresses likewise',
  apply: (clause, line) => [
    ...(['src', 'dst'] as const).flatMap((end) => {
      const opened = { ranges: [{ low: line.place(end), high: line.place(end) }], null: false };
      let readings = narrowed(clause, 'initiator', opened, line);
      for (const [derived, source] of ENDS[end]) {
        readings = readings.flatMap((reading) => sameValue(reading, derived, source, line));
      }
      return readings;
    }),
    ...ENDS.src.reduce(
      (readings, [derived]) => readings.flatMap((reading) => narrowed(reading, derived, NOTHING, line)),
      narrowed(clause, 'initiator', NOTHING, line),
    ),
  ],
};

/** A derived field has the value of its source, or none: where the format lacks the other end, nothing is derived. */
function sameValue(clause: Clause, derived: string, source: string, line: TextLine): readonly Clause[] {
  if (!clause.has(derived) && !clause.has(source)) return [clause];
  const own = setOf(clause, source, line);
  return narrowed(clause, derived, uniteSets(own, NOTHING), line).flatMap((reading) => {
    const value = setOf(reading, derived, line);
    return value.null ? [reading] : narrowed(reading, source, value, line);
  });
}

const PORTS: Law = {
  fields: ['initiator'],
  text: 'who opened the connection, and so client and server, is known only of protocols with ports, such as tcp and udp',
  apply: (clause, line) => {
    if (setOf(clause, 'initiator', line).null) return [clause];
    const withPorts = Array.from(WITH_PORTS, BigInt).map((number) => ({ low: number, high: number }));
    // null: formats without protocols are taken to be about TCP
    return narrowed(clause, 'protocol', { ranges: withPorts, null: true }, line);
  },
};

/** In the order in which they build on each other. */
const LAWS: readonly Law[] = [TIME, DIRECTION, INITIATOR, PORTS];

/** A clause that allows a field only these values; nothing where it allowed others only. */
function narrowed(clause: Clause, column: string, to: ValueSet, line: TextLine): readonly Clause[] {
  const set = intersectSets(setOf(clause, column, line), to);
  return isEmptySet(set) ? [] : [new Map(clause).set(column, set)];
}

function setOf(clause: Clause, column: string, line: TextLine): ValueSet {
  return clause.get(column) ?? { ranges: fieldUniverse(column, line), null: true };
}
