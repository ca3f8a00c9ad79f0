import type { Secret } from '../core/secret.ts';
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
  /** Name, value, name, value …; names in lower case, each once. */
  readonly headers: string[];
  readonly body: string | null;
}

/** What a URL and a proxy setting say of a request. */
type Way =
  | {
      readonly kind: 'ready';
      readonly route: Route;
      readonly path: string;
      readonly host: string;
      /** null: the URL has no login. */
      readonly authorization: string | null;
    }
  | { readonly kind: 'blocked'; readonly fault: NetworkFault };

type Prepared =
  | { readonly kind: 'ready'; readonly request: PreparedRequest }
  | { readonly kind: 'blocked'; readonly fault: NetworkFault };

type FindWay = (url: string, proxy: Secret | null) => Way;

/** Plans the way of a request and refuses what must never be sent, before anything is resolved or connected. */
export function prepareRequest(
  { method, url, headers, body }: OutboundRequest,
  { proxy }: SendOptions,
  wayOf: FindWay = findWay,
): Prepared {
  const way = wayOf(url, proxy);
  if (way.kind === 'blocked') return way;
  const { route, path } = way;
  return { kind: 'ready', request: { route, method, path, headers: requestHeaders(headers, way), body } };
}

/**
 * How many ways are remembered for each proxy setting. Most channels have one; with a signature in the URL each request has
 * its own.
 */
const REMEMBERED_WAYS = 256;
/** A longer URL has a text in it, a megabyte perhaps, and does not come again. */
const MAX_REMEMBERED_LENGTH = 2_048;

/** `findWay`, which takes URLs apart, once for each URL of those used lately. */
export function rememberWays(): FindWay {
  const waysByProxy = new Map<Secret | null, Map<string, Way>>();
  return (url, proxy) => {
    if (url.length > MAX_REMEMBERED_LENGTH) return findWay(url, proxy);
    const ways = waysByProxy.get(proxy) ?? new Map<string, Way>();
    const known = ways.get(url);
    if (known !== undefined) return known;
    if (ways.size === REMEMBERED_WAYS) ways.clear();
    const way = findWay(url, proxy);
    waysByProxy.set(proxy, ways.set(url, way));
    return way;
  };
}

function findWay(text: string, setting: Secret | null): Way {
  const url = URL.parse(text);
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
  const via = proxy ? JSON.stringify(proxy) : '';
  const route: Route = { target, proxy, forward, peer, key: forward ? via : `${via} ${url.origin}` };
  const pathAndQuery = url.pathname + url.search;
  const login = `${percentDecode(url.username)}:${percentDecode(url.password)}`;
  return {
    kind: 'ready',
    route,
    path: forward ? `http://${url.host}${pathAndQuery}` : pathAndQuery,
    host: url.host,
    authorization: login === ':' ? null : `Basic ${Buffer.from(login).toString('base64')}`,
  };
}

/** The address to connect to first: the proxy's where there is one. */
export function firstHop(route: Route): { host: string; port: number; peer: Peer } {
  const { proxy, target, peer } = route;
  return proxy
    ? { host: proxy.host, port: proxy.port, peer: proxyPeer(proxy) }
    : { host: target.host, port: target.port, peer };
}

function requestHeaders(
  given: Readonly<Record<string, string>>,
  { host, authorization, route }: Extract<Way, { kind: 'ready' }>,
): string[] {
  // A name that the configuration repeats in another case must not go out twice.
  const headers = ['user-agent', 'PostPoint', 'host', host];
  if (authorization !== null) headers.push('authorization', authorization);
  for (const name in given) setHeader(headers, name.toLowerCase(), given[name] ?? '');
  // What is compressed would be unreadable in the log, and inflating it is how small answers become huge.
  setHeader(headers, 'accept-encoding', 'identity');
  const toProxy = route.forward && route.proxy !== null ? proxyAuthorization(route.proxy) : null;
  if (toProxy !== null) setHeader(headers, 'proxy-authorization', toProxy);
  return headers;
}

function setHeader(headers: string[], name: string, value: string): void {
  let at = 0;
  while (at < headers.length && headers[at] !== name) at += 2;
  headers[at] = name;
  headers[at + 1] = value;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function blocked(fault: NetworkFault): Way {
  return { kind: 'blocked', fault };
}
