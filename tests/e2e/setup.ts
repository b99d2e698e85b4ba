/** Before the first test: a fault proxy, an emulator behind it, and in that the pipeline, deployed as users do. */
import type { TestProject } from 'vitest/node';
import { hasEmulator, startEmulator } from '../support/aws-emulator.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { ALWAYS, deployPipeline, type Deployed } from './deployment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined where there is no emulator. */
    readonly deployed: Deployed | undefined;
  }
}

/** Called by vitest, once a run; what it gives is called at the end. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  project.provide('deployed', undefined);
  if (!hasEmulator || process.platform !== 'linux') return undefined;
  const proxy = await startFaultProxy(...ALWAYS);
  const emulator = await startEmulator({
    behind: proxy.endpoint,
    // asynchronous calls that failed are tried again after a minute, then two
    env: { LAMBDA_ASYNC_RETRY_BASE_SECONDS: '0.2' },
  }).catch(async (error: unknown) => {
    await proxy.stop();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await emulator.stop();
    await proxy.stop();
  };
  try {
    proxy.forwardTo(emulator.endpoint);
    project.provide('deployed', await deployPipeline(emulator, proxy.endpoint));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
