/** How the addresses of a platform look that name a group. */
interface AddressForm {
  /** As in `Provider.ownUrl`. */
  readonly ownUrl: RegExp | null;
  /** Matches the path of such an address, prefix and all. */
  readonly path: RegExp;
  /** The one parameter that names the group; none: the path alone does. */
  readonly parameter?: string;
}

/**
 * What an address has in common with every other that reaches the same group: host, path and the parameter that names
 * the group. The address as the platform gives it out comes back as it is.
 *
 * An address of another form is that of somebody's relay, where anything may tell two groups apart: all of it counts.
 */
export function groupScope(address: string, { ownUrl, path, parameter }: AddressForm): string {
  const url = URL.parse(address);
  if (url === null) return address;
  url.pathname = decodeUnreserved(url.pathname);
  // The last one, where it is repeated: so we read them ourselves when we send (`telegram_bot`).
  const group = parameter === undefined ? null : (url.searchParams.getAll(parameter).at(-1) ?? null);
  if (!path.test(url.pathname) || (parameter !== undefined && group === null)) return wholeScope(address);
  url.hash = '';
  url.username = '';
  url.password = '';
  // A root dot in DNS: certificates and servers ignore it.
  url.hostname = url.hostname.replace(/\.$/, '');
  // One server, whichever way it is reached; of a host that we do not know nobody can tell.
  if (ownUrl?.test(url.host + url.pathname)) url.protocol = 'https:';
  url.search = group === null ? '' : `${parameter}=${encodeURIComponent(group).replaceAll('%40', '@')}`;
  return url.href;
}

/** The address as it goes over the wire: as a browser would write it, without the fragment, which is never sent. */
export function wholeScope(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address;
  url.hash = '';
  // Takes the question mark off that nothing follows.
  if (url.search === '') url.search = '';
  return url.href;
}

/**
 * Letters that are escaped without need mean the same: https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.2
 * (read 2026-11-28). The colon is in every token of Telegram, where some tools escape it.
 */
function decodeUnreserved(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[\w.~:-]/.test(character) ? character : escaped.toUpperCase();
  });
}
