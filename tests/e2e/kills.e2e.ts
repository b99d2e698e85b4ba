/** A function may be killed at any moment: before any of its operations took effect, or just after. */
import { beforeAll, describe, expect, it } from 'vitest';
import { canKillCallers } from '../support/kill-caller.ts';
import type { Seen as SeenOperation } from '../support/fault-proxy.ts';
import { ingestLocally, lakeOf } from './expected.ts';
import { comeToRest, follow } from './scenario.ts';
import { deployed, until, useSystem } from './system.ts';
import { makeTraffic } from './traffic.ts';

/** A step of the functions: the nth operation of a kind on objects of a kind. */
interface Step {
  readonly operation: string;
  readonly target: string;
  readonly skip: number;
}

describe.skipIf(deployed === undefined || !canKillCallers)(
  'nothing is lost and nothing doubled by a killed function',
  () => {
    const open = useSystem();
    let before: number;
    beforeAll(async () => void (before = await open().invocations('windows')));

    it('at any step, before it has taken effect and after', { timeout: 240_000 }, async () => {
      const system = open();
      const undisturbed = makeTraffic();
      await comeToRest(system);
      await system.invoke('windows');
      await system.faults.set();
      await system.deliverTraffic(undisturbed);
      await follow(system, undisturbed, await (await ingestLocally(system, [undisturbed]))([undisturbed]));
      const kills = stepsOf(await system.faults.seen()).flatMap((step) => [
        { ...step, applied: false, traffic: makeTraffic() },
        // after it was read, an object is as it was before
        ...(isRead(step) ? [] : [{ ...step, applied: true, traffic: makeTraffic() }]),
      ]);
      expect(new Set(kills.map(({ operation }) => operation))).toEqual(
        new Set([
          'SQS.SendMessage',
          'S3.GetObject',
          'S3.PutObject',
          'S3.DeleteObject',
          'S3.ListObjectsV2',
          'SNS.PublishBatch',
        ]),
      );

      const traffic = kills.map((kill) => kill.traffic);
      const expected = await ingestLocally(system, traffic);
      let killed = 0;
      for (const { operation, target, skip, applied, traffic } of kills) {
        try {
          await system.faults.set({ operation, target, skip, applied, act: { kind: 'kill' }, times: 1 });
          await system.deliverTraffic(traffic);
          await follow(system, traffic, await expected([traffic]));
          const [hits] = await system.faults.hits();
          // what is read, and what comes after the first of a kind, depends on what is there and what a process remembers
          if (skip === 0 && !isRead({ operation })) expect(hits).toBe(1);
          killed += hits!;
        } catch (error) {
          const when = `${applied ? 'after' : 'before'} ${operation} ${target} (${skip + 1})`;
          throw new Error(`killed ${when}: ${(error as Error).message}`, { cause: error });
        }
      }
      await comeToRest(system);
      expect(await lakeOf(system, traffic)).toEqual(await expected(traffic));
      expect(killed).toBeGreaterThan(kills.length * 0.75);
    });

    it('while the clock calls for windows too, once a minute', { timeout: 100_000 }, async () => {
      const system = open();
      const byClock = async (): Promise<number> =>
        (await system.invocations('windows')) - before - system.called('windows');
      await until('windows called by the clock', async () => (await byClock()) > 0, { seconds: 90 });
      expect(await byClock()).toBeGreaterThan(0);
    });
  },
);

function isRead({ operation }: Pick<Step, 'operation'>): boolean {
  return /\.(Get|List|Head)/.test(operation);
}

/** The steps of a run, each once. */
function stepsOf(seen: readonly SeenOperation[]): readonly Step[] {
  const counts = new Map<string, number>();
  return seen.map(({ operation, target }) => {
    const kind = `^${/^(?:[a-z-]+\/)*/.exec(target)![0]}`;
    const skip = counts.get(operation + kind) ?? 0;
    counts.set(operation + kind, skip + 1);
    return { operation, target: kind, skip };
  });
}
