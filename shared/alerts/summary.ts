/** One sentence that says what happened, made from any rule's title, group and measure. */
import type { FieldValue, FlowRecord } from '../flow/columns.ts';
import type { Measure, Rule } from '../rules/rule.ts';
import { formatBytes, formatCount, formatCounted, formatFlow, formatSpan } from './wording.ts';

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

/** How the group's other fields are said; any field without an entry is said as ``field value``. */
const PLACES: Readonly<Record<string, string>> = {
  server: 'to',
  dstaddr: 'to',
  pkt_dstaddr: 'to',
  interface_id: 'on',
  instance_id: 'on',
  vpc_id: 'in',
  subnet_id: 'in',
  tgw_id: 'in',
  tgw_attachment_id: 'at',
  account_id: 'in account',
  region: 'in',
  server_port: 'at port',
  dstport: 'at port',
  client_port: 'from port',
  srcport: 'from port',
};

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
  const places = rest.map(([column, value]) => place(column, value));
  if (!named.has('interface_id') && interfaces.length > 0) places.push(`on ${interfaceList(interfaces)}`);
  const who = actor === undefined ? '' : `${named.get(actor)} `;
  const where = places.length === 0 ? '' : ` ${places.join(' ')}`;
  return `${rule.title}: ${who}${said(found, actor !== undefined, where)}`;
}

/** What happened, and where, without who did it. */
function said({ rule, group, value, usual, samples }: Found, hasActor: boolean, where: string): string {
  const { condition } = rule;
  const had = hasActor ? 'had ' : '';
  switch (condition.kind) {
    case 'match': {
      // a record without traffic says no more than its interface, which the sentence names
      const first = samples.find((sample) => sample['srcaddr'] != null);
      const soFar = value > 1 ? ' so far' : '';
      return `${had}${formatCounted(value, 'record')}${soFar}${where}${first === undefined ? '' : `, the first ${withoutAmounts(first)}`}`;
    }
    case 'window': {
      const did = `${deed(condition.when.measure, value, hasActor)} within ${formatSpan(condition.seconds)}${where}`;
      if (condition.then === undefined) return did;
      const last = samples.findLast((sample) => sample['srcaddr'] != null);
      return `${did}, then ${last === undefined ? 'what the rule waits for' : withoutAmounts(last)}`;
    }
    case 'absence':
      return `${had}no records for ${formatSpan(condition.seconds)}${where}`;
    case 'new': {
      const newest = group[rule.by.indexOf(condition.field)] ?? null;
      const what = DISTINCT[condition.field]?.[0] ?? condition.field;
      return `${had}${what} ${newest} for the first time in ${formatSpan(condition.over)}${where}`;
    }
    case 'baseline': {
      const { measure, seconds } = condition;
      const did = `${deed(measure, value, hasActor)} within ${formatSpan(seconds)}${where}`;
      if (usual === undefined || usual <= 0) return `${did}, where nothing is usual`;
      return `${did}, ${formatCount(Math.round((value / usual) * 10) / 10)} times the usual ${amount(measure, usual)}`;
    }
  }
}

/** A measured amount without what it is of, where that has just been said. */
function amount(measure: Measure, value: number): string {
  const isBytes = (measure.kind === 'sum' || measure.kind === 'rate') && measure.field === 'bytes';
  return isBytes ? formatBytes(Math.round(value)) : formatCount(Math.round(value * 10) / 10);
}

function deed(measure: Measure, value: number, hasActor: boolean): string {
  const verb = (word: string): string => (hasActor ? `${word} ` : '');
  switch (measure.kind) {
    case 'count':
      return `${verb('had')}${formatCounted(value, 'record')}`;
    case 'sum':
      if (measure.field === 'bytes') return `${verb('sent')}${formatBytes(value)}`;
      if (measure.field === 'packets') return `${verb('sent')}${formatCounted(value, 'packet')}`;
      return `${verb('had')}a total ${measure.field} of ${formatCount(value)}`;
    case 'rate':
      if (measure.field === 'bytes') return `${verb('sent')}${formatBytes(Math.round(value))} a second`;
      return `${verb('had')}${formatCount(Math.round(value * 10) / 10)} ${measure.field ?? 'records'} a second`;
    case 'distinct': {
      const what = DISTINCT[measure.field];
      if (what === undefined) return `${verb('had')}${formatCount(value)} different values of ${measure.field}`;
      return `${verb('tried')}${formatCount(value)} ${what[value === 1 ? 0 : 1]}`;
    }
  }
}

function place(column: string, value: FieldValue): string {
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
