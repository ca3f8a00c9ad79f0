import type { LaneEvents } from '../dispatch/run-lane.ts';
import type { Metrics } from '../http/metrics.ts';
import type { LogFields, Logger } from '../log/logger.ts';
import { type Lang, texts } from '../texts/texts.ts';

/** One service-log line and one count per attempt; trouble with the store when it begins and when it ends. */
export function createLaneEvents(logger: Logger, lang: Lang, metrics: Metrics): LaneEvents {
  const say = texts[lang].service;

  return {
    attemptEnded(channel, turn, { outcome, durationMs }, next) {
      metrics.attempts.inc({ channel, outcome: outcome.kind });
      metrics.attemptDuration.observe({ channel }, durationMs / 1_000);
      const fields: LogFields = {
        [say.duration]: `${durationMs.toFixed(3)}ms`,
        [say.messageId]: turn.messageId,
        [say.attempt]: turn.attemptNumber,
      };
      switch (next.kind) {
        case 'delivered':
          logger.info(channel, say.sent, fields);
          return;
        case 'next_part':
          logger.info(channel, say.partSent, fields);
          return;
        case 'retry':
        case 'pause': {
          const pauseText = outcome.ownFault ? say.pausedForLack : say.paused;
          const text = next.kind === 'retry' ? say.willRetry : pauseText;
          logger.warn(channel, text, {
            ...fields,
            [say.waitSeconds]: next.waitMs / 1_000,
            [say.reason]: next.error[lang],
          });
          return;
        }
        case 'failed':
          metrics.failed.inc({ channel });
          logger.error(channel, say.gaveUp, { ...fields, [say.reason]: next.error[lang] });
          return;
        default:
          next satisfies never;
      }
    },
    failedUnsent(channel, count) {
      metrics.failed.inc({ channel }, count);
      logger.error(channel, say.stoppedUnsent, { [say.count]: count });
    },
    failedAtStart: (channel) => metrics.failed.inc({ channel }),
    storeTrouble(channel, error) {
      if (error === null) logger.info(channel, say.storeBack);
      else logger.error(channel, say.storeTrouble, { [say.reason]: error.message });
    },
    bug(channel, error) {
      logger.error(channel, say.laneBug, {
        [say.reason]: error instanceof Error ? (error.stack ?? '') : String(error),
      });
    },
  };
}
