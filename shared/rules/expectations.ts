/**
 * Expectations to rules. A record belongs to a connection, and a connection to an entry: answers go the other way
 * with the ports exchanged, so that each entry has two readings of a record, as a request and as an answer.
 *
 * What a record does not tell never raises an alert. For `unexpected-accept`, a reading that can't be ruled out
 * excuses the record; for `unexpected-reject`, only a reading that is certain accuses it.
 */
import { FIRST_EPHEMERAL, WITH_PORTS } from '../flow/direction.ts';
import { allOf, anyOf, equals, isNull, protocol, test } from './build-expression.ts';
import type { Entry, Expectation, Peers, Scope } from './expectation.ts';
import { valuesOf, type Expression, type Operand } from './expression.ts';

type End = 'src' | 'dst';

/** One way to understand a record: which end is the interface's own, and which opened the connection. */
interface Reading {
  readonly own: End;
  readonly client: End;
}

/** Others open connections: their requests come in, the answers go out. */
const INBOUND: readonly Reading[] = [
  { own: 'dst', client: 'src' },
  { own: 'src', client: 'dst' },
];

const OUTBOUND: readonly Reading[] = [
  { own: 'src', client: 'src' },
  { own: 'dst', client: 'dst' },
];

const OTHER = { src: 'dst', dst: 'src' } as const;

/** Which way traffic goes that ends at the own end, or starts there. */
const DIRECTION_TO = { dst: 'ingress', src: 'egress' } as const;

const PORTS: Operand[] = [...WITH_PORTS].map(protocol);
const TCP = protocol(6);
const SYN: Operand = { kind: 'flags', mask: 2, text: 'SYN' };
const ACK: Operand = { kind: 'flags', mask: 16, text: 'ACK' };
const SYN_ACK: Operand = { kind: 'flags', mask: 18, text: 'SYN+ACK' };

/** Records that one of the blocks is about, accepted. */
export function acceptedInScope(blocks: readonly Expectation[]): Expression {
  const scopes = blocks.map(({ scope }) => inScope(scope));
  // an undefined scope takes everything in
  const scope = scopes.includes(undefined) ? undefined : anyOf(...scopes.filter((each) => each !== undefined));
  return allOf(equals('action', 'ACCEPT'), scope)!;
}

/** Records that an entry may explain; undefined where there is no entry. */
export function excused(blocks: readonly Expectation[]): Expression | undefined {
  return anyOf(
    ...readingsOf(blocks).map(({ scope, entry, reading, inbound }) =>
      allOf(
        ...asked(entry, reading),
        inbound && hasServicePorts(entry) ? mayBeClient(reading.client) : orUnknown('initiator', reading.client),
        orUnknown('direction', DIRECTION_TO[reading.own]),
        isOwn(scope, reading.own),
      )!,
    ),
  );
}

/** Records that an entry certainly names, rejected; undefined where there is no such record. */
export function rejectedThoughExpected(blocks: readonly Expectation[]): Expression | undefined {
  const expected = readingsOf(blocks).flatMap(({ scope, entry, reading }) => {
    const client = isCertainlyClient(entry, reading.client);
    const own = isCertainlyOwn(scope, entry.peers, reading.own);
    return client === undefined ? [] : [allOf(...asked(entry, reading), client, own)!];
  });
  const any = anyOf(...expected);
  return any && allOf(equals('action', 'REJECT'), any);
}

function readingsOf(blocks: readonly Expectation[]) {
  return blocks.flatMap(({ scope, inbound, outbound }) => [
    ...inbound.flatMap((entry) => INBOUND.map((reading) => ({ scope, entry, reading, inbound: true }))),
    ...outbound.flatMap((entry) => OUTBOUND.map((reading) => ({ scope, entry, reading, inbound: false }))),
  ]);
}

/** What an entry asks for itself: the other end, the port of the end that answers, the protocol. */
function asked({ peers, ports, protocols }: Entry, { own, client }: Reading): readonly (Expression | undefined)[] {
  return [
    peersAt(`${OTHER[own]}addr`, peers),
    ports && test(`${OTHER[client]}port`, 'in', ports),
    protocols && test('protocol', 'in', protocols),
  ];
}

function peersAt(column: string, peers: Peers): Expression | undefined {
  if (peers.kind === 'any') return undefined;
  const { addresses, notInternet } = peers;
  const named = addresses.length > 0 || notInternet === undefined ? [test(column, 'in', addresses)] : [];
  const internet = notInternet === undefined ? [] : [test(column, 'not in', notInternet)];
  return anyOf(...named, ...internet);
}

/** Undefined for every record. */
function inScope(scope: Scope): Expression | undefined {
  if (scope.kind === 'all') return undefined;
  const ends = (['src', 'dst'] as const).map((own) =>
    allOf(test(`${own}addr`, 'in', scope.addresses), orUnknown('direction', DIRECTION_TO[own]))!,
  );
  return anyOf(...scope.interfaces, ...(scope.addresses.length === 0 ? [] : ends));
}

/** Whether the scope's own end may be this one, the direction left aside. */
function isOwn(scope: Scope, own: End): Expression | undefined {
  if (scope.kind === 'all') return undefined;
  const ends = scope.addresses.length === 0 ? [] : [test(`${own}addr`, 'in', scope.addresses)];
  return anyOf(...scope.interfaces, ...ends);
}

/**
 * The direction tells, or the addresses do: an own address by itself; else the end that is no peer where the other
 * one is. An interface id tells nothing of ends, so with `any` as peers only the direction is left.
 */
function isCertainlyOwn(scope: Scope, peers: Peers, own: End): Expression {
  const known = equals('direction', DIRECTION_TO[own]);
  const other = peersAt(`${own}addr`, peers);
  const noPeer = other && allOf(isNull('direction'), { kind: 'not', term: other, span: other.span });
  const told = anyOf(known, ...(noPeer === undefined ? [] : [noPeer]))!;
  if (scope.kind === 'all') return told;
  const byInterface = scope.interfaces.length === 0 ? [] : [allOf(anyOf(...scope.interfaces), told)!];
  const ownAddress = test(`${own}addr`, 'in', scope.addresses);
  const byAddress = allOf(ownAddress, orUnknown('direction', DIRECTION_TO[own]))!;
  return anyOf(...byInterface, ...(scope.addresses.length === 0 ? [] : [byAddress]))!;
}

/**
 * Requests are certain by who opened the connection; without ports the sender asks. A rejected answer may be one that
 * came too late, after its connection was forgotten: only the second packet of a handshake is certain.
 */
function isCertainlyClient({ ports, protocols }: Entry, client: End): Expression | undefined {
  const numbers = protocols?.flatMap(valuesOf);
  const takesTcp = numbers === undefined || numbers.some((value) => isWithin(value, 6, 6));
  if (client === 'dst') {
    return takesTcp ? allOf(test('protocol', 'in', [TCP]), test('tcp_flags', 'has', [SYN_ACK])) : undefined;
  }
  const opened = equals('initiator', 'src');
  if (ports !== undefined) return opened;
  return anyOf(opened, test('protocol', 'not in', PORTS));
}

/** Whether no flags say that the other end opened the connection: SYN alone is the client's, SYN with ACK the server's. */
function mayBeClient(client: End): Expression {
  const told =
    client === 'src'
      ? [test('tcp_flags', 'not has', [SYN_ACK])]
      : [test('tcp_flags', 'not has', [SYN]), test('tcp_flags', 'has', [ACK])];
  return anyOf(...told, isNull('tcp_flags'))!;
}

/**
 * A port that is expected to be open is the server's, also where the other end's port looks more like one: unless flags
 * show that somebody chose it, nothing else uses it. That holds for ports that systems do not give to clients.
 */
function hasServicePorts({ ports }: Entry): boolean {
  return ports !== undefined && ports.flatMap(valuesOf).every((value) => isWithin(value, 0, FIRST_EPHEMERAL - 1, true));
}

function isWithin(value: ReturnType<typeof valuesOf>[number], low: number, high: number, wholly = false): boolean {
  if (value.kind !== 'numbers') return false;
  return wholly ? value.low >= low && value.high <= high : value.low <= high && value.high >= low;
}

function orUnknown(field: 'initiator' | 'direction', text: string): Expression {
  return anyOf(equals(field, text), isNull(field))!;
}
