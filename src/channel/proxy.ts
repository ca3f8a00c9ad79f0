import type { Secret } from '../core/secret.ts';
import type { Peer } from './network-fault.ts';

/** A proxy setting, taken apart. */
export interface ProxyServer {
  readonly kind: 'http' | 'https' | 'socks5';
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly login: { readonly user: string; readonly password: string } | null;
}

const KINDS: Readonly<Record<string, { kind: ProxyServer['kind']; defaultPort: number }>> = {
  'http:': { kind: 'http', defaultPort: 80 },
  'https:': { kind: 'https', defaultPort: 443 },
  'socks5:': { kind: 'socks5', defaultPort: 1080 },
  // curl's name for what we do anyway: the proxy resolves the target's name.
  'socks5h:': { kind: 'socks5', defaultPort: 1080 },
};

/** null when the setting is malformed. */
export function parseProxy(setting: Secret): ProxyServer | null {
  const url = URL.parse(setting.reveal());
  const known = url && Object.hasOwn(KINDS, url.protocol) ? KINDS[url.protocol] : undefined;
  if (!url || !known || url.hostname === '') return null;
  const user = decode(url.username);
  const password = decode(url.password);
  if (user === null || password === null) return null;
  return {
    kind: known.kind,
    host: bareHost(url.hostname),
    port: url.port === '' ? known.defaultPort : Number(url.port),
    login: user === '' && password === '' ? null : { user, password },
  };
}

export function proxyPeer(proxy: ProxyServer): Peer {
  return { role: 'proxy', host: hostPort(proxy.host, proxy.port) };
}

/** The value of `Proxy-Authorization`; null without a login. https://www.rfc-editor.org/rfc/rfc7617 */
export function proxyAuthorization({ login }: ProxyServer): string | null {
  if (login === null) return null;
  return `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
}

/** `[::1]` as a URL spells it -> `::1` as a socket takes it. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
