import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Lang } from '../texts/texts.ts';
import { ApiError } from './api-error.ts';
import { answerClientError, lastAnswer, trackRequest } from './client-error.ts';
import { holdContinue } from './read-body.ts';

export interface Timings {
  /** From a request's first byte to its last. */
  readonly requestTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** How often the two above are checked. */
  readonly connectionsCheckingIntervalMs: number;
  readonly keepAliveTimeoutMs: number;
  /** How often a quiet stream of events shows that it lives; proxies end a connection that is silent for a minute. */
  readonly eventPingIntervalMs: number;
  /** An export is ended when its client takes none of what waits for it for so long. */
  readonly exportStallMs: number;
  /** How long `close` waits for connections that neither finish their request nor go. */
  readonly closeGraceMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  requestTimeoutMs: 10_000,
  headersTimeoutMs: 5_000,
  connectionsCheckingIntervalMs: 1_000,
  // Longer than the 60 s that proxies usually keep an idle connection, so that they close it first and never
  // send a request into a connection that we are closing.
  keepAliveTimeoutMs: 65_000,
  eventPingIntervalMs: 15_000,
  exportStallMs: 60_000,
  closeGraceMs: 3_000,
};

type Handler = (raw: IncomingMessage, response: ServerResponse) => void;

export interface Listeners {
  /**
   * @param host `""` = every interface; `localhost` = 127.0.0.1 and, where the machine has it, ::1.
   * @param port 0 = any free one, the same for every address.
   * Rejects with the system's error (`code` is `EADDRINUSE` for a port that is taken); then nothing listens.
   */
  listen(address: { readonly host: string; readonly port: number }): Promise<AddressInfo[]>;
  /** Takes no new connection, closes idle ones, lets running requests finish. */
  close(): Promise<void>;
}

/** @param lang of answers to callers that ask for none. */
export function createListeners(
  handler: Handler,
  nextId: () => string,
  lang: Lang,
  timings: Timings,
): Listeners {
  const servers: Server[] = [];

  async function open(host: string | undefined, port: number): Promise<AddressInfo> {
    const server = createNodeServer(handler, nextId, lang, timings);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    servers.push(server);
    return server.address() as AddressInfo;
  }

  async function openLocalhost(port: number): Promise<AddressInfo[]> {
    const ipv4 = await openIfAddressExists('127.0.0.1', port);
    const ipv6 = await openIfAddressExists('::1', ipv4?.port ?? port);
    const opened = [ipv4, ipv6].filter((address) => address !== null);
    return opened.length > 0 ? opened : [await open('localhost', port)];
  }

  async function openIfAddressExists(host: string, port: number): Promise<AddressInfo | null> {
    try {
      return await open(host, port);
    } catch (error) {
      if (error instanceof Error && 'code' in error && NO_SUCH_ADDRESS.has(error.code)) return null;
      throw error;
    }
  }

  async function closeAll(): Promise<void> {
    await Promise.all(servers.splice(0).map((server) => closeServer(server, timings.closeGraceMs)));
  }

  return {
    async listen({ host, port }) {
      try {
        if (host === 'localhost') return await openLocalhost(port);
        return [await open(host === '' ? undefined : host, port)];
      } catch (error) {
        await closeAll();
        throw error;
      }
    },
    close: closeAll,
  };
}

/** What a machine without that IP version says. */
const NO_SUCH_ADDRESS: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

function createNodeServer(handler: Handler, nextId: () => string, lang: Lang, timings: Timings): Server {
  const server = createServer({
    requestTimeout: timings.requestTimeoutMs,
    headersTimeout: timings.headersTimeoutMs,
    connectionsCheckingInterval: timings.connectionsCheckingIntervalMs,
    keepAliveTimeout: timings.keepAliveTimeoutMs,
    // Node.js would answer a missing Host itself, with an empty body.
    requireHostHeader: false,
  });
  const onRequest: Handler = (raw, response) => {
    // The connection got its last answer (408, 431 …); what follows on it is not for us.
    if (raw.socket.writableEnded) return;
    trackRequest(raw, response);
    handler(raw, response);
  };
  server.on('request', onRequest);
  server.on('checkContinue', (raw, response) => {
    holdContinue(raw);
    onRequest(raw, response);
  });
  // RFC 9110 section 10.1.1 lets a server ignore an expectation that it does not know.
  server.on('checkExpectation', onRequest);
  server.on('connect', (raw, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(lastAnswer(new ApiError('not_found', (t) => t.notFound), nextId(), raw, lang));
  });
  server.on('clientError', (error, socket) =>
    answerClientError(error, socket as Parameters<typeof answerClientError>[1], nextId, lang),
  );
  return server;
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  await untilNobodyKnocks(server);
  await new Promise<void>((resolve) => {
    // A connection turns idle when its answer is out; looking once would not do.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const force = setTimeout(() => server.closeAllConnections(), graceMs);
    // Not `server.close`: it would cut at once every connection whose first request has not been read yet.
    NetServer.prototype.close.call(server, () => {
      clearInterval(idle);
      clearTimeout(force);
      resolve();
    });
  });
}

/** Loop turns that a closing server takes in connections at most. */
const MAX_TURNS = 1_000;

/**
 * The system has queued connections that we have not taken in yet, and closing a listener resets them. libuv takes in
 * one in each turn of the loop, so this waits for two turns without any: the first may be the rest of a turn.
 */
async function untilNobodyKnocks(server: Server): Promise<void> {
  let quietTurns = 0;
  const onKnock = () => {
    quietTurns = 0;
  };
  server.on('connection', onKnock);
  for (let turn = 0; turn < MAX_TURNS && quietTurns < 2; turn++) {
    quietTurns++;
    await setImmediate();
  }
  server.off('connection', onKnock);
}
