/** Functions that DuckDB asks this process for: what its macros can't say. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { addressPlace, parseAddressRange } from '../../flow/address.ts';
import { IPV6_IN_NETWORK } from '../../query/dialect.ts';
import type { DuckDbApi } from './duckdb-values.ts';

/** Makes the functions known to a connection's database. */
export function registerFunctions(api: DuckDbApi, connection: DuckDBConnection): void {
  connection.registerScalarFunction(
    api.DuckDBScalarFunction.create({
      name: IPV6_IN_NETWORK,
      parameterTypes: [api.VARCHAR, api.VARCHAR],
      returnType: api.BOOLEAN,
      mainFunction(_, input, output) {
        const networks = input.getColumnVector(0);
        const addresses = input.getColumnVector(1);
        for (let row = 0; row < input.rowCount; row++) {
          output.setItem(row, isInNetwork(networks.getItem(row), addresses.getItem(row)));
        }
        output.flush();
      },
    }),
  );
}

function isInNetwork(network: unknown, address: unknown): boolean | null {
  if (typeof network !== 'string' || typeof address !== 'string') return null;
  const range = parseAddressRange(network);
  const place = addressPlace(address);
  return typeof range === 'object' && place !== undefined && place >= range.low && place <= range.high;
}
