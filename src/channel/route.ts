import type { OutboundRequest } from '../providers/provider.ts';
import { isBlockedForProxy } from './blocked-addresses.ts';
import { type NetworkFault, networkFault, type Peer } from './network-fault.ts';
import { bareHost, hostPort, type ProxyServer, parseProxy, proxyAuthorization, proxyPeer } from './proxy.ts';
import type { SendOptions } from './transport.ts';

interface Target {
  readonly tls: boolean;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The way to a target, and what is written on the first line of a request that goes there. */
export interface Route {
  readonly target: Target;
  readonly proxy: ProxyServer | null;
  /**
   * Plain http through an http(s) proxy: the proxy reads the request itself, in absolute form. CONNECT is for
   * https: proxies commonly allow it to port 443 alone (Squid's default configuration denies `CONNECT !SSL_ports`).
   */
  readonly forward: boolean;
  readonly peer: Peer;
  /** Requests with the same key may use one another's idle connections. Holds the proxy's login: never shown. */
  readonly key: string;
}

export interface PreparedRequest {
  readonly route: Route;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

type Prepared =
  | { readonly kind: 'ready'; readonly request: PreparedRequest }
  | { readonly kind: 'blocked'; readonly fault: NetworkFault };

/** Plans the way of a request and refuses what must never be sent, before anything is resolved or connected. */
export function prepareRequest(request: OutboundRequest, { proxy: setting }: SendOptions): Prepared {
  const url = URL.parse(request.url);
  const protocol = url?.protocol;
  if (!url || (protocol !== 'http:' && protocol !== 'https:')) {
    return blocked(networkFault('invalid_request', { peer: { role: 'target', host: '?' }, code: 'URL' }));
  }
  const tls = protocol === 'https:';
  const target: Target = {
    tls,
    host: bareHost(url.hostname),
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
  };
  const peer: Peer = { role: 'target', host: hostPort(target.host, target.port) };
  const proxy = setting === null ? null : parseProxy(setting);
  if (setting !== null && proxy === null) return blocked(networkFault('invalid_proxy', { peer }));
  if (proxy && isBlockedForProxy(target.host)) return blocked(networkFault('blocked_address', { peer }));

  const forward = proxy !== null && proxy.kind !== 'socks5' && !tls;
  const headers = requestHeaders(request.headers, url);
  const authorization = forward ? proxyAuthorization(proxy) : null;
  if (authorization) headers['proxy-authorization'] = authorization;
  const via = proxy ? JSON.stringify(proxy) : '';
  const route: Route = { target, proxy, forward, peer, key: forward ? via : `${via} ${url.origin}` };
  const pathAndQuery = url.pathname + url.search;
  return {
    kind: 'ready',
    request: {
      route,
      method: request.method,
      path: forward ? `http://${url.host}${pathAndQuery}` : pathAndQuery,
      headers,
      body: request.body,
    },
  };
}

/** The address to connect to first: the proxy's where there is one. */
export function firstHop(route: Route): { host: string; port: number; peer: Peer } {
  const { proxy, target, peer } = route;
  return proxy
    ? { host: proxy.host, port: proxy.port, peer: proxyPeer(proxy) }
    : { host: target.host, port: target.port, peer };
}

function requestHeaders(given: Readonly<Record<string, string>>, url: URL): Record<string, string> {
  // Names from the configuration must not reach the prototype, and a repeated name in another case must not go out twice.
  const headers: Record<string, string> = Object.create(null);
  headers['user-agent'] = 'PostPoint';
  for (const [name, value] of Object.entries(given)) headers[name.toLowerCase()] = value;
  headers.host ??= url.host;
  // What is compressed would be unreadable in the log, and inflating it is how small answers become huge.
  headers['accept-encoding'] = 'identity';
  if (url.username !== '' || url.password !== '') {
    headers.authorization ??= `Basic ${Buffer.from(`${percentDecode(url.username)}:${percentDecode(url.password)}`).toString('base64')}`;
  }
  return headers;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function blocked(fault: NetworkFault): Prepared {
  return { kind: 'blocked', fault };
}
