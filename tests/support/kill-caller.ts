/** Kills the process at the other end of a connection on this machine: as sudden an end as a function can meet. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';

/** True where it can be told whose a connection is. */
export const canKillCallers = existsSync('/proc/net/tcp');

/** Kills whoever made this connection; throws where it can't be told who did. */
export function killCaller({ remotePort }: Socket): void {
  process.kill(ownerOf(remotePort!), 'SIGKILL');
}

function ownerOf(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  const connection = lines.map((line) => line.trim().split(/\s+/)).find((columns) => columns[1]?.endsWith(local));
  const link = `socket:[${connection?.[9]}]`;
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(id) !== process.pid && linksOf(`/proc/${id}/fd`).includes(link)) return Number(id);
  }
  throw new Error(`nobody is connected from port ${port}`);
}

/** Where the links of a folder lead; of none where it went away, or may not be read. */
function linksOf(folder: string): readonly string[] {
  const orNothing = <T>(read: () => T[]): T[] => {
    try {
      return read();
    } catch {
      return [];
    }
  };
  return orNothing(() => readdirSync(folder)).flatMap((name) => orNothing(() => [readlinkSync(`${folder}/${name}`)]));
}
