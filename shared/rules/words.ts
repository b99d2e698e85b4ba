/** Expressions in plain words, exactly as they are meant: an outline of what has to hold. */
import type { Expression, Operand, Test, TestOperator } from './expression.ts';
import type { Measure } from './rule.ts';

/** One thing that has to hold, and what it consists of. */
export interface Outline {
  readonly text: string;
  readonly below: readonly Outline[];
}

/** The text above alternatives. */
export const ONE_OF = 'one of this:';

/** What a field holds, with its article; any other field is said by its name. */
const NOUNS: Readonly<Record<string, string>> = {
  srcaddr: 'the source address',
  dstaddr: 'the destination address',
  srcport: 'the source port',
  dstport: 'the destination port',
  protocol: 'the protocol',
  packets: 'the number of packets',
  bytes: 'the number of bytes',
  action: 'the action',
  log_status: 'the log status',
  interface_id: 'the interface',
  instance_id: 'the instance',
  subnet_id: 'the subnet',
  vpc_id: 'the VPC',
  account_id: 'the account',
  region: 'the region',
  tcp_flags: 'the TCP flags',
  flow_direction: 'the flow direction',
  pkt_srcaddr: "the packet's own source address",
  pkt_dstaddr: "the packet's own destination address",
  direction: 'the direction',
  initiator: 'the end that opened the connection',
  client: "the client's address",
  server: "the server's address",
  client_port: "the client's port",
  server_port: "the server's port",
};

/** Tests that have a sentence of their own, by their text. */
const SENTENCES: Readonly<Record<string, string>> = {
  'action = REJECT': 'it was refused (action REJECT)',
  'action = ACCEPT': 'it was let through (action ACCEPT)',
  'initiator = src': 'the source opened the connection',
  'initiator = dst': 'the destination opened the connection: the record is of its answers',
  'direction = ingress': 'it comes in (direction ingress)',
  'direction = egress': 'it goes out (direction egress)',
  'log_status = SKIPDATA': 'AWS skipped records (log status SKIPDATA)',
  'log_status = NODATA': 'there was no traffic (log status NODATA)',
};

/** A field as a sentence names it. */
export function nounOf(column: string): string {
  return NOUNS[column] ?? `\`${column}\``;
}

/** A field without its article, for a list of fields: `source address`. */
export function shortNounOf(column: string): string {
  return (NOUNS[column] ?? `\`${column}\``).replace(/^the /, '');
}

/** What has to hold, as points that all have to. */
export function outlineExpression(expression: Expression): readonly Outline[] {
  return expression.kind === 'and' ? expression.terms.map(outlineTerm) : [outlineTerm(expression)];
}

function outlineTerm(expression: Expression): Outline {
  switch (expression.kind) {
    case 'and':
      return { text: 'all of this:', below: expression.terms.map(outlineTerm) };
    case 'or':
      return { text: ONE_OF, below: expression.terms.map(outlineTerm) };
    case 'not':
      return outlineNegation(expression.term);
    case 'presence':
      return { text: presenceInWords(expression.field, true), below: [] };
    case 'test':
      return { text: testInWords(expression), below: [] };
  }
}

function outlineNegation(term: Expression): Outline {
  if (term.kind === 'presence') return { text: presenceInWords(term.field, false), below: [] };
  // a test on a field without value is unknown, and so is its opposite
  if (term.kind === 'test') return outlineTerm({ ...term, operator: OPPOSITES[term.operator] });
  return { text: 'this is not so:', below: outlineExpression(term) };
}

const OPPOSITES: Readonly<Record<TestOperator, TestOperator>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  in: 'not in',
  'not in': 'in',
  like: 'not like',
  'not like': 'like',
  has: 'not has',
  'not has': 'has',
};

/** Derived fields are not recorded, but known or not. */
function presenceInWords(column: string, present: boolean): string {
  const not = present ? '' : 'not ';
  if (column === 'initiator') return `it is ${not}known which end opened the connection`;
  if (column === 'direction') return `it is ${not}known which way it goes`;
  return `${nounOf(column)} is ${not}recorded`;
}

const VERBS: Readonly<Record<TestOperator, string>> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is below',
  '<=': 'is at most',
  '>': 'is above',
  '>=': 'is at least',
  in: 'is',
  'not in': 'is not',
  like: 'looks like',
  'not like': 'does not look like',
  has: 'include',
  'not has': 'do not include',
};

function testInWords({ field, operator, operands }: Test): string {
  const values = operands.map(operandInWords);
  const sentence = SENTENCES[`${field} ${operator} ${values.join(', ')}`];
  if (sentence !== undefined) return sentence;
  const verb = VERBS[operator];
  const [one, ...more] = values;
  if (one === undefined) return operator.startsWith('not') ? `${nounOf(field)} is recorded` : 'nothing is';
  if (more.length === 0 || !operator.startsWith('not')) return `${nounOf(field)} ${verb} ${joinWords(values, 'or')}`;
  return `${nounOf(field)} ${NEITHER[operator] ?? verb} ${values.slice(0, -1).join(', ')} nor ${more.at(-1)}`;
}

const NEITHER: Readonly<Partial<Record<TestOperator, string>>> = {
  'not in': 'is neither',
  'not like': 'looks neither like',
  'not has': 'include neither',
};

function operandInWords(operand: Operand): string {
  switch (operand.kind) {
    case 'list':
      return `in @${operand.name}`;
    case 'numbers':
      return operand.low === operand.high ? operand.text : operand.text.replace('-', ' to ');
    case 'addresses':
      return operand.text.replace('-', ' to ');
    case 'text':
      return operand.text;
    case 'pattern':
      return `\`${operand.text}\``;
    case 'flags':
      return operand.text.replaceAll('+', ' and ');
  }
}

/** `a`, `a or b`, `a, b or c`. */
export function joinWords(words: readonly string[], last: 'and' | 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** An amount of what is measured: `50 different destination ports`, `5GB together`, `100 records a second`. */
export function amountInWords(measure: Measure, amount: string): string {
  switch (measure.kind) {
    case 'count':
      return `${amount} records`;
    case 'sum':
      return `${withUnit(measure.field, amount)} together`;
    case 'rate':
      return `${measure.field === undefined ? `${amount} records` : withUnit(measure.field, amount)} a second on average`;
    case 'distinct':
      return `${amount} different ${pluralOf(measure.field)}`;
  }
}

/** `5GB` says already that it is bytes. */
function withUnit(column: string, amount: string): string {
  if (column === 'bytes') return amount.endsWith('B') ? amount : `${amount} bytes`;
  return column === 'packets' ? `${amount} packets` : `${amount} of ${nounOf(column)}`;
}

function pluralOf(column: string): string {
  const noun = NOUNS[column]?.replace(/^the /, '');
  if (noun === undefined) return `values of \`${column}\``;
  return noun.endsWith('s') ? `${noun}es` : `${noun}s`;
}
