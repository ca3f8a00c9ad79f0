/** A URL cut by hand: what the user wrote is kept to the letter, also what `URL` would normalise. The fragment is dropped. */
interface CutUrl {
  readonly beforeQuery: string;
  /** null: no question mark at all. */
  readonly query: string | null;
}

function cutUrl(url: string): CutUrl {
  const [address = ''] = url.split('#', 1);
  const mark = address.indexOf('?');
  if (mark === -1) return { beforeQuery: address, query: null };
  return { beforeQuery: address.slice(0, mark), query: address.slice(mark + 1) };
}

export function withoutFragment(url: string): string {
  const { beforeQuery, query } = cutUrl(url);
  return query === null ? beforeQuery : `${beforeQuery}?${query}`;
}

/** Adds parameters behind those the URL has. Each is encoded once, a space as `%20`, which every receiver reads. */
export function appendQuery(url: string, params: Readonly<Record<string, string>>): string {
  const { beforeQuery, query } = cutUrl(url);
  const added = Object.entries(params).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const parts = query === null || query === '' ? added : [query.replace(/&$/, ''), ...added];
  return `${beforeQuery}?${parts.join('&')}`;
}

/** Sets parameters anew: whatever the URL has under these names goes, the rest stays as it is. */
export function replaceQuery(url: string, params: Readonly<Record<string, string>>): string {
  const { beforeQuery, query } = cutUrl(url);
  const kept = (query ?? '').split('&').filter((part) => part !== '' && !Object.hasOwn(params, nameOf(part)));
  return appendQuery(kept.length === 0 ? beforeQuery : `${beforeQuery}?${kept.join('&')}`, params);
}

/** Takes the query off: the address before it, and its parameters decoded, in their order. */
export function cutQuery(url: string): {
  readonly address: string;
  readonly params: readonly (readonly [string, string])[];
} {
  const { beforeQuery, query } = cutUrl(url);
  return { address: beforeQuery, params: [...new URLSearchParams(query ?? '')] };
}

function nameOf(part: string): string {
  const [name = ''] = part.split('=', 1);
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
