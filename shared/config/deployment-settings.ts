/** What is deployed and what it may cost: `deployment`, `schedules`, `budgets`, `operations`, `members`. */
import { z } from 'zod';
import { complain, type Complaint } from './complaint.ts';
import { DEFAULT_CONFIG, type Config } from './config.ts';
import { accountId, byteSize, email, retentionDays, schedule } from './values.ts';

const part = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, {
  error:
    'it becomes part of the names of everything that is deployed: begin with a letter, and write lower-case letters, digits and single `-`',
  abort: true,
});

/** Keys of tags (AWS General Reference, "Tag naming limits and requirements"); `application` is the deployment's own. */
const tagKey = z
  .string()
  .regex(
    /^(?!aws:)(?!application$)[\p{L}\p{N} _.:/=+@-]{1,128}$/u,
    'a tag has 1 to 128 letters, digits, spaces and `_ . : / = + - @`, does not begin with `aws:`, and is not `application`, which is the name of the deployment',
  );
const tagValue = z
  .string()
  .regex(
    /^[\p{L}\p{N} _.:/=+@-]{0,256}$/u,
    "a tag's value has at most 256 letters, digits, spaces and `_ . : / = + - @`",
  );

/** Settings that only a deployment has, by section. */
export const deploymentSections = {
  deployment: z
    .strictObject({
      name: part
        .min(2, 'it must have two characters at least: write a longer one')
        .optional()
        .describe('Beginning of the names of all that is deployed.')
        .meta({ default: 'sekisho' }),
      stage: part
        .optional()
        .describe('Second part of those names, so that several can stand side by side.')
        .meta({ default: 'prod', examples: ['prod', 'test'] }),
      region: z
        .string()
        .regex(/^[a-z]{2,3}(-[a-z]+)+-\d$/, 'it is no region: write it like `ap-northeast-1`')
        .optional()
        .describe('AWS Region of the deployment. Without it, AWS_REGION or the profile says it.')
        .meta({ examples: ['ap-northeast-1'] }),
      tags: z
        .record(tagKey, tagValue)
        .optional()
        .describe('Tags of everything that is deployed, beside `application`, which is the name.')
        .meta({ default: {}, examples: [{ owner: 'network-team' }] }),
      permissions_boundary: z
        .string()
        .regex(
          /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]{1,512}$/,
          "write the policy's ARN, such as `arn:aws:iam::111122223333:policy/boundary`",
        )
        .optional()
        .describe('ARN of a policy that bounds every role that is made, where the account asks for one.'),
      reserved_concurrency: z
        .boolean()
        .optional()
        .describe(
          'Whether Lambda holds `windows` and `rules` to one run at a time. `false` where the account has too few concurrent executions, as new ones do.',
        )
        .meta({ default: true }),
    })
    .describe('What the pipeline on AWS is called and where it lies; its stack is `<name>-<stage>`.')
    .optional(),
  schedules: z
    .strictObject({
      rules: schedule
        .optional()
        .describe(
          'When rules that look back for more than an hour are run, as EventBridge writes it (UTC). Each run asks Athena: daily for about USD 4 a month, hourly for 100.',
        )
        .meta({ default: 'rate(1 day)', examples: ['rate(1 day)', 'rate(6 hours)', 'cron(0 1 * * ? *)'] }),
    })
    .describe('How often what is scheduled runs.')
    .optional(),
  budgets: z
    .strictObject({
      query_scan: byteSize
        .refine((bytes) => bytes >= 10_000_000, "Athena's least limit is 10 MB: write `10MB` or more")
        .optional()
        .describe('Bytes that one query of Athena may scan; a query that needs more is stopped.')
        .meta({ default: '10GB' }),
      monthly: z
        .number()
        .positive('write an amount in USD above 0, or leave it out')
        .optional()
        .describe("USD a month for everything that carries the deployment's tag. Without it, there is no budget.")
        .meta({ examples: [50] }),
    })
    .describe('What may be spent.')
    .optional(),
  operations: z
    .strictObject({
      emails: z
        .array(email)
        .optional()
        .describe('Who hears when something is wrong with the pipeline itself. Each has to confirm once.')
        .meta({ default: [] }),
      log_retention_days: retentionDays
        .optional()
        .describe("Days that the functions' own logs are kept.")
        .meta({ default: 14 }),
    })
    .describe('Who hears of what is wrong with the pipeline itself.')
    .optional(),
  members: z
    .strictObject({
      organization: z
        .string()
        .regex(/^o-[a-z0-9]{10,32}$/, "it is no organization's id: write it like `o-a1b2c3d4e5`")
        .optional()
        .describe('Id of an organization of AWS Organizations whose accounts may deliver here.'),
      accounts: z
        .array(accountId)
        .optional()
        .describe('Accounts that may deliver here, in quotes.')
        .meta({ default: [], examples: [['111122223333']] }),
    })
    .describe('Other accounts that deliver flow logs here.')
    .optional(),
} as const;

const sections = z.strictObject(deploymentSections);
type Sections = z.output<typeof sections>;

/** The sections as the program takes them. */
export function toDeployment(
  read: Sections,
): Pick<Config, 'deployment' | 'schedules' | 'budgets' | 'operations' | 'members'> {
  const { deployment, schedules, budgets, operations, members } = DEFAULT_CONFIG;
  return {
    deployment: {
      name: read.deployment?.name ?? deployment.name,
      stage: read.deployment?.stage ?? deployment.stage,
      region: read.deployment?.region,
      tags: read.deployment?.tags ?? deployment.tags,
      permissionsBoundary: read.deployment?.permissions_boundary,
      reservedConcurrency: read.deployment?.reserved_concurrency ?? deployment.reservedConcurrency,
    },
    schedules: { rules: read.schedules?.rules ?? schedules.rules },
    budgets: { queryScan: read.budgets?.query_scan ?? budgets.queryScan, monthly: read.budgets?.monthly },
    operations: {
      emails: read.operations?.emails ?? operations.emails,
      logRetentionDays: read.operations?.log_retention_days ?? operations.logRetentionDays,
    },
    members: {
      organization: read.members?.organization,
      accounts: read.members?.accounts ?? members.accounts,
    },
  };
}

/** The longest name of a Lambda function, and the longest ending that the deployment gives one. */
const LONGEST_FUNCTION_NAME = 64;
const LONGEST_ENDING = '-archive';

/** What is wrong among the sections. */
export function checkDeployment({ deployment }: Pick<Config, 'deployment'>): readonly Complaint[] {
  const { name, stage } = deployment;
  const most = LONGEST_FUNCTION_NAME - LONGEST_ENDING.length;
  const length = `${name}-${stage}`.length;
  if (length <= most) return [];
  return [
    complain(
      ['deployment', name.length >= stage.length ? 'name' : 'stage'],
      `\`${name}-${stage}\` has ${length} characters, and functions are called \`${name}-${stage}${LONGEST_ENDING}\`, of which Lambda takes ${LONGEST_FUNCTION_NAME}: shorten it to ${most}`,
    ),
  ];
}
