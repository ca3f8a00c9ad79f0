import type { Provider } from '../providers/provider.ts';
import { localText } from '../texts/texts.ts';
import type { ChannelBlock } from './check-block.ts';
import type { Fault } from './problem.ts';

/** The keys in which a sample is left behind by mistake. */
export const DOUBTFUL_KEYS = ['endpoint.url', 'secret'] as const;

/** What is well formed and yet hardly meant. Nothing refuses to work for it, and like any fault it quotes no value. */
export function doubtAbout(
  key: (typeof DOUBTFUL_KEYS)[number],
  { provider, values }: ChannelBlock,
  providers: readonly Provider[],
): Fault | null {
  const value = values.plain.get(key);
  // A channel that is left out may wait for its address.
  if (typeof value !== 'string' || values.plain.get('enabled') === false) return null;
  const isExample = isExampleHost(value) || providers.some(({ exampleUrl }) => exampleUrl === value);
  if (isExample || isSample(value)) return { what: localText((t) => t.config.sampleValue), allowed: null };
  const owner = key === 'endpoint.url' ? ownerOf(value, providers) : undefined;
  if (owner === undefined || owner.id === provider.id) return null;
  return {
    what: localText((t) => t.config.urlOfOther(owner.id, provider.id)),
    allowed: localText((t) => t.config.channelOfType(owner.id)),
  };
}

/** The platform to which an address surely belongs; undefined: a host of one's own, or one that nobody knows. */
function ownerOf(address: string, providers: readonly Provider[]): Provider | undefined {
  const url = URL.parse(address);
  if (url === null) return undefined;
  return providers.find(({ ownUrl }) => ownUrl?.test(url.host + url.pathname));
}

/** Names that nobody can own: RFC 2606, section 3. */
function isExampleHost(address: string): boolean {
  return /(?:^|\.)example\.(?:com|net|org)$/.test(URL.parse(address)?.hostname ?? '');
}

/** `xxx`, `SECxxx`, `-100xxx`, `<key>`, `your-key`, `…`: what manuals and our own template write for what is secret. */
function isSample(value: string): boolean {
  if (/<[^<>]*>|\{[^{}]*\}|…|\.{3}|(?:^|[/=:])your[-_]/i.test(value)) return true;
  return value.split(/[/?&=:#@_-]/).some((word) => /^(?:SEC|\d*)([xy])\1{2,}$/i.test(word));
}
