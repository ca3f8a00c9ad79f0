import { type Clock, systemClock } from '../core/clock.ts';
import { openSocket, type Progress } from './connect.ts';
import { type Connection, createConnection } from './connection.ts';
import type { Ending } from './ending.ts';
import { type ExchangeResult, exchange } from './exchange.ts';
import { createIdleConnections } from './idle-connections.ts';
import { faultAfterSending, faultBeforeSending, networkFault } from './network-fault.ts';
import { requestBytes } from './request-bytes.ts';
import { createResolver, type Lookup } from './resolve-host.ts';
import { firstHop, prepareRequest, type Route, rememberWays } from './route.ts';
import { createRunningRequests } from './running-requests.ts';
import type { SendOptions, Transport, TransportResult } from './transport.ts';

export interface TransportDeps {
  readonly clock?: Clock;
  /** Instead of the system's resolver. */
  readonly lookup?: Lookup;
  /** Authorities instead of Node's own, PEM. */
  readonly ca?: string;
}

/**
 * The transport that speaks to the network. One `send` is at most one request: no redirect is followed, nothing
 * is sent again, nothing is inflated.
 *
 * Each request has a socket to itself, an idle one or a new one, so requests never queue for one another here:
 * how many run at once is up to the caller, and a dead endpoint holds up nobody else.
 */
export function createTransport(deps: TransportDeps = {}): Transport & { close(): void } {
  const clock = deps.clock ?? systemClock;
  const idle = createIdleConnections(clock);
  const wayOf = rememberWays();
  const connectDeps = {
    lookup: createResolver(deps.lookup, clock),
    ...(deps.ca === undefined ? {} : { ca: deps.ca }),
  };
  const running = createRunningRequests(clock);
  let closed = false;

  async function send(
    outbound: Parameters<Transport['send']>[0],
    options: SendOptions,
  ): Promise<TransportResult> {
    const prepared = prepareRequest(outbound, options, wayOf);
    if (prepared.kind === 'blocked') return prepared;
    const { route } = prepared.request;
    const request = requestBytes(prepared.request);
    if (request.kind === 'refused') {
      return {
        kind: 'blocked',
        fault: networkFault('invalid_request', { peer: route.peer, code: request.code }),
      };
    }
    const { bytes } = request;
    if (closed) return { kind: 'not_sent', fault: networkFault('stopped', { peer: route.peer }) };

    const { timeoutMs, onLeaving = () => undefined } = options;
    const { ending, finish } = running.begin(timeoutMs);
    try {
      const reused = idle.take(route.key);
      if (reused && ending.reason() === null) {
        const result = await exchange(reused, bytes, { ending, onLeaving });
        // A connection that broke before the request had been started on it costs nothing: a new one takes over.
        if (result.kind !== 'failed' || result.started || ending.reason() !== null) {
          return conclude(route, reused, result, timeoutMs, ending);
        }
      }
      const opened = await open(route, timeoutMs, ending);
      if (opened.kind !== 'open') return opened;
      const result = await exchange(opened.connection, bytes, { ending, onLeaving });
      return conclude(route, opened.connection, result, timeoutMs, ending);
    } finally {
      finish();
    }
  }

  /** Connects, or gives up the moment that `ending` says so, whatever the steps of connecting are waiting for. */
  async function open(
    route: Route,
    timeoutMs: number,
    ending: Ending,
  ): Promise<{ kind: 'open'; connection: Connection } | Exclude<TransportResult, { kind: 'answer' }>> {
    const progress: Progress = { stage: 'dns', peer: firstHop(route).peer };
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const stopListening = ending.onEnd(() => giveUp.abort());
    if (ending.reason() !== null) giveUp.abort();
    const opening = openSocket(connectDeps, route, progress, { timeoutMs, signal });
    // After an abort the socket is destroyed and this rejects with nobody waiting.
    opening.catch(() => {});
    try {
      const socket = await Promise.race([opening, rejectOnAbort(signal)]);
      return { kind: 'open', connection: createConnection(socket) };
    } catch (error) {
      if (ending.reason() !== null) {
        const code = ending.reason() === 'closed' ? 'stopped' : 'connect_timeout';
        return { kind: 'not_sent', fault: networkFault(code, { ...progress, timeoutMs }) };
      }
      const fault = faultBeforeSending(error, progress.peer, progress.stage);
      return { kind: isPermanent(fault.code) ? 'blocked' : 'not_sent', fault };
    } finally {
      stopListening();
    }
  }

  function conclude(
    route: Route,
    connection: Connection,
    result: ExchangeResult,
    timeoutMs: number,
    ending: Ending,
  ): TransportResult {
    // In forward mode the other end of the socket is the proxy.
    const peer = route.forward ? firstHop(route).peer : route.peer;
    if (result.kind === 'answer') {
      if (result.keepMs > 0) keep(route, connection, result.keepMs);
      // A proxy that wants a login has not passed the request on.
      if (route.forward && result.answer.httpStatus === 407) {
        return { kind: 'not_sent', fault: networkFault('proxy_auth', { peer }) };
      }
      return { kind: 'answer', answer: result.answer };
    }
    if (ending.reason() !== null) {
      const stopped = ending.reason() === 'closed';
      if (!result.started) {
        return {
          kind: 'not_sent',
          fault: networkFault(stopped ? 'stopped' : 'connect_timeout', { peer, timeoutMs }),
        };
      }
      return {
        kind: 'unknown',
        fault: networkFault(stopped ? 'stopped_after_send' : 'answer_timeout', { peer, timeoutMs }),
      };
    }
    return result.started
      ? { kind: 'unknown', fault: faultAfterSending(result.error, peer) }
      : { kind: 'not_sent', fault: faultBeforeSending(result.error, peer, 'connect') };
  }

  function keep(route: Route, connection: Connection, keepMs: number): void {
    if (closed) connection.destroy();
    else idle.put(route.key, connection, keepMs);
  }

  return {
    send,
    close() {
      closed = true;
      running.endAll('closed');
      idle.close();
    },
  };
}

function isPermanent(code: string): boolean {
  return code === 'blocked_address' || code === 'invalid_request';
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(new Error('aborted'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
