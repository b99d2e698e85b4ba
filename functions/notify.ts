/** Alerts that were created, as S3 tells of them: told to whom the routes say. */
import { randomUUID } from 'node:crypto';
import { openChannels } from '../shared/adapters/aws/alert-channels.ts';
import { lazyBucketStore } from '../shared/adapters/aws/lazy-store.ts';
import { systemClock } from '../shared/adapters/local/clock.ts';
import type { AlertChannel } from '../shared/alerts/channel.ts';
import { contextOf, homeOf } from '../shared/alerts/messages/context.ts';
import { noNoticeMemory, notify } from '../shared/alerts/notify.ts';
import { quietableRules } from '../shared/alerts/quiet-channel.ts';
import { deployment } from './deployment.ts';
import { withMiddleware } from './middleware.ts';
import { fromQueue } from './queue.ts';
import { metrics, warn } from './telemetry.ts';

const { alerts } = deployment.config;
const lake = process.env['SEKISHO_LAKE']!;
const { SEKISHO_WORKGROUP: workgroup, SEKISHO_DATABASE: database } = process.env;
const topics = JSON.parse(process.env['SEKISHO_TOPICS'] ?? '{}') as Record<string, string>;
const options = {
  store: lazyBucketStore(lake),
  bucket: lake,
  perMinute: alerts.notificationsPerMinute,
  quietable: quietableRules(deployment.rules.all),
  clock: systemClock,
  memory: noNoticeMemory(randomUUID()),
};
let channels: readonly AlertChannel[] | undefined;

export const handler = withMiddleware(
  fromQueue(async (messages, context) => {
    const home = homeOf(context.invokedFunctionArn);
    channels ??= openChannels(alerts, topics, contextOf(deployment, { lake, workgroup, database }, home));
    const { failed, waiting, told, heldBack, warnings } = await notify(messages, { ...options, channels });
    for (const warning of warnings) await warn(warning);
    const now = systemClock.now().getTime();
    const delays = told.map(({ last_seen }) => (now - Date.parse(last_seen)) / 1000);
    metrics.add({ AlertsTold: told.length, AlertsHeldBack: heldBack, FlowToAlertSeconds: delays });
    return [...failed, ...waiting];
  }),
);
