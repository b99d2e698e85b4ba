/** Whether programs can be run here as if a person sat before them. */
import { execFileSync } from 'node:child_process';

/** True where Python can make pseudo-terminals. */
export const hasPseudoTerminals = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import pty, fcntl'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
