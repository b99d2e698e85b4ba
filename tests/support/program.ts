/** The real program as a child process. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { queryLake } from './lakes.ts';

/** How a run ended, and all that it said. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run's surroundings; by default an empty environment, no input, and the system's temporary folder. */
export interface Surroundings {
  readonly cwd?: string;
  /** Standard input, from start to end. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Takes root's power over permissions away, so that a file's mode holds for root as for anybody. */
  readonly unprivileged?: boolean;
}

/** A run that goes on. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** What `npx sekisho` runs. */
export const PROGRAM = fileURLToPath(new URL('../../dist/sekisho.js', import.meta.url));

/** The shipped sample events. */
export const EVENTS = fileURLToPath(new URL('../../events', import.meta.url));

/** Options of a run as of just after the shipped hour. */
export const AS_OF = ['--now', '2026-11-17T02:10:00Z'] as const;

const isRoot = process.getuid?.() === 0;

const WITHOUT_OVERRIDE = ['setpriv', '--inh-caps=-all', '--bounding-set=-dac_override,-dac_read_search'];

/** Whether a run can be made to respect permissions here: anybody's does but root's, and root's with util-linux. */
export const canLosePrivileges =
  !isRoot || spawnSync(WITHOUT_OVERRIDE[0]!, [...WITHOUT_OVERRIDE.slice(1), 'true']).status === 0;

/** Runs `sekisho` with these arguments to its end. */
export function sekisho(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const { child, ended } = start([PROGRAM, ...args], surroundings);
  child.stdin?.end(surroundings.input);
  return ended;
}

/** Starts a program of Node's (its path, then its arguments); its standard input stays open. */
export function start(args: readonly string[], { cwd, env, unprivileged = false }: Surroundings = {}): Running {
  const command = [...(unprivileged && isRoot ? WITHOUT_OVERRIDE : []), process.execPath, ...args];
  const child = spawn(command[0]!, command.slice(1), {
    cwd,
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], ...env },
    stdio: 'pipe',
  });
  // a program that needs no input may end before it has taken it
  child.stdin.on('error', () => undefined);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...said }));
  });
  return { child, ended };
}

/** The one JSON value on a run's stdout; throws with what it said otherwise. */
export async function jsonOf(run: Promise<Ended>): Promise<any> {
  const { code, stdout, stderr } = await run;
  if (code !== 0 || stderr !== '') throw new Error(`exit code ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}

/** JSON lines as values. */
export function jsonLines(text: string): any[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** What a lake shows through its views. */
export interface Contents {
  readonly records: number;
  /** A digest of all values of all records but when they arrived, whatever order they lie in. */
  readonly digest: string;
  /** The ids of its alerts, in order. */
  readonly alerts: readonly string[];
}

/** Reads a whole lake. */
export async function contentsOf(lake: string): Promise<Contents> {
  const { rows } = await queryLake(
    lake,
    `SELECT count(*), md5(string_agg(record, chr(10) ORDER BY record)), (SELECT list(id ORDER BY id) FROM alerts)
     FROM (SELECT CAST(f AS VARCHAR) AS record FROM (SELECT * EXCLUDE (arrived) FROM flows) f)`,
  );
  const [records, digest, alerts] = rows[0] as [number, string, string[] | null];
  return { records, digest, alerts: alerts ?? [] };
}

/** The ids in a file of alerts, each once, in order. */
export function idsIn(file: string): string[] {
  const ids = jsonLines(readFileSync(file, 'utf8')).map(({ id }): string => id);
  return [...new Set(ids)].sort();
}
