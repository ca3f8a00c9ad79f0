import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { fetchPage } from '../api/calls.ts';
import { listen, liveState } from '../api/live.ts';
import type { DeliveryChange, Message, MessagePage } from '../api/types.ts';
import { useLang } from '../preferences.ts';
import { useStore } from '../store.ts';
import { type Filters, takesNewMessages } from './filters.ts';
import { applyChange, mergeHead } from './merge.ts';

/** New messages that are known and not shown yet. */
interface Waiting {
  readonly messages: readonly Message[];
  /** There are more of them than one page holds. */
  readonly gap: boolean;
}

const NONE_WAITING: Waiting = { messages: [], gap: false };

/** How long to gather changes before the first page is read again; a search costs the service more. */
const GATHER_MS = 150;
const REST_MS = 500;
const REST_SEARCHING_MS = 3_000;
const POLL_MS = 5_000;

type Pages = InfiniteData<MessagePage, string | null>;

interface Options {
  readonly filters: Filters;
  /** The reader wants nothing to change. */
  readonly isPaused: boolean;
  /** Whether new messages may come in at the top now; otherwise they wait to be asked for. */
  readonly mayInsert: () => boolean;
}

/** The log's pages, kept up to date: known messages change in place, new ones come in or wait. */
export function useMessageLog({ filters, isPaused, mayInsert }: Options) {
  const client = useQueryClient();
  const lang = useLang();
  const state = useStore(liveState);
  const [waiting, setWaiting] = useState(NONE_WAITING);
  const key = useMemo(() => ['messages', filters, lang] as const, [filters, lang]);
  const openedAtMs = useRef(0);
  const missed = useRef<DeliveryChange[]>([]);
  /** Which list may change now; null: none. An answer that was on its way for another one comes too late. */
  const following = useRef<readonly unknown[] | null>(null);
  useEffect(() => {
    following.current = isPaused ? null : key;
  }, [isPaused, key]);

  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => {
      // Later pages count a period from the same moment as the first.
      if (pageParam === null) openedAtMs.current = Date.now();
      return fetchPage({ filters, cursor: pageParam, nowMs: openedAtMs.current || Date.now() }, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // What is shown must not be thrown over by a silent reload of all pages.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: other filters, other messages
  useEffect(() => setWaiting(NONE_WAITING), [key]);

  const readHead = useCallback(async () => {
    const listed = () => (following.current === key ? client.getQueryData<Pages>(key) : undefined);
    if (listed() === undefined || !takesNewMessages(filters, Date.now())) return;
    const head = await fetchPage({ filters, cursor: null, nowMs: openedAtMs.current });
    const data = listed();
    if (data === undefined) return;
    const known = data.pages.flatMap(({ items }) => items);
    const { fresh, shown, gap } = mergeHead(known, head.items, head.next_cursor === null);
    if (shown !== known) client.setQueryData<Pages>(key, (now) => now && replaceMessages(now, shown));
    if (fresh.length === 0) return;
    if (mayInsert() && !gap) {
      client.setQueryData<Pages>(key, (now) => now && insertOnTop(now, fresh));
      setWaiting(NONE_WAITING);
    } else {
      setWaiting({ messages: fresh, gap });
    }
  }, [client, key, filters, mayInsert]);

  const readHeadSoon = useThrottled(readHead, filters.text === '' ? REST_MS : REST_SEARCHING_MS);

  useEffect(() => {
    if (isPaused) return;
    const onChange = (change: DeliveryChange) => {
      if (client.isFetching({ queryKey: key, exact: true }) > 0) missed.current.push(change);
      const data = client.getQueryData<Pages>(key);
      if (data === undefined) return;
      if (data.pages.some(({ items }) => items.some(({ id }) => id === change.message_id)))
        client.setQueryData<Pages>(key, (now) => now && changeDelivery(now, change));
      else if (change.message_id > (data.pages[0]?.items[0]?.id ?? '')) readHeadSoon();
    };
    return listen({ onChange, onReset: readHeadSoon });
  }, [client, key, isPaused, readHeadSoon]);

  // An answer that was on its way may be older than a change that came meanwhile, and it replaces what is known.
  useEffect(() => {
    if (query.isFetching || missed.current.length === 0) return;
    const changes = missed.current.splice(0);
    client.setQueryData<Pages>(key, (now) => now && changes.reduce(changeDelivery, now));
    readHeadSoon();
  }, [query.isFetching, client, key, readHeadSoon]);

  const isPolling = !isPaused && state !== 'live' && state !== 'connecting';
  useEffect(() => {
    if (isPaused) return;
    // What happened during the pause.
    readHeadSoon();
    if (!isPolling) return;
    const timer = setInterval(readHeadSoon, POLL_MS);
    return () => clearInterval(timer);
  }, [isPaused, isPolling, readHeadSoon]);

  const showWaiting = () => {
    if (waiting.gap) void client.resetQueries({ queryKey: key });
    else client.setQueryData<Pages>(key, (now) => now && insertOnTop(now, waiting.messages));
    setWaiting(NONE_WAITING);
  };

  const messages = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  return { query, messages, waiting, showWaiting };
}

function insertOnTop(data: Pages, fresh: readonly Message[]): Pages {
  const [first, ...rest] = data.pages;
  if (first === undefined) return data;
  const known = new Set(data.pages.flatMap(({ items }) => items.map(({ id }) => id)));
  const added = fresh.filter(({ id }) => !known.has(id));
  return { ...data, pages: [{ ...first, items: [...added, ...first.items] }, ...rest] };
}

function replaceMessages(data: Pages, messages: readonly Message[]): Pages {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.map((message) => byId.get(message.id) ?? message),
  }));
  return { ...data, pages };
}

function changeDelivery(data: Pages, change: DeliveryChange): Pages {
  const pages = data.pages.map((page) => {
    const items = applyChange(page.items, change);
    return items === page.items ? page : { ...page, items };
  });
  return { ...data, pages };
}

/** Runs `work` soon after it is asked for, never twice at once, and rests in between. A failure is left to the next time. */
function useThrottled(work: () => Promise<void>, restMs: number): () => void {
  const state = useRef({
    running: false,
    asked: false,
    timer: undefined as ReturnType<typeof setTimeout> | undefined,
  });
  const latest = useRef(work);
  useEffect(() => {
    latest.current = work;
  }, [work]);
  useEffect(() => () => clearTimeout(state.current.timer), []);

  return useCallback(() => {
    const now = state.current;
    const run = async () => {
      now.timer = undefined;
      now.running = true;
      now.asked = false;
      await latest.current().catch(() => undefined);
      now.timer = setTimeout(() => {
        now.running = false;
        now.timer = undefined;
        if (now.asked) void run();
      }, restMs);
    };
    if (now.running) now.asked = true;
    else now.timer ??= setTimeout(() => void run(), GATHER_MS);
  }, [restMs]);
}
