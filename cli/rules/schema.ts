/** `sekisho rules schema`: what editors need to complete rule files. */
import type { Command } from 'commander';
import { ruleSchema } from '../../shared/rules/rule-schema.ts';
import { EXIT } from '../exit.ts';
import { tell, writeOut } from '../output.ts';
import { subcommand, type Done } from './subcommand.ts';

const FILE = 'sekisho-rules.schema.json';

const HINT = `\
Save it, and name it in the first line of a rule file, for editors with the YAML
language server (VS Code, Neovim and others):
  # yaml-language-server: $schema=./${FILE}`;

const EXAMPLES = `\
  sekisho rules schema > ${FILE}

${HINT}
In JetBrains' editors: Settings, Languages & Frameworks, Schemas and DTDs,
JSON Schema Mappings.`;

/** The command. */
export function schemaCommand(done: Done): Command {
  return subcommand('schema', 'print the JSON Schema of rule files, so that editors complete them', EXAMPLES).action(
    async () => done(await schema()),
  );
}

async function schema(): Promise<number> {
  await writeOut(`${JSON.stringify(ruleSchema(), null, 2)}\n`);
  if (process.stderr.isTTY) tell(HINT);
  return EXIT.done;
}
