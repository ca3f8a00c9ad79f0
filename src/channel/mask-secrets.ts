import type { ChannelConfig } from '../core/channel-config.ts';
import { parseProxy } from './proxy.ts';
import { encodedForms } from './secret-forms.ts';

/** What stands in the log where a secret stood; the same word that a `Secret` prints. */
const MASK = '[secret]';

/** A hidden word shorter than this is also no whole word of a text: masking every `1` would leave nothing readable. */
const MIN_SECRET_LENGTH = 3;
/** Shorter secrets are masked only where they stand as a word of their own (`prod`, but not in `product`). */
const MIN_LENGTH_INSIDE_WORDS = 6;
/** A cut-off start of a secret is masked from this length on. */
const MIN_PARTIAL_LENGTH = 4;

/**
 * Hides the secrets of a channel in a text that comes from outside.
 *
 * @param cutOff the text may break off in the middle of a secret: then also the start of one at its very end is hidden.
 */
export type MaskSecrets = (text: string, cutOff?: boolean) => string;

/**
 * Knows what of a channel must not be seen: the URL with its long path segments and query values, the signing key,
 * the proxy's login and the header values; each as it is and in the forms in which servers echo things. Text comes
 * out without NUL and well-formed. Words such as `hook` or `v2` are left alone.
 */
export function createMasker(config: ChannelConfig): MaskSecrets {
  const secrets = secretsOf(config).filter((secret) => secret.length >= MIN_SECRET_LENGTH);
  const forms = [...new Set(secrets.flatMap(encodedForms))].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map(formPattern).join('|') || '(?!)', 'giu');
  const lowerForms = forms
    .filter((form) => form.length >= MIN_LENGTH_INSIDE_WORDS)
    .map((form) => form.toLowerCase());

  return (text, cutOff = false) => {
    // First, so that neither a NUL nor half a surrogate pair inside a secret can hide it from the pattern.
    const clean = text.replaceAll('\0', '').toWellFormed();
    const masked = clean.replace(pattern, MASK);
    return cutOff ? maskPartialEnd(masked, lowerForms) : masked;
  };
}

function formPattern(form: string): string {
  const literal = RegExp.escape(form);
  return form.length >= MIN_LENGTH_INSIDE_WORDS ? literal : `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`;
}

function maskPartialEnd(text: string, lowerForms: readonly string[]): string {
  const longest = lowerForms[0]?.length ?? 0;
  const end = text.slice(-longest).toLowerCase();
  let partial = 0;
  for (const form of lowerForms) {
    for (
      let length = Math.min(form.length - 1, end.length);
      length >= MIN_PARTIAL_LENGTH && length > partial;
      length--
    ) {
      if (end.endsWith(form.slice(0, length))) partial = length;
    }
  }
  return partial === 0 ? text : text.slice(0, text.length - partial) + MASK;
}

function secretsOf({ endpoint, proxy }: ChannelConfig): string[] {
  const secrets = secretsOfUrl(endpoint.url.reveal());
  if (endpoint.secret) {
    const secret = endpoint.secret.reveal();
    // A Standard Webhooks secret is `whsec_` and base64; what follows the prefix is the secret.
    secrets.push(secret, secret.replace(/^whsec_/, ''));
  }
  for (const { value } of endpoint.headers) {
    const text = value.reveal().trim();
    // `Bearer abc…`: an echo may leave out the scheme.
    secrets.push(text, ...text.split(/[\s,;=]+/).filter((word) => word.length >= 8));
  }
  if (proxy) {
    secrets.push(proxy.reveal(), ...secretsOfUrl(proxy.reveal()));
    const login = parseProxy(proxy)?.login;
    if (login) secrets.push(`${login.user}:${login.password}`, login.password);
  }
  return secrets;
}

function secretsOfUrl(text: string): string[] {
  const url = URL.parse(text);
  if (url === null) return [text];
  const pathAndQuery = url.pathname + url.search;
  const secrets = [url.password, url.password && `${url.username}:${url.password}`];
  // As a whole, since all its segments may be short: `Cannot POST /hook/k3y`.
  if (pathAndQuery.length >= 8) secrets.push(url.href, pathAndQuery);
  for (const segment of url.pathname.split('/').filter(looksSecret)) {
    // `bot123:abc…`: the token may be echoed without its prefix, or only what follows the colon.
    const afterColon = segment.slice(segment.indexOf(':') + 1);
    secrets.push(segment, segment.replace(/^bot(?=\d)/, ''), ...[afterColon].filter(looksSecret));
  }
  for (const [name, value] of url.searchParams) {
    if (looksSecret(value) || namesSecret(name)) secrets.push(value);
  }
  return secrets.flatMap((secret) => [secret, percentDecoded(secret)]);
}

/** Long, or not so long and no plain word: `services` and `open-apis` pass, `B01ABCDEF` and `k3yk3yk3y` do not. */
function looksSecret(part: string): boolean {
  return part.length >= 20 || (part.length >= 8 && /\d|[a-z][A-Z]|%/.test(part));
}

function namesSecret(name: string): boolean {
  return /key|token|secret|sign|pass|auth|code/i.test(name);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
