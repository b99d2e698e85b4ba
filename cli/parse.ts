/** `sekisho parse`: records as JSON lines. */
import { Command } from 'commander';
import { recordAt } from '../shared/flow/columns.ts';
import { decodeDelivery } from '../shared/flow/decode.ts';
import { EXIT } from './exit.ts';
import { counted, isOutputClosed, tell, writeOut } from './output.ts';
import { InputReader } from './read.ts';
import { openRejectFile } from './rejects.ts';
import { decodeOptionsOf, readSettings, type CommonOptions } from './settings.ts';

interface ParseOptions extends CommonOptions {
  readonly format?: string;
  readonly rejects?: string;
}

const HELP = `
Examples:
  sekisho parse events/cloudwatch-logs/data-v2.json
  zcat flow.log.gz | sekisho parse - --format default | jq .dstaddr
  sekisho parse export/ --format '\${srcaddr} \${dstaddr} \${start} \${end}'
  sekisho parse flow.log --rejects rejects.jsonl
`;

/** The command. */
export function parseCommand(done: (exitCode: number) => void): Command {
  return new Command('parse')
    .description("print every record as a JSON object a line: AWS's names with _, numbers as numbers, - as null")
    .argument('<input...>', 'files, folders, or - for standard input')
    .option('--format <format>', "the lines' format: `default` or AWS's format string")
    .option('--rejects <file>', 'write unreadable lines to this file as JSON lines (- for stdout)')
    .option('--config <file>', 'the configuration (default: sekisho.yml here, if there is one)')
    .option('--now <time>', 'the time to run as of, ISO 8601')
    .option('--json', 'as it is: the output is always JSON lines')
    .addHelpText('after', HELP)
    .action(async (inputs: string[], options: ParseOptions) => done(await parse(inputs, options)));
}

async function parse(inputs: readonly string[], options: ParseOptions): Promise<number> {
  const settings = await readSettings(options);
  const decodeOptions = decodeOptionsOf(settings, options.format);
  const rejects = await openRejectFile(options.rejects);
  const reader = new InputReader(inputs);
  let records = 0;
  for await (const arrival of reader.arrivals()) {
    const decoded = decodeDelivery(arrival, decodeOptions);
    if (decoded.kind === 'control') continue;
    if (decoded.kind === 'malformed') reader.problem(arrival.place, decoded.reason);
    for (const batch of decoded.delivery.batches) {
      let text = '';
      for (let row = 0; row < batch.length; row++) {
        text += `${JSON.stringify(recordAt(batch, row))}\n`;
        if (text.length > 65_536) {
          await writeOut(text);
          text = '';
        }
      }
      await writeOut(text);
      records += batch.length;
    }
    await rejects.write(decoded.delivery.rejects);
    if (isOutputClosed()) break;
  }
  await rejects.close();
  if (rejects.count > 0) {
    const where = options.rejects === undefined ? 'keep them with --rejects FILE' : `they are in ${rejects.where}`;
    tell(
      `sekisho: ${counted(rejects.count, 'line')} could not be read, ${counted(records, 'record')} could; the first: ${rejects.first}; lines of another format than the default need --format, a header line, or \`sources\` in sekisho.yml; ${where}`,
    );
  }
  return reader.problems > 0 ? EXIT.failed : EXIT.done;
}
