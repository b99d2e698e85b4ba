/** `sekisho rules check`: everything that is wrong with rules. */
import type { Command } from 'commander';
import { formatDiagnostic, type Diagnostic } from '../../shared/rules/diagnostics.ts';
import { EXIT } from '../exit.ts';
import { counted, painter, writeOut } from '../output.ts';
import { readRules } from '../read-rules.ts';
import { readSettings } from '../settings.ts';
import { LAKE_OF_LISTS, RULE_PATHS, subcommand, type Done, type ListOptions } from './subcommand.ts';

const EXAMPLES = `\
  sekisho rules check my-rules/           every mistake, its place, what to do
  sekisho rules check my-rules/ --json    the same for an editor or a pipeline

Warnings alone are no reason for exit code 3.`;

/** The command. */
export function checkCommand(done: Done): Command {
  return subcommand('check', 'say everything that is wrong with rules; exits with 3 if anything is', EXAMPLES)
    .argument('[path...]', RULE_PATHS)
    .option(...LAKE_OF_LISTS)
    .action(async (paths: string[], options: ListOptions) => done(await check(paths, options)));
}

async function check(paths: readonly string[], options: ListOptions): Promise<number> {
  const { rules, sources, ...loaded } = await readRules(await readSettings(options), paths, options.lake);
  // rules that repeat each other are no news to a run, only to who writes them
  const diagnostics = [...loaded.diagnostics, ...loaded.overlaps()];
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (options.json === true) {
    await writeOut(`${JSON.stringify(diagnostics.map(asJson), null, 2)}\n`);
  } else {
    const paint = painter(process.stdout);
    const texts = diagnostics.map((each) => `${formatDiagnostic(each, sources.get(each.file)!.text).trimEnd()}\n`);
    const warnings = diagnostics.length - errors;
    const verdict =
      diagnostics.length === 0
        ? `${paint('good', 'nothing wrong')} in ${counted(rules.length, 'rule')} of ${counted(sources.size, 'file')}`
        : `${paint('bad', counted(errors, 'error'))} and ${counted(warnings, 'warning')} in ${counted(sources.size, 'file')}`;
    await writeOut(`${texts.map((text) => `${text}\n`).join('')}${verdict}\n`);
  }
  return errors > 0 ? EXIT.found : EXIT.done;
}

/** What editors rely on: every key is always there. */
function asJson({ file, line, column, endColumn, code, severity, message, hint }: Diagnostic): unknown {
  return { file, line, column, endColumn, code, severity, message, hint: hint ?? null };
}
