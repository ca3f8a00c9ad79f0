import { isIPv4, isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import ipaddr from 'ipaddr.js';
import { type FaultCode, FaultError, networkFault } from './network-fault.ts';
import { type ProxyServer, proxyPeer } from './proxy.ts';
import { readExactly } from './socket-reader.ts';

const VERSION = 5;
const NO_LOGIN = 0;
const USER_PASSWORD = 2;
const CONNECT = 1;
const ADDRESS = { ipv4: 1, name: 3, ipv6: 4 } as const;

/**
 * Asks a SOCKS5 proxy for a connection to the target; afterwards the socket carries the target's bytes.
 * A name is handed to the proxy as it is, so that it works behind a proxy that alone has DNS.
 * https://www.rfc-editor.org/rfc/rfc1928, https://www.rfc-editor.org/rfc/rfc1929
 */
export async function openSocks5Tunnel(
  socket: Duplex,
  proxy: ProxyServer,
  target: { readonly host: string; readonly port: number },
): Promise<void> {
  const fail = (code: FaultCode, detail?: string): never => {
    throw new FaultError(
      networkFault(code, { peer: proxyPeer(proxy), ...(detail === undefined ? {} : { code: detail }) }),
    );
  };

  const methods = proxy.login ? [NO_LOGIN, USER_PASSWORD] : [NO_LOGIN];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await readExactly(socket, 2);
  if (version !== VERSION) fail('proxy_broken');
  if (method === USER_PASSWORD && proxy.login) {
    const user = Buffer.from(proxy.login.user);
    const password = Buffer.from(proxy.login.password);
    // Each length is one byte on the wire.
    if (user.length > 255 || password.length > 255) fail('proxy_auth');
    socket.write(Buffer.from([1, user.length, ...user, password.length, ...password]));
    const [, status] = await readExactly(socket, 2);
    if (status !== 0) fail('proxy_auth');
  } else if (method !== NO_LOGIN) {
    fail(method === 0xff ? 'proxy_auth' : 'proxy_broken');
  }

  const port = Buffer.alloc(2);
  port.writeUInt16BE(target.port);
  const host = encodeHost(target.host);
  if (host === null) return fail('invalid_request', 'SOCKS_HOST_TOO_LONG');
  socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), host, port]));
  const [replyVersion, reply, , boundType] = await readExactly(socket, 4);
  if (replyVersion !== VERSION) fail('proxy_broken');
  if (reply !== 0) fail('proxy_refused', `SOCKS ${reply}`);
  // The address that the proxy bound is of no use to us, but it must be taken off the stream.
  await readExactly(socket, (await boundAddressSize(socket, boundType)) + 2);
}

function encodeHost(host: string): Buffer | null {
  if (isIPv4(host)) return Buffer.from([ADDRESS.ipv4, ...ipaddr.parse(host).toByteArray()]);
  if (isIPv6(host)) return Buffer.from([ADDRESS.ipv6, ...ipaddr.parse(host).toByteArray()]);
  const name = Buffer.from(host);
  return name.length > 255 ? null : Buffer.from([ADDRESS.name, name.length, ...name]);
}

async function boundAddressSize(socket: Duplex, type: number | undefined): Promise<number> {
  if (type === ADDRESS.name) return (await readExactly(socket, 1))[0] ?? 0;
  return type === ADDRESS.ipv6 ? 16 : 4;
}
