import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { testKey } from './test-certificates.ts';

export interface TestProxy {
  readonly port: number;
  /** What it was asked for: `CONNECT host:port`, `GET http://…` or `SOCKS host:port`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface ProxyBehaviour {
  /** `user:password` that it insists on. */
  readonly login?: string;
  /** `refuse`: no target may be reached; `die`: closes after it has agreed to a tunnel; `mute`: never answers. */
  readonly mood?: 'refuse' | 'die' | 'mute';
  /** Serves TLS with this certificate. */
  readonly cert?: string;
}

/** An http or https proxy: CONNECT and absolute-form requests, as a forward proxy does them. */
export async function startHttpProxy({ login, mood, cert }: ProxyBehaviour = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`;
  const allowed = (incoming: IncomingMessage) =>
    wanted === undefined || incoming.headers['proxy-authorization'] === wanted;

  const forward = (incoming: IncomingMessage, answer: ServerResponse) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (mood === 'mute') return;
    if (!allowed(incoming)) return void answer.writeHead(407).end('login required');
    if (mood === 'refuse') return void answer.writeHead(403).end('denied');
    const { 'proxy-authorization': _login, ...headers } = incoming.headers;
    const onward = request(incoming.url ?? '', { method: incoming.method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on('error', () => answer.writeHead(502).end());
    incoming.pipe(onward);
  };

  const tunnel = (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    asked.push(`CONNECT ${incoming.url}`);
    client.on('error', () => {});
    if (mood === 'mute') return;
    if (!allowed(incoming)) return void client.end('HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n');
    if (mood === 'refuse') return void client.end('HTTP/1.1 403 Denied\r\nContent-Length: 0\r\n\r\n');
    if (mood === 'die') return void client.end('HTTP/1.1 200 OK\r\n\r\n');
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const target = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    target.on('error', () => client.end('HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n'));
  };

  const server = cert === undefined ? createServer() : createTlsServer({ key: testKey, cert });
  server.on('request', forward);
  server.on('connect', tunnel);
  server.on('tlsClientError', () => {});
  return listen(server, asked);
}

/** A SOCKS5 proxy with or without a login. */
export async function startSocks5Proxy({ login, mood }: ProxyBehaviour = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    serveSocks5(socket, { login, mood }, asked).catch(() => socket.destroy());
  });
  return listen(server, asked);
}

async function serveSocks5(
  socket: Socket,
  { login, mood }: { login: string | undefined; mood: ProxyBehaviour['mood'] },
  asked: string[],
): Promise<void> {
  const take = takeBytes(socket);
  const [, methodCount = 0] = await take(2);
  const methods = await take(methodCount);
  if (mood === 'mute') return;
  const method = login === undefined ? 0 : 2;
  if (!methods.includes(method)) return void socket.end(Buffer.from([5, 0xff]));
  socket.write(Buffer.from([5, method]));
  if (login !== undefined) {
    const user = await take((await take(2))[1] ?? 0);
    const password = await take((await take(1))[0] ?? 0);
    const ok = `${user}:${password}` === login;
    socket.write(Buffer.from([1, ok ? 0 : 1]));
    if (!ok) return void socket.end();
  }
  const [, , , type] = await take(4);
  const host = type === 3 ? String(await take((await take(1))[0] ?? 0)) : [...(await take(4))].join('.');
  const port = (await take(2)).readUInt16BE();
  asked.push(`SOCKS ${host}:${port}`);
  if (mood === 'refuse') return void socket.end(Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]));
  // A name as the bound address: the hardest of the three forms to skip.
  socket.write(Buffer.from([5, 0, 0, 3, 2, 0x6f, 0x6b, 0, 80]));
  if (mood === 'die') return void socket.end();
  const target = connect(port, host);
  target.on('error', () => socket.destroy());
  target.pipe(socket).pipe(target);
}

function takeBytes(socket: Socket): (size: number) => Promise<Buffer> {
  return async (size) => {
    for (;;) {
      if (size === 0) return Buffer.alloc(0);
      const bytes: Buffer | null = socket.read(size);
      if (bytes) return bytes;
      await once(socket, 'readable');
    }
  };
}

async function listen(server: ReturnType<typeof createTcpServer>, asked: string[]): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  for (const event of ['connection', 'secureConnection']) {
    server.on(event, (socket: Socket) => {
      socket.on('error', () => {});
      sockets.add(socket);
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
