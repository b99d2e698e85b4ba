/** SQL over the lake of a deployment, by Athena. */
import {
  AthenaClient,
  GetQueryExecutionCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import type { S3Client } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { ObjectStore, QueryEngine, QueryList, QueryResult } from '../../ports.ts';
import { callError, endedError, isWorthAnotherTry } from './athena-errors.ts';
import { openListObjects } from './athena-lists.ts';
import { readResults } from './athena-results.ts';
import { QUERIES } from './limits.ts';

/** What an engine asks, and where. */
export interface AthenaOptions {
  readonly database: string;
  readonly workgroup: string;
  /** The lake: lists that queries name are written there. */
  readonly store: ObjectStore;
  /** Milliseconds that a query may take from now on: it is stopped then. By default ten minutes. */
  readonly remaining?: () => number;
  readonly client?: AthenaClient;
  /** Reads the files of long results; by default one that is made when there is one. */
  readonly files?: S3Client;
}

/** An engine that tells what its queries cost. */
export interface AthenaEngine extends QueryEngine {
  /** Bytes that Athena has read for the queries so far, those included that failed. */
  readonly bytesScanned: () => number;
}

const TEN_MINUTES = 600_000;

const SHORTER = 'ask for a shorter time or fewer columns';

/** Milliseconds between two looks at a query: at first few, as most are short, then more. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 3_000;

/** How often a query is started that Athena gave up for a reason of its own. */
const MOST_ATTEMPTS = 3;

function newClient(): AthenaClient {
  return new AthenaClient(QUERIES);
}

/**
 * An engine over the database of a deployment; queries run side by side, as many as Athena lets.
 *
 * A query that fails rejects with Athena's own message and what to do about it. One that runs out of time is stopped, as is
 * every one that still runs when the engine is closed. Throttling is waited out by the client.
 */
export function openAthena(options: AthenaOptions): AthenaEngine {
  const { database, workgroup, store, remaining = () => TEN_MINUTES } = options;
  const client = options.client ?? newClient();
  const lists = openListObjects(store);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  let scanned = 0;

  const call = <T>(action: string, run: () => Promise<T>): Promise<T> =>
    run().catch((error: unknown) => {
      throw callError(action, workgroup, error);
    });

  const start = async (sql: string): Promise<string> => {
    const { QueryExecutionId: id } = await call('StartQueryExecution', () =>
      client.send(
        new StartQueryExecutionCommand({
          QueryString: sql,
          WorkGroup: workgroup,
          QueryExecutionContext: { Database: database, Catalog: 'AwsDataCatalog' },
          // the same for all tries of this call, so that an answer that was lost does not start a second query
          ClientRequestToken: randomUUID(),
        }),
      ),
    );
    return id!;
  };

  /** Waits until the query has ended, or stops it. */
  const end = async (id: string, until: number): Promise<QueryExecution> => {
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 1.5, LONGEST_WAIT)) {
      const { QueryExecution: found } = await call('GetQueryExecution', () =>
        client.send(new GetQueryExecutionCommand({ QueryExecutionId: id })),
      );
      if (!['QUEUED', 'RUNNING'].includes(found!.Status!.State!)) return found!;
      const left = until - performance.now();
      if (left <= 0 || closing.signal.aborted) {
        await call('StopQueryExecution', () => client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })));
        throw new Error(
          closing.signal.aborted
            ? 'the query engine is closed'
            : `the query ran out of time and was stopped; ${SHORTER}`,
        );
      }
      await setTimeout(Math.min(wait, left), undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };

  const run = async (sql: string, named: readonly QueryList[]): Promise<QueryResult> => {
    const until = performance.now() + remaining();
    await lists.write(named);
    for (let attempt = 1; ; attempt++) {
      if (performance.now() >= until) throw new Error(`there is no time left for the query; ${SHORTER}`);
      const id = await start(sql);
      const execution = await end(id, until);
      scanned += execution.Statistics?.DataScannedInBytes ?? 0;
      if (execution.Status!.State === 'SUCCEEDED') {
        return call('GetQueryResults', () => readResults({ client, files: options.files }, execution));
      }
      if (attempt === MOST_ATTEMPTS || !isWorthAnotherTry(execution)) throw endedError(execution);
      await setTimeout(attempt * LONGEST_WAIT, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };

  return {
    async query(sql, named = []) {
      if (closing.signal.aborted) throw new Error('the query engine is closed');
      const result = run(sql, named);
      running.add(result);
      return result.finally(() => running.delete(result));
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
      if (options.client === undefined) client.destroy();
    },
    bytesScanned: () => scanned,
  };
}
