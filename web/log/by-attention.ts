import type { Channel, Stats } from '../api/types.ts';

/**
 * What needs attention first: stopped, then paused, then with failures in the period. Figures do not matter beyond that, and
 * otherwise the order is that of the configuration: a card moves only when its channel changes class, not with every event.
 *
 * @param stats undefined: not known yet.
 */
export function byAttention(channels: readonly Channel[], stats: Stats | undefined): readonly Channel[] {
  const failing = new Set(
    stats?.channels.filter(({ totals }) => totals.failed > 0).map(({ channel }) => channel),
  );
  const classOf = ({ name, state }: Channel) => {
    if (state === 'stopped') return 0;
    if (state === 'paused') return 1;
    return failing.has(name) ? 2 : 3;
  };
  return channels.toSorted((a, b) => classOf(a) - classOf(b));
}
