/** `sekisho rules explain` and `schema`: what a rule does, in words; what editors need. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, sekisho, type Ended } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

const RULES = `lists:
  offices: [192.0.2.0/24, 198.51.100.0/24]
rules:
  - id: ssh-knocking
    title: many tries at SSH from one address
    severity: high
    tags: [attack.t1110.001, home-made]
    description: Somebody guesses passwords.
    where: dstport = 22 and srcaddr not in @offices
    except: initiator = dst or vpc_id = 'vpc-0a'
    by: [interface_id, srcaddr]
    window: 10m
    when: count() >= 10
    suppress: 6h
    runbook: Close port 22.
    false_positives: A client that lost its key.
    tests:
      - name: ten tries
        records:
          - { srcaddr: 203.0.113.7, dstport: 22, srcport: 50001-50010 }
        alerts: 1
`;

const CONFIG = `sources:
  - log_group: /vpc/a
    format: default
  - log_group: /vpc/b
    format: srcaddr dstaddr start end
`;

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  writeFileSync(join(folder, 'ssh.yml'), RULES);
  writeFileSync(join(folder, 'own.yml'), CONFIG);
});
afterAll(() => removeFolder(folder));

const rules = (...args: readonly string[]): Promise<Ended> => sekisho(['rules', ...args], { cwd: folder });

test('a rule is told in words, section by section', async () => {
  const { code, stdout, stderr } = await rules('explain', 'ssh-knocking', 'ssh.yml', '--config', 'own.yml');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [words = '', sql = ''] = stdout.split('as a query (rules explain ssh-knocking --sql):\n');
  expect(words).toBe(` HIGH  many tries at SSH from one address
id            ssh-knocking
tags          T1110.001, https://attack.mitre.org/techniques/T1110/001/
              home-made
why           Somebody guesses passwords.

looks at      records of network interfaces for which all of this holds:
              - the destination port is 22
              - the source address is not in @offices
but not       records for which one of this is known to hold:
              - the destination opened the connection: the record is of its answers
              - the VPC is vpc-0a
alerts        as soon as one combination of interface and source address has at least 10 records
              within 10m
once          one alert for each combination of interface and source address, in 6h
remembers     the minutes of the window, kept while records arrive; an alert comes within minutes

lists         @offices: 2 entries, from a rule file: 192.0.2.0/24, 198.51.100.0/24
fields        needs interface_id, srcaddr, srcport, dstport, protocol: the default format has them
              works out initiator from them
              is better with vpc_id (version 3), tcp_flags (version 3)
your formats  /vpc/a: has all, but not vpc_id, tcp_flags
              /vpc/b: can't see it, as the format lacks interface_id, srcport, dstport, protocol

what to do    Close port 22.
false alarms  A client that lost its key.
example       many tries at SSH from one address: 203.0.113.7 had 10 records within 10m on
              eni-0123456789abcdef0

`);
  expect(sql).toMatch(/^WITH matched AS \(\n/);
});

test('--sql prints a query that the lake answers, and nothing else', async () => {
  const { stdout } = await rules('explain', 'ssh-knocking', 'ssh.yml', '--sql');
  expect(stdout).toMatch(/^WITH matched AS \(\n[^]*ORDER BY minute, by_interface_id, by_srcaddr\n$/);
  const all = await rules('explain', 'ssh-knocking', 'ssh.yml');
  const words = (sql: string): string => sql.replaceAll(/\s+/g, ' ').trim();
  expect(words(all.stdout)).toContain(words(stdout));
});

test('a long query does not bury the words: one line says how to see it', async () => {
  const addresses = Array.from({ length: 900 }, (_, index) => `10.0.${Math.floor(index / 200)}.${index % 200}`);
  const where = `srcaddr in (${addresses.join(', ')})`;
  writeFileSync(join(folder, 'long.yml'), `rules:\n  - id: long\n    where: ${where}\n`);
  const { stdout } = await rules('explain', 'long', 'long.yml');
  expect(stdout).toMatch(/\n\nas a query {4}`sekisho rules explain long --sql`\n$/);
  expect(stdout).not.toContain('SELECT');
  expect((await rules('explain', 'long', 'long.yml', '--sql')).stdout).toContain('SELECT');
});

test('--json holds the same for programs', async () => {
  expect(await jsonOf(rules('explain', 'ssh-knocking', 'ssh.yml', '--json'))).toMatchObject({
    id: 'ssh-knocking',
    techniques: ['T1110.001'],
    where: { text: 'dstport = 22 and srcaddr not in @offices' },
    except: { text: "initiator = 'dst' or vpc_id = 'vpc-0a'" },
    memory: 'stream',
    lists: [{ name: 'offices', entries: 2, origin: 'from a rule file' }],
    examples: [expect.stringContaining('203.0.113.7 had 10 records')],
    sql: expect.stringContaining('WITH matched AS'),
  });
});

test('built-in rules are explained in lines that fit', async () => {
  const ids = (await jsonOf(rules('list', '--json'))).map(({ id }: { id: string }) => id);
  expect(ids.length).toBeGreaterThan(20);
  for (const id of ids.filter((_: string, at: number) => at % 9 === 0)) {
    const { code, stdout } = await rules('explain', id);
    expect({ id, code, long: stdout.split('\n').filter((line) => line.length > 100) }).toEqual({
      id,
      code: 0,
      long: [],
    });
  }
});

test('a rule that does not exist is answered with the one that was probably meant', async () => {
  expect(await rules('explain', 'ssh-knoking', 'ssh.yml')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'sekisho: there is no rule `ssh-knoking`: did you mean `ssh-knocking`?\n',
  });
  expect((await rules('explain', 'zzz', 'ssh.yml')).stderr).toBe(
    'sekisho: there is no rule `zzz`: `sekisho rules list` shows them all\n',
  );
});

test('schema prints a JSON Schema that knows the keys of a rule', async () => {
  const schema = await jsonOf(rules('schema'));
  expect(schema).toMatchObject({ $schema: expect.stringContaining('json-schema.org') });
  expect(JSON.stringify(schema)).toContain('"false_positives"');
});
