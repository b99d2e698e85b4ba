/** Peak memory of the real program: the command line in a process of its own, millions of records on its standard input. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HOUR } from './traffic/hour.ts';
import { V2 } from './traffic/line.ts';
import { textChunks } from './traffic/stream.ts';
import { ruleFile } from './rules.ts';

/** What ingesting took. */
export interface MemoryResult {
  readonly records: number;
  /** The most resident memory the process ever had, bytes, by the operating system's account. */
  readonly peak: number;
  /** The generator's work included, which runs beside it. */
  readonly seconds: number;
}

const MAIN = join(import.meta.dirname, '..', 'cli', 'main.ts');

/** Ingests so many records of busy traffic with 100 rules into a new lake, and removes the lake. */
export async function measureMemory(records: number): Promise<MemoryResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-bench-'));
  try {
    const rules = join(folder, 'rules.yml');
    const peak = join(folder, 'peak');
    writeFileSync(rules, ruleFile(100));
    const before = performance.now();
    const result = await ingest(folder, rules, peak, records);
    if (result.records !== records) throw new Error(`ingest counted ${result.records} records of ${records}`);
    return { records, peak: Number(readFileSync(peak, 'utf8')) * 1_024, seconds: (performance.now() - before) / 1_000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ingest(folder: string, rules: string, peak: string, records: number): Promise<{ records: number }> {
  const args = [...reportPeakTo(peak), MAIN, 'ingest', '-', '--json', '--rules', rules];
  const paths = ['--lake', join(folder, 'lake'), '--alerts', join(folder, 'alerts.jsonl')];
  const child = spawn(process.execPath, [...args, ...paths], { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const outputs = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const traffic = textChunks({ seed: 'memory', start: HOUR, seconds: 60, rate: 60 }, V2, records);
  try {
    await pipeline(Readable.from(traffic, { objectMode: false }), child.stdin);
  } catch {
    // a child that fails closes its input early: its own message says more
  }
  const [code, [out, complaints]] = [await closed, await outputs];
  if (code !== 0) throw new Error(`sekisho ingest ended with code ${code}: ${complaints.trim()}`);
  return JSON.parse(out.trim().split('\n').at(-1)!) as { records: number };
}

/**
 * Node's options that make a process write its peak memory, in kilobytes, to a file as it ends. Linux counts
 * `maxRSS` from before the program was started, the parent's memory included; VmHWM is the program's own.
 */
function reportPeakTo(file: string): readonly string[] {
  const script = `
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    process.on('exit', () => {
      const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
      const own = /VmHWM:\\s+(\\d+) kB/.exec(status)?.[1];
      writeFileSync(${JSON.stringify(file)}, String(own ?? process.resourceUsage().maxRSS));
    });`;
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`];
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const piece of stream.setEncoding('utf8')) text += piece;
  return text;
}
