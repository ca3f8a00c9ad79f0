import { createChannel } from '../channel/channel.ts';
import { createTransport } from '../channel/http-client.ts';
import { systemClock } from '../core/clock.ts';
import { createIds } from '../core/ids.ts';
import { providers } from '../providers/registry.ts';
import { localText } from '../texts/texts.ts';
import type { TestResult, TestSender } from './io.ts';

/** Sends straight to the platforms: no store, no push log, no retry. */
export async function openTestSender(text: string, timeoutMs: number): Promise<TestSender> {
  const transport = createTransport();
  const newId = createIds();
  return {
    async send(config) {
      const provider = providers.find((candidate) => candidate.id === config.providerId);
      if (provider === undefined) throw new Error(`no provider ${config.providerId}`);
      const channel = createChannel(config, { provider, clock: systemClock, transport, timeoutMs });
      const messageId = newId(systemClock.wallMs());
      let durationMs = 0;
      for (let partIndex = 0; ; partIndex++) {
        const report = await channel.send({ messageId, text, partIndex });
        durationMs += report.durationMs;
        const { kind, error, platformCode } = report.outcome;
        const result: TestResult = { error: null, platformCode, durationMs };
        if (kind !== 'ok') return { ...result, error: error ?? localText((t) => t.cli.noReason) };
        if (!report.moreParts) return result;
      }
    },
    close: async () => transport.close(),
  };
}
