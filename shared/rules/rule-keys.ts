/** The keys of a rule file with what they mean: the reader, the JSON Schema and the documentation go by it. */

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
