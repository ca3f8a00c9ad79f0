import type { Clock } from '../core/clock.ts';
import { type NewId, timeOfId } from '../core/ids.ts';
import type { Logger } from '../log/logger.ts';
import { type ChannelRef, type Store, StoreError } from '../store/store.ts';
import { type Lang, texts } from '../texts/texts.ts';
import { whyUnavailable } from './why-unavailable.ts';

/** A request for `/api/text` whose form has been checked. */
export interface AcceptRequest {
  readonly text: string;
  /** Channel names and tags; null = all enabled channels. */
  readonly to: readonly string[] | null;
  /** The client's idempotency key, or null. */
  readonly requestId: string | null;
}

export type AcceptAnswer =
  /** On disk, now or by an earlier request with the same key. */
  | { readonly kind: 'accepted'; readonly messageId: string }
  | { readonly kind: 'unknown_recipient'; readonly word: string }
  /** Nothing was promised. `stopping`: the service is on its way out. */
  | { readonly kind: 'unavailable'; readonly why: 'stopping' | 'overloaded' | 'store' };

export type Accept = (request: AcceptRequest) => Promise<AcceptAnswer>;

/** A channel as a request can address it. */
export interface Recipient extends ChannelRef {
  readonly tags: readonly string[];
}

export interface AcceptDeps {
  readonly store: Pick<Store, 'accept'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** Language of the service log. */
  readonly lang: Lang;
  readonly recipients: readonly Recipient[];
  /** Tells the lanes of these channels that there is work. */
  readonly wake: (channelIds: readonly number[]) => void;
  readonly isStopping: () => boolean;
}

/** One request -> one message and one delivery per addressed channel, on disk before it resolves. */
export function createAccept(deps: AcceptDeps): Accept {
  const { store, clock, newId, logger, wake } = deps;
  const say = texts[deps.lang].service;
  const idsByWord = indexByWord(deps.recipients);
  const allIds = deps.recipients.map(({ channelId }) => channelId);

  return async ({ text, to, requestId }) => {
    if (deps.isStopping()) return { kind: 'unavailable', why: 'stopping' };

    const channelIds = to === null ? allIds : [...new Set(to.flatMap((word) => idsByWord.get(word) ?? []))];
    const unknown = to?.find((word) => !idsByWord.has(word));
    if (unknown !== undefined) return { kind: 'unknown_recipient', word: unknown };

    const id = newId(clock.wallMs());
    try {
      const result = await store.accept({
        message: { id, requestId, msgType: 'text', text, createdAtMs: timeOfId(id) },
        channelIds,
      });
      if (result.kind === 'repeated') {
        if (!result.sameText) logger.warn('api', say.keyReused, { id: result.messageId });
        return { kind: 'accepted', messageId: result.messageId };
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { kind: 'unavailable', why: whyUnavailable(error) };
    }
    wake(channelIds);
    return { kind: 'accepted', messageId: id };
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
