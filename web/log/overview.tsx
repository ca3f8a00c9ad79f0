import type { UseQueryResult } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { Suspense, useState } from 'react';
import { type Channel, STATS_RANGES, type StatsRange } from '../api/types.ts';
import { FaultNotice } from '../parts/fault-notice.tsx';
import { Icon } from '../parts/icons.tsx';
import { lazyPart } from '../parts/lazy-part.ts';
import { useTexts } from '../preferences.ts';
import { readStored, writeStored } from '../storage.ts';
import { byAttention } from './by-attention.ts';
import { ChannelCard } from './channel-card.tsx';
import { CardsSkeleton } from './log-skeleton.tsx';
import { seriesOf, totalsOf } from './stats-series.ts';
import { useStats } from './use-channels.ts';

const VolumeChart = lazyPart(() => import('./volume-chart.tsx'));

/** As many cards as two lines of a wide window hold. */
const FEW = 8;

interface Props {
  readonly channels: UseQueryResult<readonly Channel[]>;
  /** The one that the log is filtered by. */
  readonly channel: string | null;
  readonly onChannel: (name: string | null) => void;
}

/** The strip above the log: how much went through, and how each channel stands. */
export function Overview({ channels, channel, onChannel }: Props) {
  const t = useTexts();
  const [range, setRange] = useState(readRange);
  const [showAll, setShowAll] = useState(false);
  const stats = useStats(range);
  const all = byAttention(channels.data ?? [], stats.data);
  const troubled = all.filter(({ state }) => state !== 'active').length;
  const shown = showAll ? all : pickFew(all, channel);
  const chooseRange = (next: StatsRange) => {
    writeStored('localStorage', 'range', next);
    setRange(next);
  };

  return (
    <section className="panel overview" aria-label={t.log.overview}>
      <header className="overview-head">
        <h2>{t.log.overview}</h2>
        {troubled > 0 && (
          <span className="tag bad">
            <Icon name="warn" size={12} />
            {t.log.troubled(troubled)}
          </span>
        )}
        <Segmented<StatsRange>
          className="ranges"
          size="small"
          aria-label={t.log.rangeLabel}
          options={STATS_RANGES.map((value) => ({ value, label: t.log.ranges[value] }))}
          value={range}
          onChange={chooseRange}
        />
      </header>
      <div className="overview-body">
        <Volume stats={stats.data} range={range} channel={channel} />
        <div className="cards">
          {channels.isPending && <CardsSkeleton />}
          {channels.data === undefined && channels.error !== null && (
            <FaultNotice error={channels.error} onRetry={() => void channels.refetch()} />
          )}
          {shown.map((each) => (
            <ChannelCard
              key={each.name}
              channel={each}
              stats={stats.data}
              isChosen={each.name === channel}
              onChoose={() => onChannel(each.name === channel ? null : each.name)}
            />
          ))}
        </div>
      </div>
      {all.length > FEW && (
        <button
          type="button"
          className="quiet more"
          aria-expanded={showAll}
          onClick={() => setShowAll(!showAll)}
        >
          {showAll ? t.log.fewerChannels : t.log.moreChannels(all.length - shown.length)}
        </button>
      )}
    </section>
  );
}

/** The first ones; one that sends nothing or is chosen is never hidden behind a button. */
function pickFew(channels: readonly Channel[], chosen: string | null): readonly Channel[] {
  const matters = ({ name, state }: Channel) => state !== 'active' || name === chosen;
  let room = FEW - channels.filter(matters).length;
  return channels.filter((channel) => matters(channel) || room-- > 0);
}

function readRange(): StatsRange {
  const stored = readStored('localStorage', 'range');
  return STATS_RANGES.find((known) => known === stored) ?? '24h';
}

interface VolumeProps {
  readonly stats: ReturnType<typeof useStats>['data'];
  readonly range: StatsRange;
  readonly channel: string | null;
}

function Volume({ stats, range, channel }: VolumeProps) {
  const t = useTexts();
  const totals = stats === undefined ? null : totalsOf(stats, channel);
  const isEmpty = totals !== null && totals.delivered + totals.failed === 0;
  const label = totals === null ? '' : t.log.chartLabel(totals.delivered, totals.failed, t.log.ranges[range]);
  return (
    <div className="volume">
      <dl className="figures">
        <div>
          <dt>{t.log.delivered}</dt>
          <dd>{totals?.delivered.toLocaleString(t.langTag) ?? '–'}</dd>
        </div>
        <div className={totals !== null && totals.failed > 0 ? 'bad' : ''}>
          <dt>{t.log.failed}</dt>
          <dd>{totals?.failed.toLocaleString(t.langTag) ?? '–'}</dd>
        </div>
      </dl>
      <div className="chart" {...(totals === null ? {} : { role: 'img', 'aria-label': label })}>
        {isEmpty && <p className="faint">{t.log.noTraffic}</p>}
        {stats !== undefined && !isEmpty && (
          <Suspense fallback={null}>
            <VolumeChart series={seriesOf(stats, channel)} />
          </Suspense>
        )}
      </div>
    </div>
  );
}
