import { isIP } from 'node:net';
import { localText } from '../texts/texts.ts';
import type { Fault } from './problem.ts';

/** Looks at a string that passed as a string. The fault it returns never quotes the value: it may be a secret. */
export type TextCheck = (value: string) => Fault | null;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const SPACE_OR_CONTROL = /[\s\u0000-\u001f\u007f-\u009f]/;

/** A URL, or null. The parser's error quotes its input, so it goes no further than here. */
function parseUrl(value: string): URL | null {
  // The parser trims and drops such characters in silence; what the user sees would not be what is used.
  if (SPACE_OR_CONTROL.test(value)) return null;
  return URL.parse(value);
}

const allowedHttpUrl = localText((t) => t.config.allowedHttpUrl);

export const checkHttpUrl: TextCheck = (value) => {
  if (value === '') return { what: localText((t) => t.config.empty), allowed: allowedHttpUrl };
  const url = parseUrl(value);
  // "https:host" parses too, but is a slip.
  if (url === null || !value.includes('://'))
    return { what: localText((t) => t.config.noUrl), allowed: allowedHttpUrl };
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { what: localText((t) => t.config.wrongScheme), allowed: allowedHttpUrl };
  return null;
};

const allowedProxy = localText((t) => t.config.allowedProxy);
const PROXY_SCHEMES = ['http:', 'https:', 'socks5:'];

/** The value of `proxy` that means: direct. */
export const NO_PROXY = 'no';

export const checkProxy: TextCheck = (value) => {
  if (value === NO_PROXY) return null;
  if (value === '') return { what: localText((t) => t.config.empty), allowed: allowedProxy };
  const url = parseUrl(value);
  if (url === null || !value.includes('://') || url.hostname === '')
    return { what: localText((t) => t.config.noUrl), allowed: allowedProxy };
  if (!PROXY_SCHEMES.includes(url.protocol))
    return { what: localText((t) => t.config.wrongScheme), allowed: allowedProxy };
  if (!isPercentEncoded(url.username) || !isPercentEncoded(url.password))
    return { what: localText((t) => t.config.badProxyLogin), allowed: allowedProxy };
  const hasPath = (url.pathname !== '' && url.pathname !== '/') || url.search !== '' || url.hash !== '';
  if (hasPath) return { what: localText((t) => t.config.proxyWithPath), allowed: allowedProxy };
  return null;
};

function isPercentEncoded(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

const allowedStoreUrl = localText((t) => t.config.allowedStoreUrl);

export const SQLITE_PREFIX = 'sqlite:';

export const checkStoreUrl: TextCheck = (value) => {
  if (value.startsWith(SQLITE_PREFIX)) {
    const path = value.slice(SQLITE_PREFIX.length);
    if (path.trim() === '' || path.includes('\0'))
      return { what: localText((t) => t.config.storeWithoutPath), allowed: allowedStoreUrl };
    // Nothing in memory can keep the promise that no accepted message is lost.
    if (path.startsWith(':'))
      return { what: localText((t) => t.config.storeInMemory), allowed: allowedStoreUrl };
    return null;
  }
  const url = parseUrl(value);
  const isPostgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  if (!isPostgres || !value.includes('://'))
    return { what: localText((t) => t.config.unknownStore), allowed: allowedStoreUrl };
  return null;
};

export const checkNotEmpty: TextCheck = (value) =>
  value.trim() === '' ? { what: localText((t) => t.config.empty), allowed: null } : null;

const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;

export const checkListenHost: TextCheck = (value) =>
  value === '' || isIP(value) !== 0 || HOST_NAME.test(value)
    ? null
    : { what: localText((t) => t.config.noHost), allowed: localText((t) => t.config.allowedListenHost) };

export const checkAllowedHost: TextCheck = (value) =>
  HOST_NAME.test(value)
    ? null
    : { what: localText((t) => t.config.noHostName), allowed: localText((t) => t.config.allowedHostName) };

/** A tag stands in `to=ops,dev`, so it cannot hold what separates words there. */
export const checkTag: TextCheck = (value) =>
  value === '' || /[,，]/.test(value) || SPACE_OR_CONTROL.test(value)
    ? { what: localText((t) => t.config.noTag), allowed: localText((t) => t.config.allowedTag) }
    : null;

/** Standard Webhooks: `whsec_` and the key in base64, https://www.standardwebhooks.com (read 2026-09). */
export const checkWebhookSecret: TextCheck = (value) => {
  const key = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1];
  const isBase64 = key !== undefined && key.length % 4 === 0;
  return isBase64
    ? null
    : {
        what: localText((t) => t.config.noWebhookSecret),
        allowed: localText((t) => t.config.allowedWebhookSecret),
      };
};

/** A token of RFC 9110, section 5.6.2. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110, section 5.5, without the bytes above 127, whose meaning HTTP leaves open. */
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/;

export const checkHeaderValue: TextCheck = (value) => {
  const allowed = localText((t) => t.config.allowedHeaderValue);
  if (value === '') return { what: localText((t) => t.config.empty), allowed };
  return HEADER_VALUE.test(value) ? null : { what: localText((t) => t.config.badHeaderValue), allowed };
};
