/**
 * Where Athena (Trino) and DuckDB differ. SQL is written once, in Athena's words; DuckDB learns those that it lacks.
 *
 * Kept to, because the engines disagree about the rest:
 * - `t - t % 60` and never `t / 60`: division of integers is whole in Trino and not in DuckDB;
 * - numbers that may be fractions are doubles (`5E0`): `5.0` is a decimal;
 * - `coalesce(x, false)`: Trino has no `IS TRUE`;
 * - `least` and `greatest` only of what is not null: Trino's are null then, DuckDB's pass over it;
 * - of a text without a match `regexp_extract` is null in Trino and empty in DuckDB: what is made of it is null for both;
 * - sums are cast to double where they are compared: DuckDB's are 128 bits wide;
 * - groups, which may hold nulls, are joined only where one side is a short list, as Trino compares every pair then;
 *   window functions do the rest.
 *
 * The views are two texts, as what a view reads is files here and tables there: views.ts and athena-views.ts. In the latter
 * - days are counted with `date_add('day', seconds / 86400, DATE '1970-01-01')`: `from_unixtime` would ask for a time zone;
 * - lists that may hold nulls are compared as JSON: in Trino a list with a null equals nothing;
 * - nothing is materialized: what several steps read is read several times.
 *
 * Known to differ: Trino takes the text `::ffff:10.0.0.1` for 10.0.0.1, and the language for an IPv6 address. Flow logs
 * print IPv4 as IPv4.
 *
 * Source: Trino's documentation, "IP address functions" and "Bitwise functions".
 */

/** A number as a double literal that both engines read as one. */
export function doubleLiteral(value: number): string {
  const text = String(value);
  return /e/i.test(text) ? text.replace('e+', 'E').replace('e', 'E') : `${text}E0`;
}

/** The function that DuckDB asks of its host: whether an IPv6 address lies in a network, both as text. */
export const IPV6_IN_NETWORK = 'sekisho_ipv6_in_network';

const BITS = `try_cast(split_part(network, '/', 2) AS INTEGER)`;
const HOST = `split_part(network, '/', 1)`;
const WHOLE_OCTETS = `array_to_string(string_split(${HOST}, '.')[1:bits // 8], '.') || CASE WHEN bits < 8 THEN '' ELSE '.' END`;
const OCTET = `try_cast(split_part(address, '.', bits // 8 + 1) AS INTEGER)`;
const NETWORK_OCTET = `try_cast(split_part(${HOST}, '.', bits // 8 + 1) AS INTEGER)`;
const GROUP = `try_cast('0x' || CASE WHEN starts_with(address, ':') THEN '0' ELSE split_part(address, ':', 1) END AS INTEGER)`;
const NETWORK_GROUP = `try_cast('0x' || CASE WHEN starts_with(network, ':') THEN '0' ELSE split_part(network, ':', 1) END AS INTEGER)`;

/**
 * Statements that teach DuckDB Trino's `ipaddress` and what can be asked of it.
 *
 * Everything that depends on the network alone is folded before a query runs, and what is left for IPv4 is a comparison
 * of texts, as flow logs print addresses in one form only: ten times faster than reading each address. `CASE`, unlike
 * `AND`, does not evaluate what it does not need. DuckDB's own `contains(text, part)` stays what it is.
 */
export const DUCKDB_DIALECT: readonly string[] = [
  `CREATE TYPE ipaddress AS VARCHAR`,
  `CREATE MACRO bitwise_and(a, b) AS a & b`,
  `CREATE MACRO sekisho_in_ipv4(network, address, bits) AS CASE
    WHEN bits = 0 THEN strpos(address, ':') = 0
    WHEN bits = 32 THEN address = ${HOST}
    WHEN bits % 8 = 0 THEN starts_with(address, ${WHOLE_OCTETS})
    WHEN address IS NULL THEN NULL
    WHEN starts_with(address, ${WHOLE_OCTETS})
    THEN coalesce(${OCTET}, -1) BETWEEN ${NETWORK_OCTET} AND ${NETWORK_OCTET} + (1 << (8 - bits % 8)) - 1
    ELSE false END`,
  // the first group decides most questions, and all about networks of up to 16 bits
  `CREATE MACRO sekisho_in_ipv6(network, address, bits) AS CASE
    WHEN address IS NULL THEN NULL
    WHEN strpos(address, ':') = 0 THEN false
    WHEN ${GROUP} BETWEEN ${NETWORK_GROUP} AND ${NETWORK_GROUP} + (1 << (16 - least(bits, 16))) - 1
    THEN CASE WHEN bits <= 16 THEN true ELSE ${IPV6_IN_NETWORK}(network, address) END
    ELSE false END`,
  `CREATE MACRO contains(network VARCHAR, address ipaddress) AS CASE
    WHEN ${BITS} IS NULL THEN strpos(network, address) > 0
    WHEN strpos(network, ':') > 0 THEN sekisho_in_ipv6(network, address, ${BITS})
    ELSE sekisho_in_ipv4(network, address, ${BITS}) END,
  (list, element) AS system.main.contains(list, element)`,
];
