import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { FaultError, networkFault } from './network-fault.ts';
import { hostPort, type ProxyServer, proxyAuthorization, proxyPeer } from './proxy.ts';

/** A proxy's answer to CONNECT is a few lines; more than this is none. */
const MAX_HEAD_BYTES = 16_384;

/**
 * Asks an http(s) proxy for a tunnel to the target with CONNECT; afterwards the socket carries the target's bytes.
 * https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6
 */
export function openHttpTunnel(
  socket: Duplex,
  proxy: ProxyServer,
  target: { readonly host: string; readonly port: number },
): Promise<void> {
  const peer = proxyPeer(proxy);
  const authority = hostPort(target.host, target.port);
  const authorization = proxyAuthorization(proxy);
  return new Promise((resolve, reject) => {
    const connect = request({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(authorization ? { 'proxy-authorization': authorization } : {}) },
      createConnection: () => socket,
      maxHeaderSize: MAX_HEAD_BYTES,
    });
    connect.once('connect', (answer, _socket, head) => {
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        if (head.length > 0) socket.unshift(head);
        resolve();
        return;
      }
      const fault =
        status === 407
          ? networkFault('proxy_auth', { peer })
          : networkFault('proxy_refused', { peer, code: `HTTP ${status}` });
      reject(new FaultError(fault));
    });
    connect.once('error', reject);
    connect.end();
  });
}
