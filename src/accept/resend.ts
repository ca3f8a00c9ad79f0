import type { Delivery } from '../core/delivery.ts';
import type { Logger } from '../log/logger.ts';
import { type ChannelRef, type Store, StoreError } from '../store/store.ts';
import { type Lang, texts } from '../texts/texts.ts';
import { whyUnavailable } from './why-unavailable.ts';

/** A request for `/api/messages/{id}/resend` whose form has been checked. */
export interface ResendRequest {
  readonly messageId: string;
  /** Channel names, at least one; null = those whose latest delivery of the message is failed. */
  readonly channels: readonly string[] | null;
}

export type ResendAnswer =
  /** On disk. */
  | { readonly kind: 'resent'; readonly deliveries: readonly Delivery[] }
  | { readonly kind: 'unknown_message' }
  | { readonly kind: 'unknown_channel'; readonly name: string }
  /** No channel was named, and none of those configured needs it. */
  | { readonly kind: 'nothing_failed' }
  | { readonly kind: 'unavailable'; readonly why: 'stopping' | 'overloaded' | 'store' };

export type Resend = (request: ResendRequest) => Promise<ResendAnswer>;

export interface ResendDeps {
  readonly store: Pick<Store, 'resend'>;
  readonly logger: Logger;
  /** Language of the service log. */
  readonly lang: Lang;
  readonly channels: readonly ChannelRef[];
  /** Tells the lanes of these channels that there is work. */
  readonly wake: (channelIds: readonly number[]) => void;
}

/** One request -> new deliveries of a message that is in the log, on disk before it resolves. */
export function createResend({ store, logger, lang, channels, wake }: ResendDeps): Resend {
  const say = texts[lang].service;
  const idByName = new Map(channels.map(({ name, channelId }) => [name, channelId]));

  return async ({ messageId, channels: names }) => {
    const unknown = names?.find((name) => !idByName.has(name));
    if (unknown !== undefined) return { kind: 'unknown_channel', name: unknown };
    const wanted = names ?? [...idByName.keys()];
    const channelIds = wanted.flatMap((name) => idByName.get(name) ?? []);
    try {
      const result = await store.resend({ messageId, channelIds, onlyFailed: names === null });
      if (result.kind !== 'resent') return result;
      wake(result.deliveries.map(({ channelId }) => channelId));
      for (const { delivery } of result.deliveries)
        logger.info(delivery.channel, say.resent, { [say.messageId]: messageId });
      return { kind: 'resent', deliveries: result.deliveries.map(({ delivery }) => delivery) };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { kind: 'unavailable', why: whyUnavailable(error) };
    }
  };
}
