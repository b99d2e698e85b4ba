/** `sekisho query`: SQL over the lake. */
import { Command } from 'commander';
import type { QueryList, QueryResult } from '../shared/ports.ts';
import { CommandFailure, EXIT, UsageError } from './exit.ts';
import { openLake } from './lake.ts';
import { count, tell, widthOf, writeOut } from './output.ts';
import { readSettings, type CommonOptions, type Settings } from './settings.ts';
import { formatCsv, formatJson, formatTable } from './table.ts';

interface QueryOptions extends CommonOptions {
  readonly lake: string;
  readonly csv?: true;
}

const HELP = `
Views:
  flows           every record of VPC flow logs, once: AWS's column names, and
                  batch, initiator (src or dst: who opened the connection),
                  server_port, source_account, source_region, source, day,
                  arrived
  vpc_flow_logs   the same under the name, and with the "date", of queries that
                  AWS has published
  tgw_flows       records of transit gateway flow logs
  alerts          every alert
  quarantine      lines that could not be read

Examples:
  sekisho query "SELECT dstport, count(*) AS n FROM flows GROUP BY 1 ORDER BY 2"
  sekisho query "SELECT * FROM alerts ORDER BY first_seen" --json
  sekisho query - --lake lake --csv < bytes-by-source.sql > bytes.csv
`;

/** The command. */
export function queryCommand(done: (exitCode: number) => void): Command {
  return new Command('query')
    .description('answer a question in SQL (DuckDB) over a lake')
    .argument('<sql>', 'a query over the views below, or - for standard input')
    .option('--lake <dir>', 'the lake', 'sekisho-lake')
    .option('--csv', 'print CSV')
    .option('--json', 'print a JSON array of objects')
    .option('--config <file>', 'the configuration (default: sekisho.yml here, if there is one)')
    .option('--now <time>', 'the time to run as of, ISO 8601')
    .addHelpText('after', HELP)
    .action(async (sql: string, options: QueryOptions) => done(await query(sql, options)));
}

async function query(sql: string, options: QueryOptions): Promise<number> {
  if (options.csv === true && options.json === true)
    throw new UsageError(["`--csv` and `--json` can't both be: choose one"]);
  const settings = await readSettings(options);
  const { engine } = await openLake(options.lake);
  try {
    const text = sql === '-' ? await readStdin() : sql;
    const result = await engine.query(text, await listsOf(text, settings, options.lake)).catch((error: unknown) => {
      throw new CommandFailure([`the query failed: ${error instanceof Error ? error.message.trim() : String(error)}`]);
    });
    if (options.json === true) await writeOut(formatJson(result));
    else if (options.csv === true) await writeOut(formatCsv(result));
    else await printTable(result);
    return EXIT.done;
  } finally {
    await engine.close();
  }
}

/** What the query of a rule with long lists asks for, as `rules explain --sql` prints it: those of the installed rules. */
async function listsOf(sql: string, settings: Settings, lake: string): Promise<readonly QueryList[]> {
  if (!/\bfrom\s+lists\s+where\s+list\s*=/i.test(sql)) return [];
  const [{ readCheckedRules }, { listsOfRule }] = await Promise.all([
    import('./read-rules.ts'),
    import('../shared/query/rule-sql.ts'),
  ]);
  const { rules } = await readCheckedRules(settings, [], lake);
  return rules.flatMap((rule) => listsOfRule(rule));
}

/** Nobody reads a longer table. */
const MOST_ROWS = 10_000;

async function printTable({ columns, rows }: QueryResult): Promise<void> {
  await writeOut(formatTable({ columns, rows: rows.slice(0, MOST_ROWS) }, widthOf(process.stdout)));
  if (rows.length > MOST_ROWS) {
    tell(`sekisho: these are the first ${count(MOST_ROWS)} of ${count(rows.length)} rows: --csv and --json print all`);
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
