/** `sekisho ingest`: the whole pipeline over files. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { alertStream, openAlertFile, type ClosableSink } from '../shared/adapters/local/alert-sink.ts';
import { openFolderStore } from '../shared/adapters/local/object-store.ts';
import { createMemoryQueue } from '../shared/adapters/local/queue.ts';
import type { Alert } from '../shared/alerts/alert.ts';
import { noAlertMemory } from '../shared/alerts/memory.ts';
import type { Arrival } from '../shared/envelope/delivery.ts';
import { decodeDelivery, type Decoded, type DecodeOptions } from '../shared/flow/decode.ts';
import { networkTest, type NetworkTest } from '../shared/flow/networks.ts';
import { OwnAddresses } from '../shared/flow/own-addresses.ts';
import type { Pipeline } from '../shared/pipeline.ts';
import { alertQueries } from '../shared/query/alert-queries.ts';
import type { Refreshed } from '../shared/rule-source.ts';
import { networkLists, PRIVATE_NETWORKS } from '../shared/rules/built-in-lists.ts';
import { EXIT } from './exit.ts';
import { describeBlindRules, describeState, describeTrouble, reportIngest } from './ingest-report.ts';
import { IngestRun, type IngestLimits } from './ingest-run.ts';
import { isOutputClosed, tell, writeOut } from './output.ts';
import { InputReader } from './read.ts';
import { openRejectFile } from './rejects.ts';
import { readCheckedRules } from './read-rules.ts';
import { decodeOptionsOf, readSettings, type CommonOptions } from './settings.ts';

interface IngestOptions extends CommonOptions {
  readonly lake: string;
  readonly rules?: readonly string[];
  readonly alerts?: string;
  readonly rejects?: string;
  readonly format?: string;
  readonly strict?: true;
}

const HELP = `
Inputs are CloudWatch Logs events (as Lambda gets them, decoded, or exported),
flow-log text (plain, gzip or zstd, with or without a header), Firehose's JSON
lines, and Parquet as AWS delivers it to S3. The same input may be ingested
again: the lake shows each record once, and each incident has one alert.

Examples:
  sekisho ingest events/hour --lake lake
  sekisho ingest flow.log.gz --alerts alerts.jsonl --rejects rejects.jsonl
  aws logs filter-log-events --log-group-name flows | sekisho ingest - --json
  sekisho ingest new-logs/ --rules my-rules/ --strict
`;

/** The command. `limits` replaces a run's own. */
export function ingestCommand(done: (exitCode: number) => void, limits?: IngestLimits): Command {
  return new Command('ingest')
    .description('read flow logs: raise alerts, and keep every record in a lake')
    .argument('<input...>', 'files, folders (with all below them), or - for standard input')
    .option('--lake <dir>', 'the lake: made where it is missing', 'sekisho-lake')
    .option('--rules <path...>', 'rule files or folders, instead of the built-in rules and those of the configuration')
    .option('--alerts <file>', 'append new alerts to this file as JSON lines (- for stdout)')
    .option('--rejects <file>', 'write unreadable lines to this file as JSON lines (- for stdout)')
    .option('--format <format>', "the lines' format where no header says it: `default` or AWS's format string")
    .option('--strict', 'exit with 3 if any line could not be read')
    .option('--config <file>', 'the configuration (default: sekisho.yml here, if there is one)')
    .option('--now <time>', 'the time to run as of, ISO 8601')
    .option('--json', 'end stdout with one JSON object of counts instead of text')
    .addHelpText('after', HELP)
    .action(async (inputs: string[], options: IngestOptions) => done(await ingest(inputs, options, limits)));
}

async function ingest(inputs: readonly string[], options: IngestOptions, limits?: IngestLimits): Promise<number> {
  const settings = await readSettings(options);
  const decodeOptions = decodeOptionsOf(settings, options.format);
  const rules = (await readCheckedRules(settings, options.rules ?? [], options.lake)).source();
  const networks = settings.config.networks ?? PRIVATE_NETWORKS;
  const rejects = await openRejectFile(options.rejects);
  const sink = await openSink(options.alerts);
  const pipeline: Pipeline = {
    store: openFolderStore(resolve(options.lake)),
    queue: createMemoryQueue<Arrival>(),
    sink,
    clock: settings.clock,
    random: () => randomBytes(6).toString('hex'),
    decode: remembering(decodeOptions),
    get rules() {
      return rules.current;
    },
    queriesOf: alertQueries(networks),
    seen: noAlertMemory(),
  };

  const stop = stopOnSignal();
  const reader = new InputReader(inputs, { lake: options.lake, stop: stop.signal });
  const run = new IngestRun(pipeline, rejects, new OwnAddresses(insideTest(networks)), limits);
  for await (const arrival of reader.arrivals()) {
    tellRefreshed(await rules.refresh(settings.clock.now()));
    const problem = await run.take(arrival);
    if (problem !== undefined) reader.problem(arrival.place, problem);
  }
  const wasCutShort = stop.signal.aborted;
  if (wasCutShort) await run.archive();
  else await run.finish();
  await rejects.close();
  await sink?.close();
  stop.end();

  const result = run.result();
  const blind = describeBlindRules(rules.current.all, result.formats);
  const text =
    options.json === true
      ? `${JSON.stringify(result.counts)}\n`
      : reportIngest(result, {
          lake: options.lake,
          rejects: rejects.where,
          files: reader.files,
          blind,
          timeZone: settings.config.timeZone,
          mostShown: settings.config.alerts.notificationsPerMinute,
        });
  if (options.json === true || (options.alerts !== '-' && options.rejects !== '-')) await writeOut(text);
  else process.stderr.write(text);

  if (options.json === true) {
    for (const line of [...(blind === undefined ? [] : [blind]), ...describeTrouble(result)]) tell(`sekisho: ${line}`);
  }
  for (const line of describeState(result, settings.config.windows.stateLimit)) tell(`sekisho: ${line}`);
  if (stop.signal.aborted) {
    tell(
      wasCutShort
        ? 'sekisho: interrupted: what was read is in the lake; run it again to read the rest'
        : 'sekisho: interrupted after everything was read: all of it is in the lake',
    );
    return EXIT.interrupted;
  }
  if (reader.problems > 0 || result.unreadableState.length > 0) return EXIT.failed;
  return options.strict === true && rejects.count > 0 ? EXIT.found : EXIT.done;
}

/** Whether nobody takes an address for one of the internet: `@inside`, and what stands for no address. */
function insideTest(networks: readonly string[]): NetworkTest {
  return networkTest([...networkLists(networks)['inside']!.entries, '0.0.0.0/32', '::/128']);
}

/** Says what is wrong with lists that were looked at again; the run goes on. */
function tellRefreshed({ problems, diagnostics }: Refreshed): void {
  for (const problem of problems) tell(`sekisho: ${problem}`);
  for (const { file, line, column, code, message } of diagnostics) {
    tell(`sekisho: ${file}:${line}:${column}: warning ${code}: ${message}`);
  }
}

async function openSink(path: string | undefined): Promise<ClosableSink<Alert> | undefined> {
  if (path === undefined) return undefined;
  return path === '-' ? whileRead(alertStream(process.stdout)) : await openAlertFile(path);
}

/** A reader of stdout that had enough (`| head`) is not told more; the lake has every alert. */
function whileRead(sink: ClosableSink<Alert>): ClosableSink<Alert> {
  return {
    ...sink,
    publish: async (alerts) => {
      if (isOutputClosed()) return;
      await sink.publish(alerts).catch((error: unknown) => {
        if (!isOutputClosed()) throw error;
      });
    },
  };
}

/** Decodes an arrival once, however many steps ask for it. */
function remembering(options: DecodeOptions): (arrival: Arrival) => Decoded {
  const known = new WeakMap<Arrival, Decoded>();
  return (arrival) => {
    let decoded = known.get(arrival);
    if (decoded === undefined) known.set(arrival, (decoded = decodeDelivery(arrival, options)));
    return decoded;
  };
}

/** The first signal lets the run finish its current object; a second one ends the process at once. */
function stopOnSignal(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
    tell('sekisho: stopping: finishing what was read (again to stop at once)');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    end: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
