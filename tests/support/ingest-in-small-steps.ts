/** `sekisho ingest` as a program whose objects are small and whose windows are folded often: a short run has every step many times. */
import { ingestCommand } from '../../cli/ingest.ts';

const done = (code: number): void => {
  process.exitCode = code;
};
await ingestCommand(done, { objectRecords: 500, objectsAFold: 3 }).parseAsync(process.argv.slice(2), {
  from: 'user',
});
