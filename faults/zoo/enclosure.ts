import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { startScriptedServer } from '../../test/support/scripted-server.ts';
import { PLAYED_PLATFORMS } from '../support/platforms.ts';
import { startStoppedProcess } from '../support/stopped-process.ts';
import type { ReceiverKind, ZooRequest } from './behaviour.ts';

/** One receiver of the zoo, in the open. */
export interface Enclosure {
  /** `host:port` of its address. */
  readonly host: string;
  /** Every request that came to its last byte. */
  readonly seen: readonly ZooRequest[];
  close(): Promise<void>;
}

export async function openEnclosure(receiver: ReceiverKind): Promise<Enclosure> {
  switch (receiver.kind) {
    case 'script':
      return openScript(receiver);
    case 'raw':
      return openRaw(receiver.onConnect);
    case 'closed_port': {
      const closed = await openRaw(() => {});
      await closed.close();
      return closed;
    }
    case 'stopped_process': {
      const stopped = await startStoppedProcess(receiver.backlogFull);
      return { host: `127.0.0.1:${stopped.port}`, seen: [], close: async () => stopped.end() };
    }
    case 'elsewhere':
      return { host: receiver.host, seen: [], close: async () => {} };
    default:
      return receiver satisfies never;
  }
}

/** What stands in the address of a channel, so that a request tells whose it is. */
export function keyOf(providerId: string): string {
  return `zoo-${providerId}`;
}

async function openScript({
  play,
  cert,
  onConnect,
}: Extract<ReceiverKind, { kind: 'script' }>): Promise<Enclosure> {
  const seen: ZooRequest[] = [];
  const server = await startScriptedServer(
    (socket, text) => {
      const request = readRequest(text);
      seen.push(request);
      play(socket, request);
    },
    { ...(cert === undefined ? {} : { cert }), ...(onConnect === undefined ? {} : { onConnect }) },
  );
  return { host: `127.0.0.1:${server.port}`, seen, close: server.close };
}

function readRequest(text: string): ZooRequest {
  const providerId = /zoo-([a-z_]+)/.exec(text)?.[1];
  const platform = PLAYED_PLATFORMS.find((candidate) => candidate.providerId === providerId);
  if (platform === undefined) throw new Error(`a request of no channel: ${text.slice(0, 200)}`);
  return { platform, round: Number(/m(\d+)m/.exec(text)?.[1]) };
}

async function openRaw(onConnect: (socket: Socket) => void): Promise<Enclosure> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnect(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    seen: [],
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
