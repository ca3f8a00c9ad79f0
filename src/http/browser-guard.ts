import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import { ApiError } from './api-error.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps web pages out while no secret header does: a foreign page can reach a local service by a name that it
 * points at 127.0.0.1 (DNS rebinding: the Host tells) or by a plain cross-site form (Origin and Sec-Fetch-Site tell).
 */
export function createBrowserGuard(
  allowedHosts: readonly string[],
): (raw: IncomingMessage) => ApiError | null {
  const allowed = new Set(['localhost', ...allowedHosts.map(normalName)]);
  /** Most requests call us by the same name as the one before. */
  let lastAllowed: string | null = null;

  return (raw) => {
    const host = raw.headers.host ?? '';
    if (host !== lastAllowed) {
      if (!isAllowedHost(host, allowed)) return new ApiError('permission_denied', (t) => t.hostForbidden);
      lastAllowed = host;
    }
    if (SAFE_METHODS.has(raw.method ?? '')) return null;
    if (isForeignPage(raw, host)) return new ApiError('permission_denied', (t) => t.originForbidden);
    return null;
  };
}

/** `Host` is a name or an IP literal, with or without a port. */
export function isAllowedHost(host: string, allowed: ReadonlySet<string>): boolean {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(host)?.[1];
  if (bracketed !== undefined) return isIPv6(bracketed);
  const name = /^([^:]+)(?::\d{1,5})?$/.exec(host)?.[1];
  return name !== undefined && (allowed.has(normalName(name)) || isIPv4(name));
}

function isForeignPage(raw: IncomingMessage, host: string): boolean {
  const site = raw.headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return true;
  const { origin } = raw.headers;
  return origin !== undefined && hostOfOrigin(origin) !== withoutDefaultPort(origin, host);
}

/** null for `Origin: null` and anything else that has no host. */
function hostOfOrigin(origin: string): string | null {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  return url === null || url.host === '' ? null : normalName(url.host);
}

/** A Host header as a URL of that scheme would write it: lower case, no default port. */
function withoutDefaultPort(origin: string, host: string): string {
  const scheme = /^https:/i.test(origin) ? 'https' : 'http';
  const text = `${scheme}://${host}`;
  return normalName(URL.canParse(text) ? new URL(text).host : host);
}

function normalName(name: string): string {
  return name.toLowerCase().replace(/\.(?=:\d+$|$)/, '');
}
