import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { fetchPreview } from '../api/calls.ts';
import type { Preview } from '../api/types.ts';
import { isBlank } from './draft.ts';

/** After the last key. */
const TYPING_MS = 250;

/** What the platforms' limits make of the text, by channel; empty while nobody can tell. */
export function usePreview(text: string, to: readonly string[] | null): ReadonlyMap<string, Preview> {
  const body = useDebounced(to === null ? { msg: text } : { msg: text, to });
  const enabled = !isBlank(body.msg) && body.to?.length !== 0;
  const { data } = useQuery({
    queryKey: ['preview', body.msg, body.to],
    queryFn: ({ signal }) => fetchPreview(body, signal),
    enabled,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  return new Map(enabled && !isBlank(text) ? data?.map((item) => [item.channel, item]) : []);
}

function useDebounced<T extends object>(value: T): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the value is new each time, its content is not
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return settled;
}
