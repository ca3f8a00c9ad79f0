import type { Ledgers } from './ledgers.ts';

/** A SIGKILL, on the wall clock of this machine: sent after `fromMs`, everything dead before `toMs`. */
export interface Kill {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * An attempt whose receiver answers well ends `unknown` only if the process was killed while it ran.
 *
 * @param reliable the channels whose receivers always answer.
 */
export function unknownWithoutKill(
  { log }: Pick<Ledgers, 'log'>,
  kills: readonly Kill[],
  reliable: readonly string[],
): string[] {
  return log.flatMap(({ id, deliveries }) =>
    deliveries
      .filter(({ channel }) => reliable.includes(channel))
      .flatMap(({ channel, attempts }) =>
        attempts.flatMap(({ outcome, startedAtMs }, index) => {
          const nextStartMs = attempts[index + 1]?.startedAtMs ?? Number.POSITIVE_INFINITY;
          const wasKilled = kills.some(({ fromMs, toMs }) => startedAtMs <= toMs && nextStartMs >= fromMs);
          return outcome !== 'unknown' || wasKilled
            ? []
            : [`unknown: attempt ${index + 1} of ${id} to ${channel} was not running at any kill`];
        }),
      ),
  );
}
