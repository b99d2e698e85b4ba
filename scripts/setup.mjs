/**
 * Installs what is missing, so that `npm start` and `npm test` work in a fresh clone. Plain JavaScript for any Node from 20 up:
 * it runs before Node 24 (a dev dependency) is there.
 *
 * --python also prepares what the tests run against, where the machine has Python: an outside Parquet reader (pyarrow)
 * and an emulator of AWS (ministack).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Python packages for the tests: each with its version, and which tests are skipped without it. */
const PYTHON_PACKAGES = [
  ['pyarrow', '26.0.0', 'those that read Parquet with pyarrow'],
  ['ministack', '1.5.33', 'those that talk to an emulator of AWS'],
];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';

installPackages();
build();
if (process.argv.includes('--python')) preparePython();

function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const mark = join(root, 'node_modules', '.sekisho-installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  say('installing packages (once, less than a minute)…');
  const npm = process.env.npm_execpath;
  const [command, before] = npm === undefined ? [windows ? 'npm.cmd' : 'npm', []] : [process.execPath, [npm]];
  run(command, [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm could not install the packages');
  writeFileSync(mark, lock);
}

function build() {
  const node = join(root, 'node_modules', '.bin', windows ? 'node.cmd' : 'node');
  run(
    existsSync(node) ? node : process.execPath,
    [join(root, 'scripts', 'build.ts')],
    'the program could not be built',
  );
}

function preparePython() {
  const venv = join(root, '.cache', 'venv');
  const python = windows ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
  for (const [name, version, tests] of PYTHON_PACKAGES) {
    const mark = join(venv, `.${name}`);
    if (existsSync(mark) && readFileSync(mark, 'utf8') === version) continue;
    say(`preparing ${name} for the tests (once)…`);
    mkdirSync(dirname(venv), { recursive: true });
    const made =
      (existsSync(python) || attempt(windows ? 'python' : 'python3', ['-m', 'venv', venv])) &&
      attempt(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${name}==${version}`]);
    if (made) writeFileSync(mark, version);
    else
      say(`${name} can't be installed here (it takes Python with venv and pip): tests are skipped by name, ${tests}`);
  }
}

function attempt(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'ignore' }).status === 0;
}

function run(command, args, otherwise) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === 0) return;
  say(`${otherwise}${error === undefined ? '' : ` (${error.message})`}: see above`);
  process.exit(1);
}

function say(text) {
  process.stderr.write(`sekisho: ${text}\n`);
}
