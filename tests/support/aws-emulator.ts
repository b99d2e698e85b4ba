/** An emulator of AWS on this machine, spoken to over the wire: ministack, which `npm test` sets up where there is Python. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const PYTHON = path.resolve('.cache/venv/bin/python');

/** True where the emulator can be started. */
export const hasEmulator = existsSync(path.resolve('.cache/venv/.ministack'));

/** An emulator that runs, with nothing in it. */
export interface Emulator {
  readonly endpoint: string;
  /** What makes a client or the program talk to it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** What stands before an emulator, where something does. */
export interface EmulatorOptions {
  /** Where its functions send their requests, and its queues say that they are: it has to lead to the emulator. */
  readonly behind?: string;
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts an emulator of its own, on a free port of this machine alone. */
export async function startEmulator({ behind, env: more }: EmulatorOptions = {}): Promise<Emulator> {
  // a queue's URL has the emulator's port: who stands before it has the same one, at another address
  const host = behind === undefined ? '127.0.0.1' : '127.0.0.2';
  const port = behind === undefined ? await freePort() : Number(new URL(behind).port);
  const folder = mkdtempSync(path.join(tmpdir(), 'sekisho-aws-'));
  const endpoint = `http://${host}:${port}`;
  const child = spawn(PYTHON, ['-m', 'ministack'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      TMPDIR: folder,
      BIND_HOST: host,
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      ...(behind === undefined ? {} : { AWS_ENDPOINT_URL: behind, MINISTACK_HOST: new URL(behind).hostname }),
      ...more,
    },
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve()).on('error', () => resolve());
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let waited = 0; !(await answers(endpoint)); waited += 50) {
    if (child.exitCode !== null || waited > 30_000) {
      await stop();
      throw new Error('the emulator of AWS did not start');
    }
    await setTimeout(50);
  }
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  return { endpoint, env, stop };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    (response) => response.status > 0,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
