import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { fetchChannels, fetchStats } from '../api/calls.ts';
import { listen } from '../api/live.ts';
import type { StatsRange } from '../api/types.ts';
import { useLang } from '../preferences.ts';

const CHANNELS_MS = 5_000;
const STATS_MS: Readonly<Record<StatsRange, number>> = {
  '1h': 10_000,
  '24h': 20_000,
  '7d': 60_000,
  '30d': 60_000,
};
/** After changes, at most this often. */
const AFTER_CHANGE_MS = 1_500;

export function useChannels() {
  const lang = useLang();
  return useQuery({
    queryKey: ['channels', lang],
    queryFn: ({ signal }) => fetchChannels(signal),
    refetchInterval: CHANNELS_MS,
  });
}

export function useStats(range: StatsRange) {
  return useQuery({
    queryKey: ['stats', range],
    queryFn: ({ signal }) => fetchStats(range, signal),
    refetchInterval: STATS_MS[range],
    placeholderData: (before) => before,
  });
}

/** Queues, budgets and counts follow what happens, a little later. */
export function useFreshFigures(): void {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['channels'] });
        void client.invalidateQueries({ queryKey: ['stats'] });
      }, AFTER_CHANGE_MS);
    };
    const stop = listen({ onChange: refresh, onReset: refresh });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client]);
}
