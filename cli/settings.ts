/** What every command sets up from its options: the configuration, the clock, formats and networks. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fixedClock, parseTime, systemClock } from '../shared/adapters/local/clock.ts';
import { describeFileError } from '../shared/adapters/local/file-errors.ts';
import { DEFAULT_CONFIG, type Config } from '../shared/config/config.ts';
import type { ConfigProblem } from '../shared/config/parse-config.ts';
import { decodeOptionsOf as optionsOf } from '../shared/decode-options.ts';
import type { DecodeOptions } from '../shared/flow/decode.ts';
import { parseFormat } from '../shared/flow/format.ts';
import type { Clock } from '../shared/ports.ts';
import { UsageError } from './exit.ts';

/** Options that all commands share. */
export interface CommonOptions {
  readonly now?: string;
  readonly config?: string;
  readonly json?: true;
}

/** The configuration and where it lies. */
export interface Settings {
  readonly config: Config;
  /** The folder that the configuration's paths are relative to. */
  readonly folder: string;
  readonly clock: Clock;
}

const CONFIG_NAME = 'sekisho.yml';

/** Reads the configuration (`--config`, else sekisho.yml here if there is one) and the clock (`--now`). */
export async function readSettings(options: CommonOptions): Promise<Settings> {
  const clock = readClock(options.now);
  const path = options.config ?? CONFIG_NAME;
  if (options.config === undefined && !existsSync(path)) return { config: DEFAULT_CONFIG, folder: '.', clock };
  // its validation takes a third of a command's start: only for those who have a configuration
  const { parseConfig } = await import('../shared/config/parse-config.ts');
  const config = parseConfig(path, readText(path, 'the configuration'), parseFormat);
  if (isProblems(config)) throw new UsageError(config.map(({ message }) => message));
  return { config, folder: dirname(path), clock };
}

function isProblems(config: Config | readonly ConfigProblem[]): config is readonly ConfigProblem[] {
  return Array.isArray(config);
}

function readClock(now: string | undefined): Clock {
  if (now === undefined) return systemClock;
  const time = parseTime(now);
  if (time === undefined) {
    throw new UsageError([`--now is \`${now}\`, which is no ISO 8601 time: write it like \`2026-11-17T02:00:00Z\``]);
  }
  return fixedClock(time);
}

/** How lines are to be read. */
export function decodeOptionsOf({ config, clock }: Settings, format: string | undefined): DecodeOptions {
  const lasting = optionsOf(config, format === undefined ? undefined : { format, where: '--format' });
  if ('kind' in lasting) throw new UsageError([lasting.message]);
  return { ...lasting, arrival: clock.now().getTime() / 1000 };
}

/** A file's text; one that can't be read is a wrong option or setting. */
function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError([describeFileError(`read ${what}`, path, error)]);
  }
}
