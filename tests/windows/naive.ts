/** What rules with memory mean, looked at record by record with everything known: the judge of the streaming evaluation. */
import { alertId, periodStart } from '../../shared/alerts/identity.ts';
import type { FieldValue } from '../../shared/flow/columns.ts';
import type { AbsenceCondition, Rule, Threshold, WindowCondition } from '../../shared/rules/rule.ts';
import { matches } from '../rules/naive.ts';

/** A record's fields by column name; what is left out is null. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** Something happened to a group at a minute. */
interface Event {
  readonly group: readonly FieldValue[];
  readonly minute: number;
}

interface Match extends Event {
  readonly record: Fields;
}

/**
 * The ids of all alerts that the records raise, sorted.
 *
 * @param judgeAt as of when it is known what is absent, Unix seconds
 */
export function naiveIds(rules: readonly Rule[], records: readonly Fields[], judgeAt: number): string[] {
  const ids = rules.flatMap((rule) =>
    eventsOf(rule, records, judgeAt).map(({ group, minute }) => alertId(rule, group, periodStart(rule, minute * 60))),
  );
  return [...new Set(ids)].sort();
}

function eventsOf(rule: Rule, records: readonly Fields[], judgeAt: number): readonly Event[] {
  const own = matchesOf(rule, records);
  const { condition } = rule;
  switch (condition.kind) {
    case 'window': {
      const windows = own.filter((last) => meets(condition.when, insideOf(condition, own, last), condition.seconds));
      if (condition.then === undefined) return windows;
      const { where, within } = condition.then;
      return matchesOf({ ...rule, where }, records).filter((sequel) =>
        windows.some(
          ({ group, minute }) =>
            isSame(group, sequel.group) && minute <= sequel.minute && sequel.minute <= minute + within / 60,
        ),
      );
    }
    case 'absence':
      return own.filter((last) => isAbsent(condition, own, last, judgeAt));
    case 'match':
    case 'new':
    case 'baseline':
      throw new Error('no rule with memory that streams');
  }
}

function matchesOf(rule: Rule, records: readonly Fields[]): readonly Match[] {
  return records
    .filter((record) => matches(rule, (column) => record[column] ?? null))
    .map((record) => ({
      record,
      group: rule.by.map((column) => record[column] ?? null),
      minute: Math.floor(Number(record['start']) / 60),
    }));
}

function insideOf({ seconds }: WindowCondition, all: readonly Match[], last: Match): readonly Fields[] {
  return all
    .filter(({ group, minute }) => isSame(group, last.group) && minute <= last.minute)
    .filter(({ minute }) => minute > last.minute - seconds / 60)
    .map(({ record }) => record);
}

function meets({ measure, operator, value }: Threshold, inside: readonly Fields[], seconds: number): boolean {
  const of = (field: string): readonly FieldValue[] => inside.map((record) => record[field] ?? null);
  const sum = (field: string): number => of(field).reduce<number>((total, each) => total + Number(each), 0);
  const measured = ((): number => {
    switch (measure.kind) {
      case 'count':
        return inside.length;
      case 'sum':
        return sum(measure.field);
      case 'rate':
        return (measure.field === undefined ? inside.length : sum(measure.field)) / seconds;
      case 'distinct':
        return new Set(of(measure.field).filter((each) => each !== null)).size;
    }
  })();
  return operator === '>' ? measured > value : measured >= value;
}

function isAbsent({ seconds }: AbsenceCondition, all: readonly Match[], last: Match, judgeAt: number): boolean {
  const minutes = seconds / 60;
  const late = 10 * 60 + 30 * 60;
  return (
    (last.minute + minutes + 1) * 60 + late <= judgeAt &&
    !all.some(
      ({ group, minute }) => isSame(group, last.group) && minute > last.minute && minute <= last.minute + minutes,
    )
  );
}

function isSame(one: readonly FieldValue[], other: readonly FieldValue[]): boolean {
  return one.every((value, index) => value === other[index]);
}
