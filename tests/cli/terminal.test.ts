/** What a terminal shows, and what a file or pipe gets instead. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AS_OF, EVENTS, PROGRAM, sekisho } from '../support/program.ts';
import { hasPseudoTerminals } from '../support/pseudo-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR = join(EVENTS, 'hour');
const ESCAPE = '\u001B';

/** Runs a command under a pseudo-terminal of this size, and prints all that it shows. */
const PSEUDO_TERMINAL = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 40 if sys.argv[1] != '0' else 0, int(sys.argv[1]), 0, 0))
shown = b''
while True:
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

function onTerminal(
  width: number,
  args: readonly string[],
  cwd: string,
  env = {},
): { code: number | null; shown: string } {
  const { status, stdout } = spawnSync(
    'python3',
    ['-c', PSEUDO_TERMINAL, String(width), process.execPath, PROGRAM, ...args],
    {
      cwd,
      env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env },
      maxBuffer: 1 << 28,
      encoding: 'utf8',
    },
  );
  return { code: status, shown: stdout };
}

test.for([{}, { NO_COLOR: '1' }])('a pipe gets no escape codes (%o)', async (env) => {
  const folder = await temporaryFolder();
  const { code, stdout, stderr } = await sekisho(['ingest', HOUR, '--lake', 'lake', ...AS_OF], { cwd: folder, env });
  expect(code).toBe(0);
  expect(stdout).toContain('Read 21,867 records from 144 files');
  expect(stdout + stderr).not.toContain(ESCAPE);
});

describe.skipIf(!hasPseudoTerminals)('on a terminal (skipped where python3 is missing)', () => {
  test('severities have colours', async () => {
    const folder = await temporaryFolder();
    const { code, shown } = onTerminal(80, ['ingest', HOUR, '--lake', 'lake', ...AS_OF], folder);
    expect(code).toBe(0);
    expect(shown).toContain(`${ESCAPE}[41m`);
    expect(shown).not.toContain('reading');
  });

  test('NO_COLOR is heeded', async () => {
    const folder = await temporaryFolder();
    const { shown } = onTerminal(80, ['ingest', HOUR, '--lake', 'lake', ...AS_OF], folder, { NO_COLOR: '1' });
    expect(shown).toContain('port scan');
    expect(shown).not.toContain(ESCAPE);
  });

  test('a long input has a progress bar on stderr, which is gone at the end', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'long.log'), readFileSync(join(EVENTS, 'text', 'no-header.log'), 'utf8').repeat(4_500));
    const { code, shown } = onTerminal(80, ['ingest', 'long.log', '--lake', 'lake', '--json', ...AS_OF], folder);
    expect(code).toBe(0);
    expect(shown).toMatch(/reading .*\d+% of 10 MB/);
    // the cursor is shown again, and the bar's line cleared, before the result
    expect(shown.trimEnd().split(`${ESCAPE}[2K`).at(-1)).toMatch(/^\{"records":90000,.*\}$/);
    expect(shown).toContain(`${ESCAPE}[?25h`);
  });

  test.for([60, 0])('nothing is wider than a terminal of %i columns (0: it does not say, so 100)', async (width) => {
    const folder = await temporaryFolder();
    const { shown } = onTerminal(width, ['ingest', HOUR, '--lake', 'lake', ...AS_OF], folder, { NO_COLOR: '1' });
    const alerts = shown
      .slice(shown.indexOf('new alerts'))
      .split('\r\n')
      .map((line) => line.length);
    expect(Math.max(...alerts)).toBeLessThanOrEqual(width || 100);
    expect(Math.max(...alerts)).toBeGreaterThan(50);
  });
});
