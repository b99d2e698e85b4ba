/** One sentence that says what happened, made from any rule's title, group and measure. */
import type { FieldValue, FlowRecord } from '../flow/columns.ts';
import type { Measure, Rule } from '../rules/rule.ts';
import { formatAmount, formatBytes, formatCount, formatCounted, formatFlow, formatSpan } from './wording.ts';

/** What a sentence is made of. */
export interface Found {
  readonly rule: Rule;
  /** The values of the rule's `by` fields, in their order. */
  readonly group: readonly FieldValue[];
  /** What was measured over the window; the number of records without one. */
  readonly value: number;
  /** What is usual, where the rule knows. */
  readonly usual?: number | undefined;
  readonly interfaces: readonly string[];
  readonly samples: readonly FlowRecord[];
}

/** Group fields that name who did it, the one to name first. */
const ACTORS = ['client', 'srcaddr', 'pkt_srcaddr'];

/** How the group's other fields are said, in this order; any field without an entry is said first, as ``field value``. */
const PLACES: Readonly<Record<string, string>> = {
  protocol: 'by protocol',
  client_port: 'from port',
  srcport: 'from port',
  server: 'to',
  dstaddr: 'to',
  pkt_dstaddr: 'to',
  server_port: 'at port',
  dstport: 'at port',
  instance_id: 'on',
  interface_id: 'on',
  tgw_attachment_id: 'at',
  subnet_id: 'in',
  vpc_id: 'in',
  tgw_id: 'in',
  region: 'in',
  account_id: 'in account',
};

const ORDER = Object.keys(PLACES);

/** What `distinct` counts, one and many, by field; any other field is said by its name. */
const DISTINCT: Readonly<Record<string, readonly [string, string]>> = {
  dstport: ['port', 'ports'],
  server_port: ['port', 'ports'],
  srcport: ['source port', 'source ports'],
  client_port: ['source port', 'source ports'],
  dstaddr: ['address', 'addresses'],
  server: ['address', 'addresses'],
  pkt_dstaddr: ['address', 'addresses'],
  srcaddr: ['source', 'sources'],
  client: ['client', 'clients'],
  pkt_srcaddr: ['source', 'sources'],
  interface_id: ['interface', 'interfaces'],
};

const SOURCE_PORTS: ReadonlySet<string> = new Set(['srcport', 'client_port']);

/**
 * `Port scan: 203.0.113.9 tried 120 ports within 10m on eni-0a1b2c3d`; without a window, when only what arrived first is known:
 * `Admin port open: 3 records so far on eni-0a1b2c3d at port 22, the first 198.51.100.7:51514 → 10.0.0.5:22 tcp ACCEPT`.
 */
export function summarise(found: Found): string {
  const { rule, group, interfaces } = found;
  const named = new Map(rule.by.map((column, index) => [column, group[index] ?? null]));
  const isNew = rule.condition.kind === 'new' ? rule.condition.field : undefined;
  const actor = ACTORS.find((column) => column !== isNew && named.get(column) != null);
  const rest = [...named].filter(([column]) => column !== actor && column !== isNew);
  const places = rest
    .toSorted(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other))
    .map(([column, value]) => formatPlace(column, value));
  const who = actor === undefined ? '' : `${named.get(actor)} `;
  let where = places.length === 0 ? '' : ` ${places.join(' ')}`;
  if (!named.has('interface_id') && interfaces.length > 0) {
    // what passes several interfaces, as through a NAT gateway, is logged by each
    const isAddedUp = interfaces.length > 1 && addsUp(rule);
    const on = isAddedUp ? `, counted on ${formatCount(interfaces.length)} interfaces:` : ' on';
    where += `${on} ${interfaceList(interfaces)}`;
  }
  return `${rule.title}: ${who}${said(found, actor !== undefined, where)}`;
}

/** Whether amounts of traffic are added up, for which it matters that it is logged more than once. */
function addsUp({ condition }: Rule): boolean {
  const measure =
    condition.kind === 'window'
      ? condition.when.measure
      : condition.kind === 'baseline'
        ? condition.measure
        : undefined;
  return (measure?.kind === 'sum' || measure?.kind === 'rate') && measure.field !== undefined;
}

/** What happened, and where, without who did it. */
function said({ rule, group, value, usual, samples }: Found, hasActor: boolean, where: string): string {
  const { condition } = rule;
  const had = hasActor ? 'had ' : '';
  switch (condition.kind) {
    case 'match': {
      // a record without traffic says no more than its interface, which the sentence names
      const first = samples.find((sample) => sample['srcaddr'] != null);
      const [soFar, which] = value > 1 ? [' so far', ', the first'] : ['', ','];
      return `${had}${formatCounted(value, 'record')}${soFar}${where}${first === undefined ? '' : `${which} ${withoutAmounts(first)}`}`;
    }
    case 'window': {
      const did = `${deed(condition.when.measure, value, hasActor, rule.by)} ${during(condition.when.measure, condition.seconds)}${where}`;
      if (condition.then === undefined) return did;
      const last = samples.findLast((sample) => sample['srcaddr'] != null);
      return `${did}, then ${last === undefined ? 'what the rule waits for' : withoutAmounts(last)}`;
    }
    case 'absence':
      return `${had}no records for ${formatSpan(condition.seconds)}${where}`;
    case 'new': {
      const newest = group[rule.by.indexOf(condition.field)] ?? null;
      const what = DISTINCT[condition.field]?.[0] ?? condition.field;
      const used = hasActor ? 'used ' : '';
      // nothing is sent to what is told of: it is where the port is
      return `${used}${what} ${newest}${where.replace(/^ to /, ' at ')} for the first time in ${formatSpan(condition.over)}`;
    }
    case 'baseline': {
      const { measure, seconds } = condition;
      const did = `${deed(measure, value, hasActor, rule.by)} ${during(measure, seconds)}${where}`;
      if (usual === undefined || usual <= 0) return `${did}, where nothing is usual`;
      return `${did}, ${formatAmount(value / usual)} times the usual ${amount(measure, usual)}`;
    }
  }
}

/** A measured amount without what it is of, where that has just been said. */
function amount(measure: Measure, value: number): string {
  const isBytes = (measure.kind === 'sum' || measure.kind === 'rate') && measure.field === 'bytes';
  return isBytes ? formatBytes(value) : formatAmount(value);
}

/** A rate is the same all the time; anything else has come together. */
function during({ kind }: Measure, seconds: number): string {
  return `${kind === 'rate' ? 'over' : 'within'} ${formatSpan(seconds)}`;
}

function deed(measure: Measure, value: number, hasActor: boolean, by: readonly string[]): string {
  const verb = (word: string): string => (hasActor ? `${word} ` : '');
  switch (measure.kind) {
    case 'count':
      return `${verb('had')}${formatCounted(value, 'record')}`;
    case 'sum':
      if (measure.field === 'bytes') return `${verb('sent')}${formatBytes(value)}`;
      if (measure.field === 'packets') return `${verb('sent')}${formatCounted(value, 'packet')}`;
      return `${verb('had')}a total ${measure.field} of ${formatCount(value)}`;
    case 'rate':
      if (measure.field === 'bytes') return `${verb('sent')}${formatBytes(value)} a second`;
      return `${verb('had')}${formatAmount(value)} ${measure.field ?? 'records'} a second`;
    case 'distinct': {
      const what = DISTINCT[measure.field];
      if (what === undefined) return `${verb('had')}${formatCount(value)} different values of ${measure.field}`;
      const counted = `${formatCount(value)} ${what[value === 1 ? 0 : 1]}`;
      // each source port is another connection
      if (SOURCE_PORTS.has(measure.field)) return `${verb('opened')}connections from ${counted}`;
      // what sends from one port answers
      return `${verb(by.some((column) => SOURCE_PORTS.has(column)) ? 'sent to' : 'tried')}${counted}`;
    }
  }
}

/** A group's value as a sentence says it: `at port 22`, `with no srcaddr`. */
export function formatPlace(column: string, value: FieldValue): string {
  const said = value ?? `no ${column}`;
  const word = PLACES[column];
  if (value === null) return `with ${said}`;
  return word === undefined ? `${column} ${said}` : `${word} ${said}`;
}

function interfaceList(interfaces: readonly string[]): string {
  const shown = interfaces.slice(0, 3).join(', ');
  return interfaces.length > 3 ? `${shown} and ${formatCount(interfaces.length - 3)} more` : shown;
}

function withoutAmounts(record: FlowRecord): string {
  return formatFlow({ ...record, packets: null, bytes: null });
}
