/** Folders that live as long as a test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new empty folder, for the caller to remove. */
export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'sekisho-test-'));

/** Removes a folder and all that is in it. */
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** A new empty folder, removed when the running test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}
