/** DuckDB's values as a result's cells: numbers where they are exact, text for what JSON has no word for. */
import type * as DuckDb from '@duckdb/node-api';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { ResultValue } from '../../ports.ts';

/** The library as it comes from `import()`. */
export type DuckDbApi = typeof DuckDb;

/** Decimals of up to 15 digits come back from a double unchanged. */
const exactDigits = 15;

/**
 * A converter of one value.
 *
 * Integers beyond 2^53 are bigint; decimals of more than 15 digits, intervals, times, UUIDs, NaN and infinities are
 * text; dates and timestamps are ISO 8601 (`Z` only where the type has a zone), blobs hexadecimal; lists are arrays;
 * structs and maps are objects, a map's keys as DuckDB writes them.
 */
export function valueConverter(api: DuckDbApi): (value: DuckDBValue, type?: DuckDBType) => ResultValue {
  const convert = (value: DuckDBValue): ResultValue => {
    if (value === null || value === undefined) return null;
    if (typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    if (value instanceof api.DuckDBDecimalValue) {
      return value.width <= exactDigits ? Number(value.toString()) : value.toString();
    }
    if (value instanceof api.DuckDBTimestampTZValue) {
      return value.isFinite ? isoTimestamp(new api.DuckDBTimestampValue(value.micros), 'Z') : String(value);
    }
    if (value instanceof api.DuckDBDateValue && !value.isFinite) return value.days > 0 ? 'infinity' : '-infinity';
    if (isTimestamp(api, value)) return value.isFinite ? isoTimestamp(value, '') : String(value);
    if (value instanceof api.DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex');
    if (value instanceof api.DuckDBListValue || value instanceof api.DuckDBArrayValue) return value.items.map(convert);
    if (value instanceof api.DuckDBStructValue) {
      return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, convert(item)]));
    }
    if (value instanceof api.DuckDBMapValue) {
      return Object.fromEntries(value.entries.map(({ key, value: item }) => [String(key), convert(item)]));
    }
    if (value instanceof api.DuckDBUnionValue || value instanceof api.DuckDBVariantValue) return convert(value.value);
    return String(value);
  };
  return convert;
}

/** The types of a timestamp without a zone. */
function isTimestamp(
  api: DuckDbApi,
  value: DuckDBValue,
): value is InstanceType<
  | DuckDbApi['DuckDBTimestampValue']
  | DuckDbApi['DuckDBTimestampSecondsValue']
  | DuckDbApi['DuckDBTimestampMillisecondsValue']
  | DuckDbApi['DuckDBTimestampNanosecondsValue']
> {
  return (
    value instanceof api.DuckDBTimestampValue ||
    value instanceof api.DuckDBTimestampSecondsValue ||
    value instanceof api.DuckDBTimestampMillisecondsValue ||
    value instanceof api.DuckDBTimestampNanosecondsValue
  );
}

/** DuckDB writes `2026-11-03 04:05:06.5`; ISO 8601 has a T. */
const isoTimestamp = (value: { toString(): string }, zone: string): string =>
  `${value.toString().replace(' ', 'T')}${zone}`;
