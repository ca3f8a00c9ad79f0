import type { Clock } from '../core/clock.ts';
import { type NewId, timeOfId } from '../core/ids.ts';
import type { Logger } from '../log/logger.ts';
import { type Store, StoreError } from '../store/store.ts';
import { type Lang, texts } from '../texts/texts.ts';
import { createResolveRecipients, type Recipient, type UnknownRecipient } from './resolve-recipients.ts';
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
  | UnknownRecipient
  /** Nothing was promised. `stopping`: the service is on its way out. */
  | { readonly kind: 'unavailable'; readonly why: 'stopping' | 'overloaded' | 'store' };

export type Accept = (request: AcceptRequest) => Promise<AcceptAnswer>;

export interface AcceptDeps {
  readonly store: Pick<Store, 'accept'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** Language of the service log. */
  readonly lang: Lang;
  readonly recipients: readonly Recipient[];
  /** Tells the lanes of these channels that there is work, or will be: the store may still refuse it. */
  readonly wake: (channelIds: readonly number[]) => void;
  /** A message is on disk; a repeated one is not counted. */
  readonly onAccepted: () => void;
  readonly isStopping: () => boolean;
}

/** One request -> one message and one delivery per addressed channel, on disk before it resolves. */
export function createAccept(deps: AcceptDeps): Accept {
  const { store, clock, newId, logger, wake, onAccepted } = deps;
  const resolve = createResolveRecipients(deps.recipients);
  const say = texts[deps.lang].service;

  return async ({ text, to, requestId }) => {
    if (deps.isStopping()) return { kind: 'unavailable', why: 'stopping' };

    const resolved = resolve(to);
    if (resolved.kind === 'unknown_recipient') return resolved;
    const { channelIds } = resolved;

    const id = newId(clock.wallMs());
    const stored = store.accept({
      message: { id, requestId, msgType: 'text', text, createdAtMs: timeOfId(id) },
      channelIds,
    });
    // Before it is on disk: a lane at rest then asks for its turns behind it, and gets them with the same fsync.
    wake(channelIds);
    try {
      const result = await stored;
      if (result.kind === 'repeated') {
        if (!result.sameText) logger.warn('api', say.keyReused, { id: result.messageId });
        return { kind: 'accepted', messageId: result.messageId };
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { kind: 'unavailable', why: whyUnavailable(error) };
    }
    onAccepted();
    return { kind: 'accepted', messageId: id };
  };
}
