/** `sekisho rules import-sigma`: Sigma's rules for firewalls as rules here. */
import type { Command } from 'commander';
import { formatDiagnostic } from '../../shared/rules/diagnostics.ts';
import { importSigma } from '../../shared/rules/import-sigma/import-sigma.ts';
import { EXIT, UsageError } from '../exit.ts';
import { counted, tell, writeOut } from '../output.ts';
import { readRuleFiles } from '../read-rules.ts';
import type { CommonOptions } from '../settings.ts';
import { subcommand, type Done } from './subcommand.ts';

interface ImportOptions extends CommonOptions {
  readonly partial?: true;
}

const EXAMPLES = `\
  sekisho rules import-sigma scan.yml > my-rules/scan.yml
  sekisho rules import-sigma sigma/rules/network/firewall/ --partial

A rule comes over only if it means the same: where a part can't be said, it is
refused, with the place and the reason, and the command ends with exit code 3.
With --partial such a part is left out, and a comment says so.
Sigma rules have a licence of their own: SigmaHQ's (Detection Rule License 1.1)
asks to keep the author's name, which stands in the description.`;

/** The command. */
export function importSigmaCommand(done: Done): Command {
  return subcommand('import-sigma', 'translate Sigma rules for firewalls; exits with 3 if one is refused', EXAMPLES)
    .argument('<path...>', 'Sigma rules: files or folders')
    .option('--partial', "leave out what can't be translated, and say so in a comment")
    .action(async (paths: string[], options: ImportOptions) => done(await run(paths, options)));
}

async function run(paths: readonly string[], options: ImportOptions): Promise<number> {
  const files = readRuleFiles(paths);
  const { text, ids, refused, diagnostics } = importSigma(files, { partial: options.partial === true });
  if (ids.length === 0 && refused.length === 0) {
    throw new UsageError([`there is no Sigma rule in ${paths.map((path) => `\`${path}\``).join(', ')}`]);
  }
  if (options.json === true) {
    await writeOut(`${JSON.stringify({ rules: ids, refused, diagnostics, text }, null, 2)}\n`);
  } else {
    const sources = new Map(files.map((file) => [file.name, file.text]));
    for (const each of diagnostics) tell(`${formatDiagnostic(each, sources.get(each.file)!)}\n`);
    await writeOut(text);
    const verdict = `${counted(ids.length, 'rule')} translated, ${refused.length} refused`;
    tell(refused.length === 0 ? verdict : `${verdict}: ${refused.join(', ')}`);
  }
  return refused.length > 0 ? EXIT.found : EXIT.done;
}
