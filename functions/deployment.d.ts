/** The configuration and the rules as they were when the functions were bundled, see infra/esbuild-plugins.cjs. */
declare module 'sekisho:deployment' {
  import type { Deployment } from '../infra/deployment.ts';
  export const deployment: Deployment;
}
