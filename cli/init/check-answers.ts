/** What is wrong with answers, by the option that gives them: the configuration's own reader decides. */
import { parseConfig } from '../../shared/config/parse-config.ts';
import { parseFormat } from '../../shared/flow/format.ts';
import { complete, type Answers, type PartialAnswers } from './answers.ts';
import { configText } from './config-text.ts';

/** What is wrong with the answer that an option gives. */
export interface AnswerProblem {
  readonly option: string;
  readonly reason: string;
}

/** Which option gives a setting. */
const OPTIONS: readonly (readonly [setting: RegExp, option: string])[] = [
  [/^deployment\.name$/, '--name'],
  [/^deployment\.region$/, '--region'],
  [/^sources\.\d+\.log_group$/, '--log-group'],
  [/^sources\.\d+\.format/, '--format'],
  [/^sources\.\d+\.create\.resource$/, '--create'],
  [/^sources\.\d+\.create\.retention_days$/, '--retention-days'],
  [/^sources\.\d+\.bucket$/, '--bucket'],
  [/^sources\.\d+\.prefix$/, '--prefix'],
  [/emails\.\d+$/, '--email'],
];

/** All that is wrong with the answers; none where they make a configuration. */
export function checkAnswers(partial: PartialAnswers): readonly AnswerProblem[] {
  const answers = complete(partial);
  const read = parseConfig('sekisho.yml', configText(answers, undefined), parseFormat);
  if (!('length' in read)) return groupProblems(answers);
  const problems = read.map(({ setting, reason }) => ({
    option: OPTIONS.find(([pattern]) => pattern.test(setting))?.[1] ?? `\`${setting}\``,
    reason,
  }));
  // an address stands in two places
  return problems.filter(
    ({ option, reason }, index) =>
      problems.findIndex((each) => each.option === option && each.reason === reason) === index,
  );
}

/** What a configuration may hold, and a new one should not. */
function groupProblems({ sources }: Answers): readonly AnswerProblem[] {
  return sources.flatMap((source) =>
    source.kind === 'log-group' && source.logGroup.endsWith('*')
      ? [{ option: '--log-group', reason: 'nothing can be subscribed to many names: write one name, without `*`' }]
      : [],
  );
}
