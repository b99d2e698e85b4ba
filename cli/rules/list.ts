/** `sekisho rules list`: what is looked for. */
import type { Command } from 'commander';
import { formatSpan } from '../../shared/alerts/wording.ts';
import { EXIT } from '../exit.ts';
import { widthOf, writeOut } from '../output.ts';
import { readCheckedRules } from '../read-rules.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { formatTable } from '../table.ts';
import { RULE_PATHS, subcommand, type Done } from './subcommand.ts';

const EXAMPLES = `\
  sekisho rules list                      what is looked for
  sekisho rules list my-rules/ --json     with descriptions, tags and runbooks`;

/** The command. */
export function listCommand(done: Done): Command {
  return subcommand('list', 'list rules', EXAMPLES)
    .argument('[path...]', RULE_PATHS)
    .action(async (paths: string[], options: CommonOptions) => done(await list(paths, options)));
}

async function list(paths: readonly string[], options: CommonOptions): Promise<number> {
  const { rules } = await readCheckedRules(await readSettings(options), paths);
  if (options.json === true) {
    const shown = rules.map(({ id, title, description, severity, tags, by, condition, suppress, runbook }) => ({
      id,
      title,
      description,
      severity,
      tags,
      by,
      window: condition.kind === 'window' ? condition.seconds : null,
      when: condition.kind === 'window' ? condition.when.text : null,
      suppress,
      runbook: runbook ?? null,
    }));
    await writeOut(`${JSON.stringify(shown, null, 2)}\n`);
    return EXIT.done;
  }
  const rows = rules.map(({ id, severity, title, condition }) => [
    id,
    severity,
    condition.kind === 'window' ? `${condition.when.text} in ${formatSpan(condition.seconds)}` : 'every match',
    title,
  ]);
  const columns = ['id', 'severity', 'alerts at', 'title'].map((name) => ({ name, type: 'VARCHAR' }));
  await writeOut(formatTable({ columns, rows }, widthOf(process.stdout)));
  return EXIT.done;
}
