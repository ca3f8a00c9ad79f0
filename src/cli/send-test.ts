import { type GuestRequest, type GuestSlots, openWindows } from '../app/open-store.ts';
import { createChannel } from '../channel/channel.ts';
import { endpointHash } from '../channel/endpoint-hash.ts';
import { createTransport } from '../channel/http-client.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { createIds } from '../core/ids.ts';
import type { LocalText } from '../core/local-text.ts';
import { strictestWindows } from '../core/rate-windows.ts';
import { providerOf } from '../providers/registry.ts';
import { localText } from '../texts/texts.ts';
import type { TestResult, TestSender } from './io.ts';

/** How long a request waits at most for its turn: the longest window, and what may be in flight before it. */
const PATIENCE_MS = 90_000;

/** Sends straight to the platforms: no push log, no retry; but never past a channel's windows. */
export async function openTestSender(
  text: string,
  { channels, delivery, store }: Config,
): Promise<TestSender> {
  const { timeoutMs } = delivery;
  const { slots, shared } = openWindows(store);
  const hashOf = new Map(
    channels.map((channel) => [channel.name, endpointHash(providerOf(channel), channel.endpoint.url)]),
  );
  const transport = createTransport();
  const newId = createIds();
  return {
    countedByService: shared,
    async send(config) {
      const provider = providerOf(config);
      const channel = createChannel(config, { provider, clock: systemClock, transport, timeoutMs });
      const messageId = newId(systemClock.wallMs());
      const hash = hashOf.get(config.name) ?? '';
      const sharing = channels.filter(({ name }) => hashOf.get(name) === hash);
      const windows = strictestWindows(sharing.map((channel) => channel.windows));
      const request = { endpointHash: hash, providerId: config.providerId, windows, timeoutMs };
      let durationMs = 0;
      for (let partIndex = 0; ; partIndex++) {
        const slot = await bookSlot(slots, request);
        if (slot.kind === 'refused') return { error: slot.error, platformCode: null, durationMs };
        const report = await channel.send({ messageId, text, partIndex });
        slot.end();
        durationMs += report.durationMs;
        const { kind, error, platformCode } = report.outcome;
        const result: TestResult = { error: null, platformCode, durationMs };
        if (kind !== 'ok') return { ...result, error: error ?? localText((t) => t.cli.noReason) };
        if (!report.moreParts) return result;
      }
    },
    async close() {
      transport.close();
      slots.close();
    },
  };
}

type BookedSlot = { kind: 'booked'; end: () => void } | { kind: 'refused'; error: LocalText };

async function bookSlot(slots: GuestSlots, request: GuestRequest): Promise<BookedSlot> {
  try {
    const end = await slots.book(request, PATIENCE_MS);
    if (end !== null) return { kind: 'booked', end };
    return { kind: 'refused', error: localText((t) => t.cli.test.noRoom(PATIENCE_MS / 1_000)) };
  } catch {
    return { kind: 'refused', error: localText((t) => t.cli.test.notBooked) };
  }
}
