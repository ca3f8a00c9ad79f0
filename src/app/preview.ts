import { setImmediate } from 'node:timers/promises';
import type { ResolveRecipients } from '../accept/resolve-recipients.ts';
import { splitText } from '../channel/split-text.ts';
import type { Overflow } from '../core/channel-config.ts';
import type { Preview, TextPreview } from '../http/routes/preview.ts';
import type { TextLimit } from '../providers/provider.ts';
import { codePoints } from '../providers/text-size.ts';
import type { ChannelRef } from '../store/store.ts';

/** A configured channel, as far as its treatment of a text goes. */
export interface PreviewedChannel {
  readonly ref: ChannelRef;
  readonly providerId: string;
  readonly textLimit: TextLimit | null;
  readonly overflow: Overflow;
}

type Verdict = Omit<TextPreview, 'channel' | 'provider'>;

/** Measures and splits as a channel would. Other work gets its turn after each platform. */
export function createPreview(channels: readonly PreviewedChannel[], resolve: ResolveRecipients): Preview {
  const byId = new Map(channels.map((channel) => [channel.ref.channelId, channel]));

  return async ({ text, to }) => {
    const resolved = resolve(to);
    if (resolved.kind === 'unknown_recipient') return resolved;
    const verdicts = new Map<string, Verdict>();
    const previews: TextPreview[] = [];
    for (const { ref, providerId, textLimit, overflow } of resolved.channelIds.flatMap(
      (id) => byId.get(id) ?? [],
    )) {
      const key = `${providerId} ${overflow}`;
      let verdict = verdicts.get(key);
      if (verdict === undefined) {
        await setImmediate();
        verdict = judge(text, textLimit, overflow);
        verdicts.set(key, verdict);
      }
      previews.push({ channel: ref.name, provider: providerId, ...verdict });
    }
    return { kind: 'previews', previews };
  };
}

function judge(text: string, limit: TextLimit | null, overflow: Overflow): Verdict {
  if (limit === null)
    return { size: codePoints(text), max: null, unit: 'code_points', parts: 1, fate: 'whole' };
  const { max, unit } = limit;
  const size = limit.measure(text);
  const result = splitText(text, limit, overflow);
  if (result.kind === 'too_long') return { size, max, unit, parts: 0, fate: 'too_long' };
  const fate = size <= max ? 'whole' : overflow === 'truncate' ? 'truncate' : 'split';
  return { size, max, unit, parts: result.parts.length, fate };
}
