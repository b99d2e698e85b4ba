/** `sekisho init`: from flags, and from answers on a terminal. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../shared/config/config.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { PROGRAM, sekisho } from '../support/program.ts';
import { hasPseudoTerminals } from '../support/pseudo-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const configIn = (folder: string, name = 'sekisho.yml'): Config =>
  parseConfig(name, readFileSync(join(folder, name), 'utf8')) as Config;

describe('from flags', () => {
  test('a log group that is there, and who is told', async () => {
    const cwd = await temporaryFolder();
    const args = ['--log-group', '/vpc/flow', '--format', 'default', '--email', 'a@example.com'];
    const { code, stdout, stderr } = await sekisho(
      ['init', ...args, '--email', 'b@example.com', '--region', 'eu-west-1', '--name', 'border'],
      { cwd },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`Wrote sekisho.yml. Next:
  npx osls deploy      deploys to eu-west-1; needs AWS credentials
  confirm the e-mails  that AWS sends to 2 addresses; before, nobody is told
  npx sekisho doctor   says whether everything arrives, and what to mend
`);
    expect(configIn(cwd)).toMatchObject({
      deployment: { name: 'border', region: 'eu-west-1' },
      sources: [{ logGroup: '/vpc/flow', formats: ['default'], create: undefined }],
      alerts: { routes: [{ emails: ['a@example.com', 'b@example.com'] }] },
      operations: { emails: ['a@example.com', 'b@example.com'] },
    });
  });

  test('a flow log that is created, and a bucket; as JSON, elsewhere', async () => {
    const cwd = await temporaryFolder();
    const create = ['--log-group', '/vpc/flow', '--create', 'vpc-0123456789abcdef0', '--retention-days', '7'];
    const bucket = ['--bucket', 'my-logs', '--prefix', 'net'];
    const { code, stdout } = await sekisho(['init', ...create, ...bucket, '--config', 'net.yml', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      file: 'net.yml',
      next: [
        { command: 'name the Region', why: 'where it runs: `deployment.region` in net.yml' },
        { command: 'SEKISHO_CONFIG=net.yml npx osls deploy' },
        { why: 'nobody is told of alerts yet: add `emails` in net.yml' },
        { command: 'npx sekisho doctor --config net.yml' },
      ],
    });
    expect(configIn(cwd, 'net.yml').sources).toMatchObject([
      { formats: ['recommended'], create: { resource: 'vpc-0123456789abcdef0', retentionDays: 7 } },
      { bucket: 'my-logs', prefix: 'net/' },
    ]);
    // the other commands read it
    const { code: listed } = await sekisho(['rules', 'list', '--config', 'net.yml'], { cwd });
    expect(listed).toBe(0);
  });

  test('the Region that the environment or the profile says is written down, as what comes later may not see it', async () => {
    const cwd = await temporaryFolder();
    const regionWith = async (env: Readonly<Record<string, string>>): Promise<string | undefined> => {
      const { code } = await sekisho(['init', '--bucket', 'my-logs', '--force'], { cwd, env: { HOME: cwd, ...env } });
      expect(code).toBe(0);
      return configIn(cwd).deployment.region;
    };
    expect(await regionWith({})).toBeUndefined();
    mkdirSync(join(cwd, '.aws'));
    writeFileSync(join(cwd, '.aws', 'config'), '[default]\nregion=eu-west-2\n[profile other]\nregion=eu-west-3\n');
    expect(await regionWith({})).toBe('eu-west-2');
    expect(await regionWith({ AWS_PROFILE: 'other' })).toBe('eu-west-3');
    expect(await regionWith({ AWS_DEFAULT_REGION: 'sa-east-1' })).toBe('sa-east-1');
  });

  test('a file that is there is replaced by --force alone', async () => {
    const cwd = await temporaryFolder();
    writeFileSync(join(cwd, 'sekisho.yml'), 'mine');
    const { code, stderr } = await sekisho(['init', '--bucket', 'my-logs'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'sekisho: `sekisho.yml` is there already: name another with --config, or replace it with --force\n',
    });
    expect(readFileSync(join(cwd, 'sekisho.yml'), 'utf8')).toBe('mine');
    expect(await sekisho(['init', '--bucket', 'my-logs', '--force'], { cwd })).toMatchObject({ code: 0 });
    expect(configIn(cwd).sources).toMatchObject([{ bucket: 'my-logs' }]);
  });

  test('a schema beside it is named in its first line', async () => {
    const cwd = await temporaryFolder();
    const { stdout } = await sekisho(['init', '--schema'], { cwd });
    expect(stdout).toBe(readFileSync(new URL('../../sekisho.schema.json', import.meta.url), 'utf8'));
    expect(existsSync(join(cwd, 'sekisho.yml'))).toBe(false);
    writeFileSync(join(cwd, 'sekisho.schema.json'), stdout);
    await sekisho(['init', '--bucket', 'my-logs'], { cwd });
    const [first] = readFileSync(join(cwd, 'sekisho.yml'), 'utf8').split('\n');
    expect(first).toBe('# yaml-language-server: $schema=./sekisho.schema.json');
  });

  test.each<[string, readonly string[], string | RegExp]>([
    [
      'nothing to read',
      [],
      /^sekisho: nobody can be asked here, so say what is to be read:\n {2}sekisho init --log-group /,
    ],
    ['the same with --yes', ['--yes', '--email', 'a@example.com'], /--bucket my-flow-logs\n/],
    ['no format', ['--log-group', 'a'], /^sekisho: --format: it is missing: write `default`, or the `LogFormat` that/],
    [
      'a format for no group',
      ['--format', 'default'],
      'sekisho: --format says nothing without --log-group: give both\n',
    ],
    [
      'days for what is there',
      ['--log-group', 'a', '--format', 'default', '--retention-days', '7'],
      'sekisho: --retention-days says nothing without --create: give both\n',
    ],
    [
      'two answers that fit nothing',
      ['--log-group', 'a', '--format', 'default', '--email', 'b', '--region', 'Tokyo'],
      /^sekisho: --region: it is no region: .*\nsekisho: --email: it is no e-mail address: .*\n$/,
    ],
    ['an unknown option', ['--buckte', 'a'], 'sekisho: unknown option `--buckte`: did you mean `--bucket`?\n'],
  ])('%s: usage', async (_, args, message) => {
    const cwd = await temporaryFolder();
    const { code, stdout, stderr } = await sekisho(['init', ...args], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    if (typeof message === 'string') expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
    expect(existsSync(join(cwd, 'sekisho.yml'))).toBe(false);
  });

  test('a folder that is not there', async () => {
    const cwd = await temporaryFolder();
    const { code, stderr } = await sekisho(['init', '--bucket', 'my-logs', '--config', 'no/a.yml'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sekisho: cannot write the configuration `no\/a\.yml`: there is no such file or folder/);
  });
});

/** Answers questions on a pseudo-terminal: waits for each text, then types; prints all that was shown. */
const TYPIST = `
import fcntl, json, os, pty, select, struct, sys, termios, time
width, script, command = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 40, width, 0, 0))
shown, seen, deadline = b'', 0, time.time() + 50
while time.time() < deadline:
    if script and script[0][0].encode() in shown[seen:]:
        seen = len(shown)
        time.sleep(0.1)
        os.write(terminal, script.pop(0)[1].encode())
    if not select.select([terminal], [], [], 0.1)[0]:
        continue
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    shown += part
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

type Script = readonly (readonly [wait: string, type: string])[];

function answer(
  script: Script,
  args: readonly string[],
  cwd: string,
  env = {},
): { code: number | null; shown: string } {
  const { status, stdout } = spawnSync(
    'python3',
    ['-c', TYPIST, '80', JSON.stringify(script), process.execPath, PROGRAM, 'init', ...args],
    { cwd, env: { PATH: process.env['PATH'], TERM: 'xterm-256color', HOME: cwd, ...env }, encoding: 'utf8' },
  );
  return { code: status, shown: stdout };
}

const ENTER = '\r';
const DOWN = '\u001B[B';

describe.skipIf(!hasPseudoTerminals)('on a terminal', () => {
  test('questions make a configuration; an answer that fits nothing is asked again', async () => {
    const cwd = await temporaryFolder();
    const { code, shown } = answer(
      [
        ['AWS Region', ENTER],
        ['deployed to one Region', `Tokyo${ENTER}`],
        ['it is no region', `${'\b'.repeat(5)}eu-west-1${ENTER}`],
        ['Where are the flow logs?', `${DOWN}${ENTER}`],
        ['log group be called?', ENTER],
        ['should it watch?', `vpc-0123456789abcdef0${ENTER}`],
        ['Who is told', `a@example.com b@example.com${ENTER}`],
      ],
      [],
      cwd,
      { NO_COLOR: '1' },
    );
    expect({ code, shown }).toMatchObject({ code: 0, shown: expect.stringContaining('Wrote sekisho.yml. Next:') });
    // NO_COLOR: the cursor moves, nothing is painted
    expect(shown.split('\u001B[').filter((part) => /^[0-9;]*[1-9][0-9;]*m/.test(part))).toEqual([]);
    expect(configIn(cwd)).toMatchObject({
      deployment: { region: 'eu-west-1' },
      sources: [
        { logGroup: '/vpc/flow-logs', formats: ['recommended'], create: { resource: 'vpc-0123456789abcdef0' } },
      ],
      operations: { emails: ['a@example.com', 'b@example.com'] },
    });
  });

  test('what flags say is not asked; AWS that does not answer is said, and no failure', async () => {
    const cwd = await temporaryFolder();
    const { code, shown } = answer(
      [
        ['Where are the flow logs?', `${DOWN}${DOWN}${ENTER}`],
        ['bucket called?', `my-logs${ENTER}`],
        ['comes before', ENTER],
      ],
      ['--region', 'us-east-1', '--email', 'a@example.com'],
      cwd,
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    );
    expect({ code, shown }).toMatchObject({ code: 0 });
    expect(shown).toContain('AWS could not be asked which flow logs there are');
    expect(shown).not.toContain('AWS Region');
    expect(shown).not.toContain('Who is told');
    expect(configIn(cwd).sources).toMatchObject([{ bucket: 'my-logs', prefix: '' }]);
  });

  test('who stops leaves nothing behind', async () => {
    const cwd = await temporaryFolder();
    const { code, shown } = answer([['Which format', '\u0003']], ['--log-group', 'a', '--region', 'us-east-1'], cwd);
    expect(code).toBe(130);
    expect(shown).toContain('sekisho: stopped: nothing was written');
    expect(existsSync(join(cwd, 'sekisho.yml'))).toBe(false);
  });
});
