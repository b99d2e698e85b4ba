/**
 * Whether a value is in a list that is kept in the relation `lists` (see long-lists.ts), in Athena's words.
 *
 * Numbers and texts are looked up. What addresses and patterns match is found out once for each different value of the
 * records, whose number hardly grows with theirs, and then looked up as well: each step is a join by equality.
 */
import type { ListOperand, Value } from '../rules/expression.ts';
import { kindOf, wideRanges } from './long-lists.ts';
import { select, whereAll, type Step } from './select.ts';
import { literal } from './sql.ts';
import { VIEWS, type SqlScope } from './sql-scope.ts';

/** Conditions of which one is true where the value is in the list; one is null where there is no value, none is then true. */
export function listedConditions(value: string, list: ListOperand, scope: SqlScope): readonly string[] {
  const kind = kindOf(list);
  const ranges = wideRanges(list).map(({ low, high }) => `${value} BETWEEN ${low} AND ${high}`);
  const text = kind === 'numbers' ? `CAST(${value} AS varchar)` : value;
  const isIn = `${text} IN (${matching(value, kind, list, scope)})`;
  // nothing is in an empty relation, and not even null is unknown there
  return [...ranges, `CASE WHEN ${value} IS NOT NULL THEN ${isIn} END`];
}

/** The values that the list has or, where entries stand for many, those among the records' that it matches. */
function matching(value: string, kind: Value['kind'], { name }: ListOperand, scope: SqlScope): string {
  const ofList = [`list = ${literal(name)}`, `kind = ${literal(kind)}`];
  if (kind !== 'addresses' && kind !== 'pattern') return select(['entry'], 'lists', whereAll(...ofList));
  const conditions = [...(scope.among ?? []), `${value} IS NOT NULL`];
  const seen: Step = ['seen', select([`DISTINCT ${value} AS seen`], VIEWS[scope.table], whereAll(...conditions))];
  const entries: Step = ['entries', select(['entry'], 'lists', whereAll(...ofList))];
  if (kind === 'pattern') {
    return query([seen, entries], select(['seen'], String.raw`seen JOIN entries ON seen LIKE entry ESCAPE '\'`));
  }
  return query(
    [
      seen,
      entries,
      // the last part of an address that is written like IPv4: all of it, or the end of an IPv6 address
      ['parted', select(['seen', `regexp_extract(seen, '[0-9]+[.].*$') AS dotted`], 'seen')],
      ['counted', select(['seen', 'dotted', `${octetsSql('dotted')} AS octets`], 'parted')],
      ['plain', select(['seen', 'octets', `${undottedSql} AS groups`], 'counted')],
      ['whole', select(['seen', 'octets', `${unshortenedSql} AS groups`], 'plain')],
      ['placed', select(['seen', `${placeSql} AS place`], 'whole')],
      ['lengths', select(['DISTINCT length(entry) AS digits'], 'entries')],
      // a step of its own, so that no engine compares each address with each entry
      ['keyed', select(['seen', 'substr(place, 1, digits) AS beginning'], 'placed CROSS JOIN lengths')],
    ],
    select(['seen'], 'keyed', 'WHERE beginning IN (SELECT entry FROM entries)'),
  );
}

function query(steps: readonly Step[], last: string): string {
  return `WITH ${steps.map(([name, text]) => `${name} AS (${text})`).join(',\n  ')}\n  ${last}`;
}

/** An IPv4 address's eight hexadecimal digits; null for a text that is none. */
function octetsSql(text: string): string {
  const octets = [24, 16, 8, 0].map(
    (shift, at) => `try_cast(split_part(${text}, '.', ${at + 1}) AS bigint) * ${2 ** shift}`,
  );
  return `lower(lpad(to_base(${octets.join(' + ')}, 16), 8, '0'))`;
}

/** An IPv6 address in groups alone; one of another family stays what it is. */
const undottedSql =
  `CASE WHEN octets IS NULL OR strpos(seen, ':') = 0 THEN seen ` +
  `ELSE replace(seen, dotted, substr(octets, 1, 4) || ':' || substr(octets, 5)) END`;

/** An IPv6 address of eight groups: `::` stands for as many as the other colons leave open. */
const unshortenedSql =
  `CASE WHEN strpos(groups, '::') = 0 THEN groups ELSE replace(groups, '::', ':' || ` +
  `substr('0:0:0:0:0:0:', 1, 2 * (8 - length(groups) + length(replace(groups, ':', ''))))) END`;

/** Where an address lies: its family, then all of its hexadecimal digits. */
const placeSql =
  `CASE WHEN strpos(seen, ':') = 0 THEN '4' || octets ELSE '6' || lower(` +
  `${[1, 2, 3, 4, 5, 6, 7, 8].map((at) => `lpad(split_part(groups, ':', ${at}), 4, '0')`).join(' || ')}) END`;
