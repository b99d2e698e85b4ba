/** EC2's DescribeFlowLogs, which the emulator answers without formats: this answers it in the words of EC2. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A flow log's fields by their names in EC2's XML. */
export type FlowLogFields = Readonly<Record<string, string>>;

/** The API, which runs. */
export interface FlowLogApi {
  readonly endpoint: string;
  /** What is there; in pages of two. */
  flowLogs: readonly FlowLogFields[];
  /** Whether the caller may ask. */
  denied: boolean;
  stop(): Promise<void>;
}

const PAGE = 2;

/** Starts it on a free port. */
export async function startFlowLogApi(): Promise<FlowLogApi> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => (body += text));
    request.on('end', () => {
      if (api.denied) {
        const error = '<Code>UnauthorizedOperation</Code><Message>You are not authorized</Message>';
        response.writeHead(403).end(`<Response><Errors><Error>${error}</Error></Errors></Response>`);
        return;
      }
      const from = Number(new URLSearchParams(body).get('NextToken') ?? 0);
      const items = api.flowLogs.slice(from, from + PAGE).map((fields) => `<item>${xmlOf(fields)}</item>`);
      const next = from + PAGE < api.flowLogs.length ? `<nextToken>${from + PAGE}</nextToken>` : '';
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end(`<DescribeFlowLogsResponse><flowLogSet>${items.join('')}</flowLogSet>${next}</DescribeFlowLogsResponse>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const api: FlowLogApi = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    flowLogs: [],
    denied: false,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return api;
}

function xmlOf(fields: FlowLogFields): string {
  return Object.entries(fields)
    .map(([name, value]) =>
      value.startsWith('<') ? `<${name}>${value}</${name}>` : `<${name}>${escaped(value)}</${name}>`,
    )
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
