/**
 * Installs what is missing, so that `npm start` and `npm test` work in a fresh clone. Plain JavaScript for any Node from 20 up:
 * it runs before Node 24 (a dev dependency) is there.
 *
 * --python also prepares what the tests run against, where the machine has Python: an outside Parquet reader (pyarrow)
 * and an emulator of AWS (ministack). --templates prepares what `npm run check:template` asks: cfn-lint and checkov.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Python packages for the tests, with what they stand on; `without` says what is skipped where they can't be installed. */
const FOR_TESTS = [
  {
    name: 'pyarrow',
    venv: 'venv',
    packages: ['pyarrow==26.0.0'],
    without: 'tests are skipped by name, those that read Parquet with pyarrow',
  },
  {
    name: 'ministack',
    venv: 'venv',
    // the last five are what it runs Athena's queries, KMS and SDK events with: it takes any version, and knows these
    packages: [
      'ministack==1.5.33',
      'boto3==1.43.106',
      'botocore==1.43.106',
      'duckdb==2.0.1',
      'sqlglot==30.30.0',
      'pytz==2026.6',
      'cryptography==50.0.2',
    ],
    without: 'tests are skipped by name, those that talk to an emulator of AWS',
  },
];

/** Linters of CloudFormation templates, each with an environment of its own, as they want other versions of the same packages. */
const FOR_TEMPLATES = [
  { name: 'cfn-lint', venv: 'cfn-lint', packages: ['cfn-lint==1.58.0'], without: 'the template is not checked by it' },
  { name: 'checkov', venv: 'checkov', packages: ['checkov==3.3.30'], without: 'the template is not checked by it' },
];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';

installPackages();
build();
if (process.argv.includes('--python')) FOR_TESTS.forEach(preparePython);
if (process.argv.includes('--templates')) FOR_TEMPLATES.forEach(preparePython);

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

function preparePython({ name, venv: folder, packages, without }) {
  const venv = join(root, '.cache', folder);
  const python = windows ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
  const mark = join(venv, `.${name}`);
  const wanted = packages.join(' ');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  say(`preparing ${name} (once)…`);
  mkdirSync(dirname(venv), { recursive: true });
  const made =
    (existsSync(python) || attempt(windows ? 'python' : 'python3', ['-m', 'venv', venv])) &&
    attempt(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  if (made) writeFileSync(mark, wanted);
  else say(`${name} can't be installed here (it takes Python with venv and pip): ${without}`);
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
