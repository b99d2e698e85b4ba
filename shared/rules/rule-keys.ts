/** The keys of a rule file with what they mean: the reader, the JSON Schema and the documentation go by it. */

/** Keys of a rule file. */
export const FILE_KEYS = {
  rules: 'what should not be there',
  expect: 'the security design: which interfaces may talk to whom',
  lists: 'what `@name` stands for in the rules of all files',
} as const;

/** Keys of a rule, in the order in which rules are written. */
export const RULE_KEYS = {
  id: 'kebab-case, unique over all files; alerts are identified by it',
  title: 'what an alert is called',
  severity: 'how bad it is',
  tags: 'any texts; `attack.t1046` names a MITRE ATT&CK technique',
  description: 'why it matters',
  false_positives: 'what raises the rule although nothing is wrong, and what to do about that',
  runbook: 'what to do',
  sharpened_by: 'fields that a format need not have, and that make the rule better',
  where: 'which records match',
  except: 'which of them do not; a record for which it is unknown still matches',
  by: 'a field or a list of fields that make a group; null is a group of its own',
  window: 'a sliding window of whole minutes, 1m to 30d; up to 1h it streams',
  when: 'what has to happen before the rule alerts',
  then: 'a second expression that has to match after the window, in the same group',
  within: 'how long after the window `then` may match, 1m to 1h',
  suppress: 'one alert a group in such a period, 1m to 366d',
  quiets: 'ids of more general rules, whose alerts about the same traffic are held back',
  tests: 'records, and the alerts that they must raise',
} as const;

/** A key of a rule. */
export type RuleKey = keyof typeof RULE_KEYS;

/** Keys of a block of `expect:`; the two ids stand in entries of their own and say how the rules differ from the default. */
export const BLOCK_KEYS = {
  name: 'what the block is called',
  description: 'why its connections are expected',
  interfaces: 'which interfaces it is about: ids, subnets, addresses of their own, lists, names in tags, or `any`',
  inbound: 'connections that others may open to them; `any` for all',
  outbound: 'connections that they may open to others; `any` for all',
  tests: 'records, and the alerts that they must raise',
  'unexpected-accept': 'title, severity and so on of the rule about accepted traffic that no entry names',
  'unexpected-reject': 'title, severity and so on of the rule about rejected traffic that an entry names',
} as const;

const ENTRY = {
  ports: 'ports of the end that answers, with ranges and lists; `any` by default',
  protocol: '`tcp`, `icmp`, numbers; by default tcp and udp beside `ports`, else `any`',
  description: 'why the connections are expected',
} as const;

const PEERS = 'addresses, networks, lists, `internet`, `any`';

/** Keys of an entry of `inbound` and of `outbound`. */
export const ENTRY_KEYS = {
  inbound: { from: `who may open connections: ${PEERS}`, ...ENTRY },
  outbound: { to: `to whom connections may be opened: ${PEERS}`, ...ENTRY },
} as const;

/** Keys that an entry of `expect:` may change of one of the two rules. */
export const SETTING_KEYS = ['title', 'description', 'severity', 'tags', 'suppress', 'runbook'] as const;

/** Keys of a test. */
export const TEST_KEYS = {
  name: 'what the test shows',
  lists: 'what lists hold that the rule names, for this test alone',
  records: 'entries of fields with values: ranges and lists give one record a value',
  lines: 'instead of `records`: flow log lines, as AWS writes them',
  format: "AWS's format string; the default format by default, with the fields that the records name added",
  alerts: 'how many there must be (`0`: it must stay quiet), or a list of groups',
} as const;

/** Keys of an entry of `records` that are no fields. */
export const TIMING_KEYS = {
  times: 'how often the entry is repeated',
  at: "the first record's distance from the beginning",
  every: 'the distance from one record to the next',
} as const;
