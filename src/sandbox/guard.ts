import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Whether the `Host` is one that no DNS answer can fake: localhost or an IP literal. */
export function isSafeHost(host: string | undefined): boolean {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/@]+)(?::\d{1,5})?$/.exec(host ?? '');
  const name = match?.[1]?.toLowerCase() ?? '';
  return name === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/** Whether a browser says that a page of another site sent this. */
export function isForeignPage(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const origin = request.headers.origin;
  return origin !== undefined && origin !== `http://${request.headers.host}`;
}
