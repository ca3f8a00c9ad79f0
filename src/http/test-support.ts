import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import type { Accept, AcceptRequest } from '../accept/accept.ts';
import type { ResendAnswer, ResendRequest } from '../accept/resend.ts';
import { systemClock } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import { createIds } from '../core/ids.ts';
import type { Logger } from '../log/logger.ts';
import { createChangeFeed } from '../pushlog/change-feed.ts';
import type { ChannelCounts, CountQuery, LogEntryWithAttempts, LogQuery } from '../store/store.ts';
import { createMetrics } from './metrics.ts';
import type { Timings } from './node-server.ts';
import type { ChannelState } from './routes/channels.ts';
import type { TextPreview } from './routes/preview.ts';
import { createHttpServer, type HttpDeps, type HttpServer } from './server.ts';

export interface TestServer {
  readonly server: HttpServer;
  readonly port: number;
  readonly url: string;
  /** What `accept` was asked. */
  readonly accepted: AcceptRequest[];
  readonly queries: LogQuery[];
  /** What `resend` was asked. */
  readonly resent: ResendRequest[];
  /** What `countDeliveries` was asked. */
  readonly counted: CountQuery[];
  readonly logLines: string[];
}

const PREVIEWS: readonly TextPreview[] = [
  {
    channel: 'ops',
    provider: 'feishu_bot',
    size: 40_000,
    max: 20_000,
    unit: 'bytes',
    parts: 3,
    fate: 'split',
  },
  { channel: 'hook', provider: 'webhook', size: 4, max: null, unit: 'code_points', parts: 1, fate: 'whole' },
];

const COUNTS: readonly ChannelCounts[] = [
  {
    channel: 'ops',
    provider: 'feishu_bot',
    buckets: [
      [900_000, 3, 1, 0],
      [2_700_000, 0, 1, 1],
    ],
  },
];

const QUEUED: Delivery = {
  id: '8',
  channel: 'ops',
  provider: 'feishu_bot',
  status: 'queued',
  resentAtMs: null,
  attemptCount: 0,
  nextAttemptAtMs: null,
  finishedAtMs: null,
  error: null,
};

/** By the name of the first channel; anything else is sent anew. */
const RESEND_ANSWERS: Readonly<Record<string, ResendAnswer>> = {
  nobody: { kind: 'unknown_channel', name: 'nobody' },
  'no message': { kind: 'unknown_message' },
  'not failed': { kind: 'nothing_failed' },
  busy: { kind: 'unavailable', why: 'overloaded' },
};

export const STOPPED_CHANNEL: ChannelState = {
  name: 'ops',
  provider: 'feishu_bot',
  tags: ['team'],
  state: 'stopped',
  pausedUntilMs: null,
  reason: { zh: '已停用', en: 'stopped' },
  queueDepth: 3,
  oldestQueuedAtMs: 1_500,
  windows: [{ windowMs: 60_000, maxSends: 20, left: 0, nextFreeAtMs: 2_000 }],
  textLimit: { max: 20_000, unit: 'bytes' },
  overflow: 'split',
};

export const FAST_TIMINGS: Timings = {
  requestTimeoutMs: 300,
  headersTimeoutMs: 200,
  connectionsCheckingIntervalMs: 20,
  keepAliveTimeoutMs: 5_000,
  eventPingIntervalMs: 50,
  exportStallMs: 60_000,
  closeGraceMs: 500,
};

type Overrides = Omit<Partial<HttpDeps>, 'api'> & {
  readonly api?: Partial<HttpDeps['api']>;
  readonly entries?: readonly LogEntryWithAttempts[];
};

/** A real server on a free loopback port, with an `accept` that takes everything and a push log in memory. */
export async function startServer(t: TestContext, overrides: Overrides = {}): Promise<TestServer> {
  const accepted: AcceptRequest[] = [];
  const queries: LogQuery[] = [];
  const resent: ResendRequest[] = [];
  const counted: CountQuery[] = [];
  const logLines: string[] = [];
  const { api, entries = [], ...rest } = overrides;
  const newId = createIds();
  const accept: Accept = async (request) => {
    accepted.push(request);
    return { kind: 'accepted', messageId: newId(Date.now()) };
  };
  const server = await createHttpServer({
    accept,
    pushLog: {
      listMessages: async (query) => {
        queries.push(query);
        return { entries, nextCursor: null, searchedUntilMs: null };
      },
      async *walkMessages() {
        yield entries;
      },
      getMessage: async (id) => entries.find((entry) => entry.id === id) ?? null,
    },
    resend: async (request) => {
      resent.push(request);
      return RESEND_ANSWERS[request.channels?.[0] ?? ''] ?? { kind: 'resent', deliveries: [QUEUED] };
    },
    preview: async ({ to }) =>
      to?.includes('nobody')
        ? { kind: 'unknown_recipient', word: 'nobody', nearest: null }
        : { kind: 'previews', previews: PREVIEWS },
    feed: createChangeFeed({
      store: { listDeliveries: async () => [] },
      clock: systemClock,
      epoch: 'test',
      onTrouble: () => undefined,
    }),
    channels: {
      list: async () => [STOPPED_CHANNEL],
      listStates: async () => [STOPPED_CHANNEL],
      resume: async (name) => name === STOPPED_CHANNEL.name,
    },
    api: {
      host: '127.0.0.1',
      port: 0,
      headers: [],
      maxRequestsPerSecond: 0,
      bodyLimitBytes: 1_048_576,
      allowedHosts: [],
      ...api,
    },
    newId,
    clock: systemClock,
    logger: collectingLogger(logLines),
    isReady: () => true,
    isStopping: () => false,
    countOpen: async () => [{ channel: 'ops', count: 3 }],
    countDeliveries: async (query) => {
      counted.push(query);
      return [...COUNTS];
    },
    metrics: createMetrics(),
    version: '0.0.0-test',
    pages: Promise.resolve(null),
    timings: FAST_TIMINGS,
    ...rest,
  });
  const [address] = await server.listen();
  if (address === undefined) throw new Error('the server listens nowhere');
  t.after(() => server.close());
  const { port } = address;
  return { server, port, url: `http://127.0.0.1:${port}`, accepted, queries, resent, counted, logLines };
}

function collectingLogger(lines: string[]): Logger {
  const write = (subject: string, text: string, fields?: object) =>
    void lines.push(`${subject} ${text} ${JSON.stringify(fields)}`);
  return { debug: write, info: write, warn: write, error: write };
}

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** Everything that was received, for answers that are not the first. */
  readonly all: string;
  /** An error of the connection, such as ECONNRESET. */
  readonly fault: string | null;
}

/** Speaks to the server byte by byte; `talk` writes. Resolves when the server closes the connection. */
export function rawExchange(
  port: number,
  talk: (write: (data: string | Buffer) => void) => void | Promise<void>,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let all = '';
    let fault: string | null = null;
    const finish = () => {
      const [head = '', ...bodies] = all.split('\r\n\r\n');
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0);
      resolve({ status, head, body: bodies.join('\r\n\r\n'), all, fault });
      socket.destroy();
    };
    socket.on('data', (chunk) => {
      all += chunk.toString('utf8');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      fault = error.code ?? error.message;
    });
    socket.on('close', finish);
    socket.on('connect', () => void talk((data) => void (socket.writable && socket.write(data))));
  });
}

/** The fields that every JSON answer has. */
export interface AnswerFields {
  readonly code: string;
  readonly msg: string;
  readonly id: string;
  readonly request_id?: string;
}

export async function jsonOf(response: Response): Promise<AnswerFields> {
  return (await response.json()) as AnswerFields;
}
