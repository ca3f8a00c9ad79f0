import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { fetchMessage } from '../api/calls.ts';
import { listen } from '../api/live.ts';
import type { DetailedMessage } from '../api/types.ts';
import { useLang } from '../preferences.ts';

const POLL_MS = 2_000;

/** One message with its attempts, followed while it is looked at. @param id null: none. */
export function useMessage(id: string | null) {
  const lang = useLang();
  const client = useQueryClient();

  useEffect(() => {
    if (id === null) return;
    const queryKey = ['message', id];
    // An answer that is on its way may be older than the change.
    const refresh = () =>
      void client.cancelQueries({ queryKey }).then(() => client.invalidateQueries({ queryKey }));
    return listen({
      onChange: (change) => {
        if (change.message_id === id) refresh();
      },
      onReset: refresh,
    });
  }, [client, id]);

  return useQuery({
    queryKey: ['message', id, lang],
    queryFn: ({ signal }) => fetchMessage(id ?? '', signal),
    enabled: id !== null,
    staleTime: 0,
    // Also while changes come by themselves: the one before the first answer is missed.
    refetchInterval: ({ state }) => (hasOpen(state.data) ? POLL_MS : false),
  });
}

export function hasOpen(message: DetailedMessage | undefined): boolean {
  return message?.deliveries.some(({ status }) => status !== 'delivered' && status !== 'failed') ?? false;
}
