import { nearest } from '../core/nearest-word.ts';
import type { ChannelRef } from '../store/store.ts';

/** A channel as a request can address it. */
export interface Recipient extends ChannelRef {
  readonly tags: readonly string[];
}

export type Resolved =
  | { readonly kind: 'channels'; readonly channelIds: readonly number[] }
  | UnknownRecipient;

export interface UnknownRecipient {
  readonly kind: 'unknown_recipient';
  readonly word: string;
  /** The name or tag that was probably meant. */
  readonly nearest: string | null;
}

/** @param to channel names and tags; null = all enabled channels. */
export type ResolveRecipients = (to: readonly string[] | null) => Resolved;

/** Names and tags to channels, each channel once. */
export function createResolveRecipients(recipients: readonly Recipient[]): ResolveRecipients {
  const idsByWord = indexByWord(recipients);
  const allIds = recipients.map(({ channelId }) => channelId);

  return (to) => {
    if (to === null) return { kind: 'channels', channelIds: allIds };
    const unknown = to.find((word) => !idsByWord.has(word));
    if (unknown !== undefined)
      return { kind: 'unknown_recipient', word: unknown, nearest: nearest(unknown, [...idsByWord.keys()]) };
    return { kind: 'channels', channelIds: [...new Set(to.flatMap((word) => idsByWord.get(word) ?? []))] };
  };
}

/** Names and tags in one list of words: a word that is both addresses both. */
function indexByWord(recipients: readonly Recipient[]): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  for (const { name, tags, channelId } of recipients) {
    for (const word of new Set([name, ...tags])) {
      const ids = index.get(word) ?? [];
      ids.push(channelId);
      index.set(word, ids);
    }
  }
  return index;
}
