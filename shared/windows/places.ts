/** Where records were seen. */
import { valueAt, type ColumnBatch, type Source } from '../flow/columns.ts';

/** Where records were seen; null where that is not known. */
export interface Place {
  readonly interface: string | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly vpc: string | null;
}

/** What a record itself may say of its place, by column. */
export const PLACE_COLUMNS: Readonly<Record<keyof Place, string>> = {
  account: 'account_id',
  region: 'region',
  vpc: 'vpc_id',
  interface: 'interface_id',
};

/** What AWS writes where it can't tell. */
export const UNKNOWN = 'unknown';

/** What is known of a delivery's records where they don't say it themselves. */
export function placeOfSource({ account, region }: Source): Place {
  return { interface: null, account, region, vpc: null };
}

/** A row's place: the record's own words, else what is known of the delivery. */
export function placeAt(batch: ColumnBatch, source: Source, row: number): Place {
  const known = placeOfSource(source);
  const part = (name: keyof Place): string | null => {
    const value = valueAt(batch, PLACE_COLUMNS[name], row);
    return typeof value === 'string' && value !== UNKNOWN ? value : known[name];
  };
  return {
    interface: part('interface'),
    account: part('account'),
    region: part('region'),
    vpc: part('vpc'),
  };
}
