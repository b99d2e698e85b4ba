/** What commands write: data to stdout, everything else to stderr; colours only where a person looks. */
import { styleText } from 'node:util';
import type { Tone } from '../shared/alerts/terminal.ts';

/** Columns of a terminal that does not say. */
const DEFAULT_WIDTH = 100;

/** A program that reads our output may stop early (`| head`): that is no error, and no stack trace. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      // a command with effects (ingest) goes on and completes them; one that only prints stops
      outputClosed = true;
    });
  }
}

let outputClosed = false;

/** Whether nobody reads our output any more. */
export function isOutputClosed(): boolean {
  return outputClosed;
}

/** Writes data to stdout, waiting where the reader is slower. */
export async function writeOut(text: string): Promise<void> {
  const { stdout } = process;
  if (outputClosed || text === '' || stdout.write(text)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      stdout.off('drain', go).off('close', go);
      resolve();
    };
    stdout.on('drain', go).on('close', go);
  });
}

/** Says something to the person: progress, problems, diagnostics. */
export function tell(line: string): void {
  process.stderr.write(`${withoutControls(line)}\n`);
}

/** Values and names come from outside: what they hold of control characters must not reach the terminal. */
export function withoutControls(text: string): string {
  return text.replaceAll(/[\p{Cc}--\n]/gv, '\uFFFD');
}

/** Columns of the terminal behind a stream; one that has not been given a size says 0. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.columns > 0 ? stream.columns : DEFAULT_WIDTH;
}

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Tone | 'good' | 'bad' | 'dim', Style>> = {
  critical: ['bgRed', 'white', 'bold'],
  high: ['bgRed', 'white'],
  medium: ['bgYellow', 'black'],
  low: ['bgCyan', 'black'],
  info: ['bgWhite', 'black'],
  title: 'bold',
  label: 'dim',
  good: 'green',
  bad: 'red',
  dim: 'dim',
};

/** Gives text a colour if the stream is a terminal and NO_COLOR is not set. */
export function painter(stream: NodeJS.WriteStream): (tone: keyof typeof STYLES, text: string) => string {
  return (tone, text) => styleText(STYLES[tone], text, { stream, validateStream: true });
}

/** A number as people read it: `12,345`. */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** A number with its noun: `1 record`, `2 records`. */
export function counted(n: number, noun: string, plural = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : plural}`;
}

/** An amount of bytes as people read it: `1.2 MB` (powers of ten). */
export function byteSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}
