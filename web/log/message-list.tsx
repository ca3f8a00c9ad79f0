import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { memo, type ReactNode, useEffect, useRef, useState } from 'react';
import { ApiFault } from '../api/client.ts';
import type { Message } from '../api/types.ts';
import { clockTime, duration, exactTime } from '../format-time.ts';
import { FaultNotice } from '../parts/fault-notice.tsx';
import { Icon } from '../parts/icons.tsx';
import { SafeText } from '../parts/safe-text.tsx';
import { DeliveryChip } from '../parts/status.tsx';
import { Ago } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';
import { followInPage } from '../router.ts';
import { lineWithHit } from '../visible-text.ts';
import { type Filters, hasFilters, logUrl, NO_FILTERS } from './filters.ts';
import { type ChannelStanding, latestDeliveries, summarize } from './latest-deliveries.ts';
import { RowsSkeleton } from './log-skeleton.tsx';
import type { useMessageLog } from './use-message-log.ts';

/** Chips of one row before the rest is only counted. */
const FEW_CHIPS = 6;
/** A search that has shown this many lets its reader decide whether to go on. */
const ENOUGH_FOUND = 20;

interface Props {
  readonly log: ReturnType<typeof useMessageLog>;
  readonly filters: Filters;
  readonly onFilters: (filters: Filters) => void;
}

export function MessageList({ log: { query, messages }, filters, onFilters }: Props) {
  const t = useTexts();
  if (query.isPending) {
    const { failureReason } = query;
    return (
      <>
        {failureReason !== null && <FaultNotice error={failureReason} onRetry={() => void query.refetch()} />}
        <p className="for-readers" role="status">
          {filters.text === '' ? t.loading : t.log.searching}
        </p>
        <RowsSkeleton />
      </>
    );
  }
  if (query.data === undefined) {
    // Somebody is asked for the credentials; the rows come after that.
    if (query.error instanceof ApiFault && query.error.kind === 'unauthenticated') return <RowsSkeleton />;
    return <FaultNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  const isSearchingOn = query.data.pages.at(-1)?.searched_until != null;
  return (
    <>
      {messages.length > 0 && (
        <table className="rows" aria-label={t.log.heading}>
          <thead>
            <tr className="row head">
              <th scope="col">{t.log.columns.time}</th>
              <th scope="col">{t.log.columns.message}</th>
              <th scope="col">{t.log.columns.channels}</th>
              <th scope="col" className="total">
                {t.log.columns.total}
              </th>
            </tr>
          </thead>
          <tbody>
            {messages.map((message) => (
              <Row key={message.id} message={message} find={filters.text} url={logUrl(filters, message.id)} />
            ))}
          </tbody>
        </table>
      )}
      {messages.length === 0 && !query.hasNextPage && <Nothing filters={filters} onFilters={onFilters} />}
      {query.hasNextPage || query.isFetchNextPageError ? (
        <More query={query} isSearch={isSearchingOn} found={messages.length} />
      ) : (
        messages.length > 10 && <p className="list-end faint">{t.log.end}</p>
      )}
    </>
  );
}

interface RowProps {
  readonly message: Message;
  /** What was searched for. */
  readonly find: string;
  readonly url: string;
}

const Row = memo(function Row({ message, find, url }: RowProps) {
  const t = useTexts();
  const line = lineWithHit(message.msg, find);
  const standings = latestDeliveries(message.deliveries);
  return (
    <tr className="row">
      <td className="time">
        <Ago at={message.created_at} />
      </td>
      <td className="message">
        <a
          href={url}
          onClick={followInPage}
          aria-label={t.log.rowLabel(line)}
          data-focus-tip={exactTime(Date.parse(message.created_at))}
        >
          <SafeText text={line} find={find} />
        </a>
      </td>
      <td className="chips">
        <Chips standings={standings} />
      </td>
      <td className="total">
        <Total message={message} />
      </td>
    </tr>
  );
});

function Chips({ standings }: { readonly standings: readonly ChannelStanding[] }) {
  const t = useTexts();
  // What is not delivered must not hide behind a number.
  const sorted =
    standings.length <= FEW_CHIPS
      ? standings
      : standings.toSorted(
          (a, b) => Number(a.latest.status === 'delivered') - Number(b.latest.status === 'delivered'),
        );
  const hidden = sorted.slice(FEW_CHIPS);
  return (
    <>
      {sorted.slice(0, FEW_CHIPS).map(({ latest, count }) => (
        <DeliveryChip key={latest.channel} delivery={latest} count={count} />
      ))}
      {hidden.length > 0 && (
        <span
          className="chip calm"
          data-tip={hidden
            .map(({ latest }) => t.log.chip(latest.channel, t.status[latest.status]))
            .join('\n')}
        >
          {t.log.more(hidden.length)}
        </span>
      )}
    </>
  );
}

function Total({ message: { created_at: createdAt, deliveries } }: { readonly message: Message }): ReactNode {
  const t = useTexts();
  const summary = summarize(createdAt, deliveries);
  switch (summary.kind) {
    case 'open':
      return <span className="faint">{t.log.open}</span>;
    case 'delivered':
      return (
        <span data-tip={summary.resent ? t.log.sinceResend : undefined}>
          {duration(summary.totalMs, t.time)}
        </span>
      );
    case 'failed':
      return <span className="bad">{t.log.partly(summary.delivered, summary.all)}</span>;
    default:
      return summary satisfies never;
  }
}

interface MoreProps {
  readonly query: ReturnType<typeof useMessageLog>['query'];
  /** The last page ends where the search stopped to take breath. */
  readonly isSearch: boolean;
  readonly found: number;
}

/** The way to older messages. A search that has found little goes on by itself until it is told to stop. */
function More({ query, isSearch, found }: MoreProps) {
  const t = useTexts();
  const [isStopped, setStopped] = useState(false);
  const wantsMore = isSearch && !isStopped && found < ENOUGH_FOUND && !query.isFetchNextPageError;
  const { fetchNextPage, isFetchingNextPage } = query;
  const place = useRef<HTMLDivElement>(null);
  const client = useQueryClient();
  const stop = () => {
    setStopped(true);
    void client.cancelQueries({ queryKey: ['messages'] });
  };

  useEffect(() => {
    // Whoever has just pressed the button may have begun it already.
    if (wantsMore && !isFetchingNextPage) void fetchNextPage({ cancelRefetch: false });
  }, [wantsMore, isFetchingNextPage, fetchNextPage]);

  // A plain next page comes while the reader is on the way to the end.
  useEffect(() => {
    const element = place.current;
    if (element === null || isSearch || isFetchingNextPage || query.isFetchNextPageError) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void fetchNextPage();
      },
      { rootMargin: '600px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isSearch, isFetchingNextPage, fetchNextPage, query.isFetchNextPageError]);

  if (query.isFetchNextPageError && !isFetchingNextPage)
    return <FaultNotice error={query.error} onRetry={() => void fetchNextPage()} />;

  const until = query.data?.pages.at(-1)?.searched_until;
  const untilText = until == null ? '' : clockTime(Date.parse(until));
  if (wantsMore || (isSearch && isFetchingNextPage)) {
    return (
      <div className="more-place" role="status">
        <span className="spinner" aria-hidden="true" />
        <span>{t.log.searching}</span>
        <span className="faint">{t.log.searchedUntil(untilText)}</span>
        <Button size="small" onClick={stop}>
          {t.cancel}
        </Button>
      </div>
    );
  }
  return (
    <div className="more-place" ref={place}>
      {isSearch && <span className="faint">{t.log.searchStopped(untilText)}</span>}
      <Button
        loading={isFetchingNextPage}
        onClick={() => {
          setStopped(false);
          void fetchNextPage();
        }}
      >
        {isFetchingNextPage ? t.log.loadingMore : isSearch ? t.log.searchOn : t.log.loadMore}
      </Button>
    </div>
  );
}

function Nothing({ filters, onFilters }: Pick<Props, 'filters' | 'onFilters'>) {
  const t = useTexts();
  const isFiltered = hasFilters(filters);
  return (
    <div className="empty" role="status">
      <Icon name={isFiltered ? 'search' : 'inbox'} size={36} />
      <strong>{isFiltered ? t.log.noMatchTitle : t.log.noDataTitle}</strong>
      <span className="faint">{isFiltered ? t.log.noMatchHint : t.log.noDataHint}</span>
      {isFiltered ? (
        <Button onClick={() => onFilters(NO_FILTERS)}>{t.log.clear}</Button>
      ) : (
        <a className="button" href="/send" onClick={followInPage}>
          {t.log.sendFirst}
        </a>
      )}
    </div>
  );
}
