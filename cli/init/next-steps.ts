/** What to do once sekisho.yml is written. */
import type { Answers } from './answers.ts';

/** One thing to do. */
export interface Step {
  /** A command, or what is done by hand. */
  readonly command: string;
  readonly why: string;
}

/** The steps, in order. */
export function nextSteps(file: string, { emails, region }: Answers): readonly Step[] {
  const where = region === undefined ? '' : ` to ${region}`;
  const deploy = file === 'sekisho.yml' ? 'npx osls deploy' : `SEKISHO_CONFIG=${file} npx osls deploy`;
  const doctor = file === 'sekisho.yml' ? 'npx sekisho doctor' : `npx sekisho doctor --config ${file}`;
  const told: Step =
    emails.length === 0
      ? { command: 'name somebody', why: `nobody is told of alerts yet: add \`emails\` in ${file}` }
      : {
          command: 'confirm the e-mails',
          why: `that AWS sends to ${emails.length === 1 ? emails[0] : `${emails.length} addresses`}; before, nobody is told`,
        };
  const place: readonly Step[] =
    region === undefined
      ? [{ command: 'name the Region', why: `where it runs: \`deployment.region\` in ${file}` }]
      : [];
  return [
    ...place,
    { command: deploy, why: `deploys${where}; needs AWS credentials` },
    told,
    { command: doctor, why: 'says whether everything arrives, and what to mend' },
  ];
}
