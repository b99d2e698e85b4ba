/** Alerts as JSON lines: appended to a file, or written to a stream such as stdout. */
import { open, type FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { AlertSink } from '../../ports.ts';
import { errorCode, fileError } from './file-errors.ts';

/** A sink that holds a resource until it is closed. */
export interface ClosableSink<A> extends AlertSink<A> {
  close(): Promise<void>;
}

/**
 * Appends one line an alert to the file at `path`, which is made where it is missing.
 *
 * A publication is on the disk when it resolves. Its lines are written at once, so that two runs may share a file;
 * a line that a killed run left half is closed with a line break, and one that does not fit on the disk is taken back.
 * Throws (see file-errors.ts) where the file can't be opened or written.
 */
export async function openAlertFile<A>(path: string): Promise<ClosableSink<A>> {
  let file: FileHandle;
  try {
    file = await open(path, 'a+');
  } catch (error) {
    throw fileError('write alerts to', path, error);
  }
  let turn: Promise<void> = Promise.resolve();
  const append = async (text: string): Promise<void> => {
    try {
      await appendSynced(file, text);
    } catch (error) {
      throw fileError('write alerts to', path, error);
    }
  };
  return {
    publish(alerts) {
      if (alerts.length === 0) return Promise.resolve();
      const published = turn.then(() => append(toLines(alerts)));
      turn = published.catch(() => undefined);
      return published;
    },
    async close() {
      await turn;
      await file.close();
    },
  };
}

/** Writes one line an alert to `stream`; rejects, with the stream's error as cause, where it was closed. */
export function alertStream<A>(stream: Writable): ClosableSink<A> {
  return {
    async publish(alerts) {
      if (alerts.length === 0) return;
      await new Promise<void>((resolve, reject) => {
        stream.write(toLines(alerts), (error) => {
          if (error) reject(fileError('write alerts to', 'standard output', error));
          else resolve();
        });
      });
    },
    // The stream is the caller's.
    async close() {},
  };
}

const toLines = (alerts: readonly unknown[]): string => alerts.map((alert) => `${JSON.stringify(alert)}\n`).join('');

async function appendSynced(file: FileHandle, text: string): Promise<void> {
  const { size } = await file.stat();
  const lines = Buffer.from((await endsMidLine(file, size)) ? `\n${text}` : text);
  let written = 0;
  try {
    while (written < lines.length) written += (await file.write(lines, written)).bytesWritten;
  } catch (error) {
    await takeBack(file, size, written);
    throw error;
  }
  await file.sync().catch((error: unknown) => {
    // Pipes, terminals and /dev/null have nothing to sync.
    if (errorCode(error) !== 'EINVAL' && errorCode(error) !== 'ENOTSUP') throw error;
  });
}

/** Cuts off half a publication, unless another run has written behind it. */
async function takeBack(file: FileHandle, size: number, written: number): Promise<void> {
  const now = await file.stat().catch(() => undefined);
  if (now?.size === size + written) await file.truncate(size).catch(() => undefined);
}

async function endsMidLine(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== 0x0a;
}
