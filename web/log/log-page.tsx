import { Button } from 'antd';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { liveState } from '../api/live.ts';
import { Icon } from '../parts/icons.tsx';
import { lazyPart } from '../parts/lazy-part.ts';
import { useTexts } from '../preferences.ts';
import { navigate, useSearch } from '../router.ts';
import { useStore } from '../store.ts';
import { FilterBar } from './filter-bar.tsx';
import { type Filters, filtersOf, logUrl, messageIdOf } from './filters.ts';
import { MessageList } from './message-list.tsx';
import { Overview } from './overview.tsx';
import { useChannels, useFreshFigures } from './use-channels.ts';
import { useMessageLog } from './use-message-log.ts';

const MessageDrawer = lazyPart(() => import('./message-drawer.tsx'));

/** Within this distance from the top the reader is looking at the newest messages. */
const AT_TOP_PX = 40;

export default function LogPage() {
  const t = useTexts();
  const search = useSearch();
  const filters = useMemo(() => filtersOf(search), [search]);
  const stableFilters = useStable(filters);
  const messageId = messageIdOf(search);
  const [isPaused, setPaused] = useState(false);
  const [drawerWasOpen, setDrawerWasOpen] = useState(messageId !== null);
  const listRef = useRef<HTMLDivElement>(null);
  const channels = useChannels();
  useFreshFigures();

  // Rows move only when nobody is about to click one or reads on further down.
  const mayInsert = useCallback(() => {
    const list = listRef.current;
    const isBusy = list?.matches(':hover') || list?.contains(document.activeElement);
    return scrollY <= AT_TOP_PX && !isBusy && messageIdOf(location.search) === null;
  }, []);
  const log = useMessageLog({ filters: stableFilters, isPaused, mayInsert });

  useEffect(() => {
    if (messageId !== null) setDrawerWasOpen(true);
  }, [messageId]);

  const setFilters = useCallback(
    (next: Filters, options?: { replace: boolean }) => navigate(logUrl(next), options),
    [],
  );
  const showWaiting = () => {
    log.showWaiting();
    scrollTo({ top: 0 });
  };
  const { messages: waiting, gap } = log.waiting;
  // Over the list and not above it, so that nothing moves; without a list its place says the same.
  const isOffline = useStore(liveState) === 'offline' && log.query.data !== undefined;

  return (
    <div className="page">
      <h1 className="for-readers">{t.log.heading}</h1>
      <Overview
        channels={channels}
        channel={stableFilters.channel}
        onChannel={(channel) => setFilters({ ...stableFilters, channel })}
      />
      <section className="panel log" aria-label={t.log.heading}>
        <FilterBar
          filters={stableFilters}
          channels={channels.data ?? []}
          isPaused={isPaused}
          onFilters={setFilters}
          onPause={setPaused}
        />
        <div className="pill-place" aria-live="polite">
          {isOffline && (
            <span className="pill lost">
              <Icon name="warn" size={14} />
              {t.faults.network}
            </span>
          )}
          {waiting.length > 0 && !isOffline && (
            <Button
              className="pill"
              type="primary"
              size="small"
              icon={<Icon name="up" />}
              onClick={showWaiting}
            >
              {t.log.newMessages(waiting.length, gap)}
            </Button>
          )}
        </div>
        <div ref={listRef}>
          <MessageList log={log} filters={stableFilters} onFilters={setFilters} />
        </div>
      </section>
      {drawerWasOpen && (
        <Suspense fallback={null}>
          <MessageDrawer
            messageId={messageId}
            find={stableFilters.text}
            channels={channels.data ?? []}
            onClose={() => navigate(logUrl(stableFilters))}
          />
        </Suspense>
      )}
    </div>
  );
}

/** The same object for as long as its address stays the same, so that opening a message does not reload the list. */
function useStable(filters: Filters): Filters {
  const url = logUrl(filters);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address says it all
  return useMemo(() => filters, [url]);
}
