/** What a first event takes in a fresh process, beside the floor in another; and how large the function is. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { quantile } from './measure.ts';
import { planWorkload } from './workload.ts';

/** What is measured. */
export interface ColdStartOrder {
  /** Records of the first delivery, one measurement each. */
  readonly sizes: readonly number[];
  readonly rounds: number;
}

/** One measurement: medians, milliseconds. */
export interface ColdStart {
  readonly size: number;
  readonly floor: number;
  readonly detect: number;
  /** Median over the rounds of detect's time divided by the floor's in the same round. */
  readonly ratio: number;
  /** The same for processor time, helper threads included. */
  readonly processorRatio: number;
}

/** What the function weighs and takes. */
export interface ColdStartResult {
  /** Bytes of the bundle, and of the files beside it that it loads when it needs them. */
  readonly bundle: number;
  readonly late: number;
  readonly starts: readonly ColdStart[];
}

/** The same log group as the deliveries', so that nothing has to be warned of. */
const CONFIGURATION = 'sources:\n  - { log_group: /vpc/flow-logs, format: default }\n';

const RUN = fileURLToPath(new URL('cold-start-process.cjs', import.meta.url));
const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** Bundles detect as it is packaged, and starts it and the floor in turns. */
export async function measureColdStart({ sizes, rounds }: ColdStartOrder): Promise<ColdStartResult> {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
  const server = await startQueue();
  try {
    const bundle = await bundleDetect(folder);
    const starts: ColdStart[] = [];
    for (const size of sizes) {
      const event = join(folder, `${size}.json`);
      const [data] = planWorkload('v2', size, 1, 1).data;
      await writeFile(event, JSON.stringify({ awslogs: { data } }));
      starts.push({ size, ...(await timeStarts(join(folder, 'detect.js'), event, urlOf(server), rounds)) });
    }
    return { ...bundle, starts };
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
}

/** Bundles the function into a folder, with its late parts; their bytes. */
export async function bundleDetect(folder: string): Promise<Pick<ColdStartResult, 'bundle' | 'late'>> {
  const configuration = join(folder, 'sekisho.yml');
  await writeFile(configuration, CONFIGURATION);
  const before = process.env['SEKISHO_CONFIG'];
  process.env['SEKISHO_CONFIG'] = configuration;
  const bundleOptions = require('../infra/bundle.cjs') as () => Promise<Record<string, unknown>>;
  const lateParts = require('../infra/late-parts.cjs') as (...given: unknown[]) => Plugin;
  const { exclude: _exclude, plugins: _plugins, ...packaged } = await bundleOptions();
  if (before === undefined) delete process.env['SEKISHO_CONFIG'];
  else process.env['SEKISHO_CONFIG'] = before;
  const options: BuildOptions = { ...packaged, logLevel: 'silent' };
  const entry = fileURLToPath(new URL('../functions/detect.ts', import.meta.url));
  const plugins = [lateParts({ build }, options, false)];
  await build({ ...options, plugins, entryPoints: [entry], outdir: folder });
  const parts = (await readdir(join(folder, 'late'))).filter((name) => name.endsWith('.js'));
  const sizes = await Promise.all(parts.map(async (name) => (await stat(join(folder, 'late', name))).size));
  return {
    bundle: (await stat(join(folder, 'detect.js'))).size,
    late: sizes.reduce((sum, size) => sum + size, 0),
  };
}

interface Time {
  readonly milliseconds: number;
  readonly processor: number;
}

async function timeStarts(
  bundle: string,
  event: string,
  url: string,
  rounds: number,
): Promise<Pick<ColdStart, 'floor' | 'detect' | 'ratio' | 'processorRatio'>> {
  const environment = {
    PATH: process.env['PATH'],
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    SEKISHO_BATCHES: `${url}/000000000000/batches`,
    SEKISHO_LAKE: 'lake',
    SEKISHO_TRANSIT: 'transit',
  };
  const start = async (what: string): Promise<Time> => {
    const { stdout } = await run(process.execPath, [RUN, what, event], { env: environment });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Time;
  };
  // what the machine has not read yet would count for the first one
  await start('floor');
  await start(bundle);
  const pairs: { readonly floor: Time; readonly detect: Time }[] = [];
  for (let round = 0; round < rounds; round++) pairs.push({ floor: await start('floor'), detect: await start(bundle) });
  const median = (value: (pair: (typeof pairs)[number]) => number): number => quantile(pairs.map(value), 0.5);
  return {
    floor: median(({ floor }) => floor.milliseconds),
    detect: median(({ detect }) => detect.milliseconds),
    ratio: median(({ floor, detect }) => detect.milliseconds / floor.milliseconds),
    processorRatio: median(({ floor, detect }) => detect.processor / floor.processor),
  };
}

/** Stands for SQS: takes messages and says so. */
async function startQueue(): Promise<Server> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { MessageBody } = JSON.parse(body) as { readonly MessageBody: string };
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      const digest = createHash('md5').update(MessageBody).digest('hex');
      response.end(JSON.stringify({ MessageId: '1', MD5OfMessageBody: digest }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
