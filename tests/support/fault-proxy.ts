/**
 * A proxy between clients of AWS and an emulator, on this machine alone, that can make any operation fail: answered with
 * an error, delayed, its connection dropped, its caller killed; before it has taken effect, or after.
 *
 * It is told what to do over HTTP (`openFaults`), so that whoever drives a test need not be the process that started it.
 */
import { createServer, request, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { answerFor, readOperation, type Operation } from './aws-operation.ts';
import { killCaller } from './kill-caller.ts';

/** What is done to an operation instead of passing it on, or, where `applied`, instead of its answer. */
export type Act =
  | { readonly kind: 'answer'; readonly status: number; readonly code: string }
  | { readonly kind: 'drop' }
  /** The answer's body breaks off in the middle. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'kill' }
  | { readonly kind: 'delay'; readonly milliseconds: number };

/** Which operations something happens to. */
export interface Fault {
  /** `S3.PutObject`, `SQS.SendMessage`, … */
  readonly operation: string;
  /** A regular expression that the operation's target matches: a key, a queue, a topic. */
  readonly target?: string;
  readonly act: Act;
  /** True where the operation takes effect all the same. */
  readonly applied?: boolean;
  /** How many requests it leaves alone before. */
  readonly skip?: number;
  /** How many requests it happens to; by default every one until the rules are cleared. */
  readonly times?: number;
  /** The same, counted by calls: a call is tried several times by its client, and each time meets its fault. */
  readonly calls?: number;
}

/** An operation that came by, and what became of it. */
export interface Seen extends Operation {
  /** The status of the answer; undefined where there was none. */
  readonly status: number | undefined;
  /** What was done to it, `undefined` where nothing. */
  readonly act: Act['kind'] | undefined;
}

/** A proxy that runs. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Where everything goes, once that is known. */
  forwardTo(endpoint: string): void;
  stop(): Promise<void>;
}

/** Path of the proxy's own resource: its rules (PUT) and what it has seen (GET). */
const CONTROL = '/_faults';

interface Rule extends Fault {
  met: number;
  used: number;
  readonly hit: Set<string>;
}

function ruleOf(fault: Fault): Rule {
  return { ...fault, met: 0, used: 0, hit: new Set() };
}

/** Starts a proxy on a free port; `always` happens beside whatever it is told later. */
export async function startFaultProxy(...always: readonly Fault[]): Promise<FaultProxy> {
  let target: URL | undefined;
  const standing = always.map(ruleOf);
  let rules: Rule[] = [];
  let seen: Seen[] = [];
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();

  const control = (method: string | undefined, body: string, response: ServerResponse): void => {
    if (method === 'PUT') {
      rules = (JSON.parse(body) as Fault[]).map(ruleOf);
      seen = [];
    }
    response.end(JSON.stringify({ seen, hits: rules.map(({ used }) => used) }));
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    if (incoming.url === CONTROL) return control(incoming.method, body.toString(), response);
    const operation = readOperation(incoming, body);
    const rule = [...rules, ...standing].find((each) => applies(each, operation));
    const act = rule?.act;
    const note = (status: number | undefined): void => void seen.push({ ...operation, status, act: act?.kind });

    if (act?.kind === 'delay') await setTimeout(act.milliseconds);
    const isPassed = act === undefined || act.kind === 'delay' || act.kind === 'cut' || rule?.applied === true;
    const answer = isPassed ? await forward(target!, agent, incoming, body) : undefined;
    switch (act?.kind) {
      case undefined:
      case 'delay':
        note(answer!.status);
        response.writeHead(answer!.status, answer!.headers).end(answer!.body);
        return;
      case 'answer': {
        note(act.status);
        const { headers, text } = answerFor(incoming, act.code);
        response.writeHead(act.status, headers).end(incoming.method === 'HEAD' ? undefined : text);
        return;
      }
      case 'cut':
        note(answer!.status);
        response.writeHead(answer!.status, answer!.headers);
        response.write(answer!.body.subarray(0, answer!.body.length >> 1), () => incoming.socket.destroy());
        return;
      case 'kill':
        note(undefined);
        killCaller(incoming.socket);
        incoming.socket.destroy();
        return;
      case 'drop':
        note(undefined);
        incoming.socket.destroy();
    }
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      // the caller is gone, or the emulator is: neither gets an answer
      response.destroy(error as Error);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo: (endpoint) => void (target = new URL(endpoint)),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
}

/** Whether the fault happens to this operation, which then counts. */
function applies(rule: Rule, { operation, target, call }: Operation): boolean {
  if (rule.operation !== operation) return false;
  if (rule.target !== undefined && !new RegExp(rule.target).test(target)) return false;
  if (rule.met++ < (rule.skip ?? 0)) return false;
  if (rule.times !== undefined && rule.used >= rule.times) return false;
  if (rule.calls !== undefined && rule.hit.size >= rule.calls && !rule.hit.has(call)) return false;
  rule.hit.add(call);
  rule.used++;
  return true;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(target: URL, agent: Agent, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { expect: _, ...headers } = incoming.headers;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: target.hostname, port: target.port, agent, method: incoming.method, path: incoming.url, headers },
      (answer) => {
        bodyOf(answer).then((bytes) => {
          const { 'transfer-encoding': _chunked, connection: _connection, ...rest } = answer.headers;
          resolve({ status: answer.statusCode!, headers: rest, body: bytes });
        }, reject);
      },
    );
    outgoing.on('error', reject).end(body);
  });
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Tells a proxy what to do, and asks it what it saw. */
export interface Faults {
  /** From now on these happen, and no others; what was seen is forgotten. */
  set(...faults: readonly Fault[]): Promise<void>;
  /** All operations since `set`, in the order in which they were answered. */
  seen(): Promise<readonly Seen[]>;
  /** How many requests each fault of `set` has happened to. */
  hits(): Promise<readonly number[]>;
}

/** The far end of the proxy at this endpoint. */
export function openFaults(endpoint: string): Faults {
  const ask = async (init?: RequestInit): Promise<{ seen: Seen[]; hits: number[] }> =>
    (await fetch(`${endpoint}${CONTROL}`, init)).json() as Promise<{ seen: Seen[]; hits: number[] }>;
  return {
    set: async (...faults) => void (await ask({ method: 'PUT', body: JSON.stringify(faults) })),
    seen: async () => (await ask()).seen,
    hits: async () => (await ask()).hits,
  };
}
