import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerQuestions } from '../support/helper-process.ts';
import { createHistogram, type LatencyFigures, sharedNowMs } from '../support/histogram.ts';
import { createMessageReader } from '../support/http-messages.ts';

/** Posts texts over kept-alive connections, each as soon as the one before is answered, or at a fixed rate over all. */

export type LoadQuestion =
  | { readonly kind: 'start'; readonly load: Load }
  /** From now on what is answered counts. */
  | { readonly kind: 'measure' }
  | { readonly kind: 'stop' };

export interface Load {
  /** `http://127.0.0.1:PORT/api/text` */
  readonly url: string;
  readonly connections: number;
  /** Messages per second over all connections; null: as fast as they are answered. */
  readonly perSecond: number | null;
  /** How many different channels messages go to in turn, by name; none: to all. */
  readonly to: readonly string[];
}

export interface LoadFigures {
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  readonly latency: LatencyFigures;
}

let latency = createHistogram();
let measuredFromMs = 0;
let accepted = 0;
let refused = 0;
let sequence = 0;
let running = false;
const sockets: Socket[] = [];

answerQuestions<LoadQuestion>((question) => {
  switch (question.kind) {
    case 'start':
      start(question.load);
      return {};
    case 'measure':
      latency = createHistogram();
      measuredFromMs = performance.now();
      accepted = 0;
      refused = 0;
      return {};
    case 'stop':
      return stop();
  }
});

function start(load: Load): void {
  running = true;
  const { hostname, port, pathname, host } = new URL(load.url);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: `;
  const senders = Array.from({ length: load.connections }, () => openSender(hostname, Number(port)));
  if (load.perSecond === null) for (const sender of senders) sender.sendAgain();
  else void sendAtRate(load.perSecond, senders);

  function openSender(hostname: string, port: number) {
    const socket = connect({ host: hostname, port, noDelay: true });
    const reader = createMessageReader();
    const again = load.perSecond === null;
    let sentAtMs = 0;
    let busy = false;
    const send = () => {
      busy = true;
      sentAtMs = performance.now();
      const body = bodyFor(load);
      socket.write(`${head}${body.length}\r\n\r\n${body}`);
    };
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) =>
      reader.read(chunk, (answer) => {
        // The service closes a connection that has not been used yet with a 408.
        if (!busy) return;
        busy = false;
        latency.add(performance.now() - sentAtMs);
        if (answer.startsWith('HTTP/1.1 200')) accepted++;
        else refused++;
        if (again && running) send();
      }),
    );
    sockets.push(socket);
    return {
      sendAgain: send,
      isFree: () => !busy,
    };
  }
}

function bodyFor({ to }: Load): string {
  sequence++;
  const channel = to[sequence % to.length];
  const address = channel === undefined ? '' : `,"to":["${channel}"]`;
  return `{"msg":"[alert] order-service 10.12.3.4 error rate over 5%, current ${sequence % 1000}, please check the last release #t=${sharedNowMs().toFixed(3)}#"${address}}`;
}

/** A connection that still waits is passed over: a slow answer delays no other message. */
async function sendAtRate(
  perSecond: number,
  senders: readonly { sendAgain(): void; isFree(): boolean }[],
): Promise<void> {
  const startedMs = performance.now();
  for (let sent = 0; running; ) {
    const due = Math.floor(((performance.now() - startedMs) / 1_000) * perSecond);
    for (; sent < due; sent++) senders.find((sender) => sender.isFree())?.sendAgain();
    await sleep(1);
  }
}

function stop(): LoadFigures {
  running = false;
  const seconds = (performance.now() - measuredFromMs) / 1_000;
  const figures = { accepted, refused, seconds, latency: latency.figures() };
  for (const socket of sockets.splice(0)) socket.destroy();
  return figures;
}
