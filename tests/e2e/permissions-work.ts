/** The whole work of each function, called as its trigger calls it: every operation of its own that it ever asks for. */
import { gzipSync } from 'node:zlib';
import type { FunctionName } from '../../infra/names.ts';
import { ALERTS } from '../../shared/alerts/layout.ts';
import { encodeBatchMessage } from '../../shared/envelope/batch-message.ts';
import { parseFormat, type Format } from '../../shared/flow/format.ts';
import { encodeClosed } from '../../shared/windows/hour.ts';
import { hourKey } from '../../shared/windows/layout.ts';
import type { Asked } from './permissions-proxy.ts';
import { PLACES, type Called, type EnforcingSystem } from './permissions-system.ts';
import {
  ACCOUNT,
  asText,
  makeTraffic,
  packTraffic,
  toSubscriptionEvent,
  type LogEvent,
  type Traffic,
} from './traffic.ts';

/** What a function did, and what became of it. */
export interface Work {
  readonly asked: readonly Asked[];
  readonly calls: readonly Called[];
}

/** Has a new process of a function do all of its work, with all that it works on made anew. */
export async function doWork(system: EnforcingSystem, name: FunctionName): Promise<Work> {
  const events = await PREPARE[name](system);
  await system.restart(name);
  system.take();
  const calls: Called[] = [];
  for (const event of events) calls.push(await system.call(name, event));
  return { asked: system.take(), calls };
}

/** Makes what a function works on, as the account's root and with the other functions; the events to call it with. */
const PREPARE: Readonly<Record<FunctionName, (system: EnforcingSystem) => Promise<readonly object[]>>> = {
  async Detect() {
    // the second is hardly packed, so that no queue takes it
    return [toSubscriptionEvent(flows()), { awslogs: { data: packTraffic(manyFlows(), 0) } }];
  },

  async Archive(system) {
    const key = `parked/2026-11-24/${process.hrtime.bigint()}`;
    await system.put(system.outputs['Transit']!, key, packTraffic(flows()));
    const sent = [withBroken(flows()), gateways()].map(
      (traffic) => ({ kind: 'packed', packed: packTraffic(traffic) }) as const,
    );
    return [messages([...sent, { kind: 'parked', key } as const].map(encodeBatchMessage))];
  },

  async Collect(system) {
    const bodies: string[] = [];
    const deliver = async (bucket: string, text: string, isVersioned: boolean): Promise<void> => {
      const key = `AWSLogs/${ACCOUNT}/vpcflowlogs/us-east-1/2026/11/24/${ACCOUNT}_vpcflowlogs_us-east-1_fl-${process.hrtime.bigint()}_x.log.gz`;
      const version = await system.put(bucket, key, gzipSync(text));
      // an event names the version where there are any, a backfill does not
      const named = isVersioned ? { version } : {};
      bodies.push(JSON.stringify({ schema: 'sekisho.object/1', bucket, key, ...named }));
    };
    for (const bucket of [PLACES.delivered, PLACES.kept]) {
      for (const isVersioned of [true, false]) await deliver(bucket, asText(withBroken(flows())), isVersioned);
    }
    await deliver(PLACES.delivered, gatewayText(), true);
    // so often that it does not wait for lists any more
    return [messages(bodies, 3)];
  },

  async Windows(system) {
    await system.clear('windows/');
    await system.clear(ALERTS);
    const sent = [flows(), hoursAgo(flows(), 5)].map((traffic) => packTraffic(traffic));
    await system.call('Archive', messages(sent.map((text) => encodeBatchMessage({ kind: 'packed', packed: text }))));
    // that hour is over: a run that closed it was interrupted
    const hour = Math.floor(Date.now() / HOUR_MS) - 5;
    for (const each of [hour - 1, hour, hour + 1])
      await system.put(system.outputs['Lake']!, hourKey(each), encodeClosed());
    return [{}];
  },

  async Notify(system) {
    await system.clear(ALERTS);
    await system.call('Detect', toSubscriptionEvent(flows()));
    const Records = (await system.keys(ALERTS)).map((key) => ({
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: system.outputs['Lake'] }, object: { key } },
    }));
    return [messages([JSON.stringify({ Records })])];
  },

  async Rules(system) {
    for (const prefix of [ALERTS, 'windows/scheduled/', 'lists/entries/']) await system.clear(prefix);
    return [{}];
  },
};

/** A machine's traffic that raises alerts, also one that others may quiet. */
function flows(): Traffic {
  return makeTraffic({ logGroup: PLACES.flows, ftp: true });
}

const HOUR_MS = 3_600_000;

/** The same, but so many hours before. */
function hoursAgo(traffic: Traffic, hours: number): Traffic {
  const earlier = (seconds: string): string => `${Number(seconds) - hours * 3600}`;
  const events = traffic.events.map((event) => ({
    ...event,
    timestamp: event.timestamp - hours * HOUR_MS,
    message: event.message.replace(/(\d+) (\d+)(?= \w+ OK$)/, (_, start, end) => `${earlier(start)} ${earlier(end)}`),
  }));
  return { ...traffic, events };
}

/** The same with a line that is no record. */
function withBroken(traffic: Traffic): Traffic {
  const [first] = traffic.events;
  return { ...traffic, events: [...traffic.events, { ...first!, id: `9${first!.id}`, message: 'no record at all' }] };
}

/** So many records that no queue takes them in one message. */
function manyFlows(): Traffic {
  const traffic = flows();
  const [first] = traffic.events;
  const more = Array.from({ length: 4500 }, (_, index): LogEvent => ({
    ...first!,
    id: `9${String(index).padStart(54, '0')}`,
    message: first!.message.replace(' 40000 443 ', ` ${1024 + index} 443 `),
  }));
  return { ...traffic, events: [...traffic.events, ...more] };
}

const GATEWAY = parseFormat('transit-gateway') as Format;

/** A record of a transit gateway's flow log. */
function gatewayLine(): string {
  const end = Math.floor(Date.now() / 1000) - 300;
  const values: Readonly<Record<string, string>> = {
    version: '6',
    'resource-type': 'TransitGateway',
    'account-id': ACCOUNT,
    'tgw-id': 'tgw-0e2e',
    'tgw-attachment-id': 'tgw-attach-0e2e',
    srcaddr: '10.1.0.9',
    dstaddr: '10.2.0.9',
    srcport: '40000',
    dstport: '443',
    protocol: '6',
    packets: '12',
    bytes: '4000',
    start: `${end - 60}`,
    end: `${end}`,
    'log-status': 'OK',
  };
  return GATEWAY.fields.map(({ name }) => values[name] ?? '-').join(' ');
}

function gateways(): Traffic {
  const { events } = flows();
  const line = { ...events[0]!, message: gatewayLine() };
  return { interfaceId: '', logGroup: PLACES.gateways, logStream: 'tgw-attach-0e2e-all', events: [line] };
}

function gatewayText(): string {
  return `${GATEWAY.text}\n${gatewayLine()}\n`;
}

/** Messages of a queue, as Lambda hands them over. */
function messages(bodies: readonly string[], received = 1): object {
  const attributes = { ApproximateReceiveCount: `${received}` };
  return {
    Records: bodies.map((body, index) => ({ messageId: `m${index}`, body, attributes, eventSource: 'aws:sqs' })),
  };
}
