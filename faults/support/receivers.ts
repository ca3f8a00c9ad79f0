import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenOfText } from '../check/invariants.ts';
import type { Arrival } from '../check/ledgers.ts';

/** Receivers on loopback, one path for each channel, with a ledger of everything that came. */
export interface Receivers {
  /** With a key in it that nobody may see: every answer repeats it. */
  urlOf(channel: string): string;
  readonly secrets: readonly string[];
  readonly arrivals: SeenArrival[];
  close(): Promise<void>;
}

/** What a receiver on a wire knows beyond the ledger. */
export interface SeenArrival extends Arrival {
  /** The number of the last word in it; `part` is that of the first. */
  readonly lastWord: number;
  /** When the last byte of the answer was handed to the system, on the clock of `atMs`; null while it was not. */
  answeredAtMs: number | null;
}

/** A request that has come to its last byte. */
export interface ReceivedRequest {
  readonly channel: string;
  readonly token: string;
  readonly part: number;
  /** Path and query. */
  readonly path: string;
  readonly body: string;
}

/** How a receiver deals with a request: it answers, or does worse. `taken` says whether the group has the message now. */
export type Behaviour = (request: ReceivedRequest, response: ServerResponse) => { readonly taken: boolean };

const SECRET = 'k3y-canary-5d0c7c1e9a';

/** Takes everything, after `latencyMs`. */
export function takesAll(latencyMs = 0): Behaviour {
  return ({ path }, response) => {
    const answer = () => answerJson(response, 200, { errcode: 0, errmsg: `ok ${path}` });
    if (latencyMs === 0) answer();
    else setTimeout(answer, latencyMs);
    return { taken: true };
  };
}

export function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export async function startReceivers(behaviour: Behaviour): Promise<Receivers> {
  const arrivals: SeenArrival[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const atMs = performance.now();
      const body = Buffer.concat(chunks).toString();
      const path = request.url ?? '/';
      const channel = /^\/([^?]*)/.exec(path)?.[1] ?? '';
      const token = tokenOfText(body);
      const words = [...body.matchAll(/m\d+m-(\d+)/g)].map(([, number]) => Number(number));
      const part = words[0] ?? 0;
      const lastWord = words.at(-1) ?? 0;
      const { taken } = behaviour({ channel, token, part, path, body }, response);
      const arrival: SeenArrival = { channel, token, part, lastWord, atMs, taken, answeredAtMs: null };
      response.once('finish', () => {
        arrival.answeredAtMs = performance.now();
      });
      arrivals.push(arrival);
    });
    request.on('error', () => undefined);
  });
  server.keepAliveTimeout = 10_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (channel) => `http://127.0.0.1:${port}/${channel}?key=${SECRET}`,
    secrets: [SECRET],
    arrivals,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const ENOUGH_WAITING_MS = 2_000;

/**
 * Waits until about `more` further requests have come: an instant in the traffic, however busy the machine is. No longer
 * than two seconds, for there may be nothing left to send.
 */
export async function untilMoreArrive({ arrivals }: Receivers, more: number): Promise<void> {
  const enough = arrivals.length + more;
  const endMs = performance.now() + ENOUGH_WAITING_MS;
  while (arrivals.length < enough && performance.now() < endMs) await sleep(1);
}
