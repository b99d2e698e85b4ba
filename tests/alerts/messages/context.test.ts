/** What whoever is on call needs next: where to ask, and where to say that something is wanted. */
import { describe, expect, test } from 'vitest';
import { readDeployedRules } from '../../../infra/deployed-rules.ts';
import { cutAscii } from '../../../shared/alerts/messages/clean.ts';
import { contextOf, type MessageContext } from '../../../shared/alerts/messages/context.ts';
import { emailOf } from '../../../shared/alerts/messages/email.ts';
import { DEFAULT_CONFIG, type Config } from '../../../shared/config/config.ts';
import { context, scan, told } from './samples.ts';

const group = { kind: 'log-group', formats: ['default'], create: undefined } as const;
const config: Config = {
  ...DEFAULT_CONFIG,
  sources: [
    { ...group, logGroup: '/vpc/one' },
    { ...group, logGroup: '/vpc/many/*' },
    { kind: 'bucket', bucket: 'there', create: false, prefix: '', archive: true, layout: 'plain', partition: 'daily' },
  ],
};
const rules = readDeployedRules(config, 'sekisho.yml', ['rules'], () => undefined).rules;
const deployed = contextOf({ config, rules: { all: rules } }, context, context.home);

const mailOf = (parts: Partial<MessageContext>, rule = 'port-scan'): string =>
  emailOf(told({ ...scan, rule: { ...scan.rule, id: rule } }), { ...context, ...parts });

describe('of a deployment', () => {
  test('log groups that are subscribed are known', () => {
    expect(deployed.logGroups).toEqual(['/vpc/one']);
    expect(deployed).toMatchObject({ deployment: 'sekisho-prod', database: 'sekisho_prod' });
  });

  test('lists that wait for exceptions are named, and none that say what something is', () => {
    expect(deployed.exceptions.get('admin-port-open-to-internet')).toEqual({
      kind: 'into',
      lists: ['trusted_admins'],
    });
    const named = [...deployed.exceptions.values()].flatMap((each) => (each.kind === 'into' ? each.lists : []));
    expect(deployed.exceptions.get('silent-interface')).toEqual({ kind: 'out of', lists: ['watched_interfaces'] });
    expect(new Set(named)).toContain('trusted_destinations');
    for (const name of ['inside', 'networks', 'private', 'admin_ports']) expect(named).not.toContain(name);
  });

  test('every rule says where traffic is excepted', () => {
    expect([...deployed.exceptions.keys()]).toEqual(rules.map(({ id }) => id));
    for (const { id } of rules) {
      const lines = mailOf({ exceptions: deployed.exceptions }, id).split('\n');
      expect(lines).toContain('if it is known and wanted');
      expect(lines).toContain(`  npx sekisho rules explain ${id}`);
    }
    const without = rules.filter(({ id }) => deployed.exceptions.get(id)?.kind === 'except').map(({ id }) => id);
    expect(without).toEqual([]);
  });
});

describe('an e-mail', () => {
  test('says nothing of log groups where there are none, and few of many', () => {
    expect(mailOf({ logGroups: [] })).not.toContain('Insights');
    const many = mailOf({ logGroups: Array.from({ length: 12 }, (_, number) => `/vpc/${number}`) });
    expect(many.replaceAll('\n', ' ')).toContain('/vpc/9 and 2 more, region ap-northeast-1)');
  });

  test('names no exception of a rule that is gone, and no workgroup that is not known', () => {
    expect(mailOf({}, 'gone')).not.toContain('if it is known');
    expect(mailOf({ workgroup: undefined })).not.toContain('workgroup');
  });

  test('says a title once, and a summary whole that does not begin with it', () => {
    expect(mailOf({}).match(/Port scan/g)).toHaveLength(1);
    const other = emailOf(told({ ...scan, summary: 'Port scans: many' }), context);
    expect(other).toContain('\nPort scans: many\n');
  });
});

describe('a subject is cut', () => {
  const text = `admin port open to the internet: 3 records so far at port 22, the first 198.51.100.77:49152 -> 10.0.0.20:22`;

  test('at the end of a word, never inside an address', () => {
    const words = new Set(text.split(' '));
    for (let most = 40; most < text.length; most++) {
      const cut = cutAscii(text, most);
      expect(cut.length).toBeLessThanOrEqual(most);
      const last = cut.slice(0, -3).split(' ').at(-1)!;
      expect([...words].some((word) => word === last || word === `${last}:` || word === `${last},`)).toBe(true);
    }
    expect(cutAscii(text, 99)).toBe(
      'admin port open to the internet: 3 records so far at port 22, the first 198.51.100.77:49152...',
    );
    expect(cutAscii(text, 88)).toBe('admin port open to the internet: 3 records so far at port 22...');
    expect(cutAscii('guessing from 90 source ports within 30m to 10.0.0.5:22', 48)).toBe(
      'guessing from 90 source ports within 30m...',
    );
    expect(cutAscii(text, text.length)).toBe(text);
  });

  test('inside a word that is longer than any address', () => {
    expect(cutAscii(`[LOW] ${'x'.repeat(200)}`, 99)).toBe(`[LOW] ${'x'.repeat(90)}...`);
  });
});
