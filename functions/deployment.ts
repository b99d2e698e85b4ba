/** The configuration and the rules as they were when the functions were bundled. */
import type { Deployment } from '../infra/deployment.ts';

/** What the bundler writes in its place, see infra/bundle.cjs. */
declare const SEKISHO_DEPLOYMENT: Deployment;

/** What this deployment was made from. */
export const deployment: Deployment = SEKISHO_DEPLOYMENT;
