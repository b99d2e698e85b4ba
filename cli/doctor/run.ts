/** Looks at a deployment, judges it, says what was found. */
import { isAboutCredentials, reasonOfError } from '../../shared/adapters/aws/call-errors.ts';
import { checkStack } from '../../shared/operations/check-stack.ts';
import { examine } from '../../shared/operations/examine.ts';
import type { Finding } from '../../shared/operations/finding.ts';
import { lookForStack, stackName } from '../deployment.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { painter, widthOf, writeOut } from '../output.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import { lookAtDeployment } from './look.ts';
import { formatFindings, formatFindingsJson } from './report.ts';

/** Runs the command to its exit code. */
export async function doctor(options: CommonOptions): Promise<number> {
  const settings = await readSettings(options);
  const { stack, region } = await lookForStack(settings);
  const name = stackName(settings);
  const findings = stack === undefined ? checkStack(name, region, undefined) : await examineStack(settings, stack);
  const about = { stack: name, region: stack?.region ?? region, account: stack?.account ?? null };
  if (options.json === true) await writeOut(formatFindingsJson(about, findings));
  else {
    const paint = painter(process.stdout);
    await writeOut(formatFindings(about, findings, { paint, width: widthOf(process.stdout) }));
  }
  return findings.every(({ result }) => result === 'ok') ? EXIT.done : EXIT.found;
}

async function examineStack(
  settings: Settings,
  stack: Parameters<typeof lookAtDeployment>[1],
): Promise<readonly Finding[]> {
  try {
    return examine(settings.config, await lookAtDeployment(settings, stack), settings.clock.now());
  } catch (error) {
    if (isAboutCredentials(error)) {
      throw new CommandFailure([`cannot look at \`${stack.name}\`: ${reasonOfError(error)}`]);
    }
    throw error;
  }
}
