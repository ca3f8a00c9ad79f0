import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { resumeChannel } from '../api/calls.ts';
import type { Channel, ChannelWindow, Stats } from '../api/types.ts';
import { ChannelStateTag, useProviderName } from '../parts/status.tsx';
import { Countdown, Since } from '../parts/time.tsx';
import { type PageTexts, useTexts } from '../preferences.ts';
import { type Series, seriesOf, thin, totalsOf } from './stats-series.ts';

interface Props {
  readonly channel: Channel;
  readonly stats: Stats | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

export function ChannelCard({ channel, stats, isChosen, onChoose }: Props) {
  const t = useTexts();
  const providerName = useProviderName();
  const { name, provider, state } = channel;
  const totals = stats === undefined ? null : totalsOf(stats, name);
  const isActive = state === 'active';
  return (
    <article className={`channel-card ${state}${isChosen ? ' chosen' : ''}`}>
      <header>
        <button
          type="button"
          className="name"
          aria-pressed={isChosen}
          onClick={onChoose}
          title={t.log.onlyChannel(name)}
        >
          <bdi>{name}</bdi>
        </button>
        {isActive ? (
          <span className="faint provider">{providerName(provider)}</span>
        ) : (
          <ChannelStateTag state={state} />
        )}
      </header>
      <div className="middle">
        <div className="counts">
          <span>
            {t.log.delivered} <b>{totals?.delivered.toLocaleString(t.langTag) ?? '–'}</b>
          </span>
          <span className={totals !== null && totals.failed > 0 ? 'bad' : ''}>
            {t.log.failed} <b>{totals?.failed.toLocaleString(t.langTag) ?? '–'}</b>
          </span>
        </div>
        {isActive && stats !== undefined && <Bars series={thin(seriesOf(stats, name), 30)} />}
      </div>
      <footer>
        {isActive ? (
          <>
            <Budget windows={channel.windows ?? []} />
            <Queue channel={channel} />
          </>
        ) : (
          <Held channel={channel} />
        )}
      </footer>
    </article>
  );
}

/** Delivered upwards, failed on top in another colour; the figures beside it say the same. */
function Bars({ series: { seconds, delivered, failed } }: { readonly series: Series }) {
  const highest = Math.max(1, ...delivered.map((count, index) => count + (failed[index] ?? 0)));
  const width = 100 / seconds.length;
  return (
    <svg className="bars" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      {seconds.map((second, index) => {
        const good = delivered[index] ?? 0;
        const bad = failed[index] ?? 0;
        if (good + bad === 0) return null;
        const goodHeight = (good / highest) * 23;
        const badHeight = (bad / highest) * 23;
        const x = index * width + width * 0.1;
        return (
          <g key={second}>
            {good > 0 && (
              <rect className="good" x={x} y={24 - goodHeight} width={width * 0.8} height={goodHeight} />
            )}
            {bad > 0 && (
              <rect
                className="bad"
                x={x}
                y={24 - goodHeight - badHeight}
                width={width * 0.8}
                height={badHeight}
              />
            )}
          </g>
        );
      })}
    </svg>
  );
}

function Budget({ windows }: { readonly windows: readonly ChannelWindow[] }) {
  const t = useTexts();
  // The longest window is the one that people wait for.
  const longest = windows.toSorted((a, b) => b.window_ms - a.window_ms)[0];
  if (longest === undefined) return <span className="faint">{t.log.noLimit}</span>;
  const { left, max_sends: max, next_free_at: nextFreeAt } = longest;
  const figures = t.log.budgetShort(left, max, windowName(longest, t));
  const tip = windows.map((each) => t.log.budget(each.left, each.max_sends, windowName(each, t))).join('\n');
  return (
    <span className="budget" data-tip={tip}>
      <meter
        min={0}
        max={max}
        low={Math.floor(max * 0.15)}
        optimum={max}
        value={left}
        aria-label={t.log.budget(left, max, windowName(longest, t))}
      />
      <span className="faint">
        {left === 0 && nextFreeAt !== null ? (
          <Countdown until={nextFreeAt} write={t.log.budgetFree} due={figures} />
        ) : (
          figures
        )}
      </span>
    </span>
  );
}

function windowName({ window_ms: ms }: ChannelWindow, t: PageTexts): string {
  if (ms === 60_000) return t.log.perMinute;
  return ms === 1_000 ? t.log.perSecond : t.log.perSeconds(ms / 1_000);
}

function Queue({ channel: { queue_depth: depth, oldest_queued_at: oldestAt } }: Pick<Props, 'channel'>) {
  const t = useTexts();
  return (
    <span className={depth > 0 ? 'queue' : 'queue faint'}>
      {t.log.queue(depth.toLocaleString(t.langTag))}
      {oldestAt !== null && (
        <span className="faint">
          {' · '}
          <Since at={oldestAt} />
        </span>
      )}
    </span>
  );
}

/** Why nothing is sent, until when, and the way out. */
function Held({ channel }: Pick<Props, 'channel'>) {
  const t = useTexts();
  const { name, state, paused_until: until, reason, queue_depth: depth } = channel;
  const { message } = App.useApp();
  const client = useQueryClient();
  const resume = useMutation({
    mutationFn: () => resumeChannel(name),
    onSuccess: () => {
      message.success(t.log.resumed(name));
      void client.invalidateQueries({ queryKey: ['channels'] });
    },
    onError: (error) => message.error(error.message),
  });
  return (
    <div className="held">
      <strong>
        {state === 'paused' && until !== null ? (
          <Countdown until={until} write={t.log.pausedFor} due={t.log.pausedSoon} />
        ) : (
          t.log.stopped
        )}
      </strong>
      <Button
        size="small"
        loading={resume.isPending}
        aria-label={t.log.resumeNamed(name)}
        onClick={() => resume.mutate()}
      >
        {t.log.resume}
      </Button>
      <p className="reason faint" data-tip={reason}>
        {depth > 0 && <Queue channel={channel} />}
        {depth > 0 && reason !== null && ' · '}
        <bdi>{reason}</bdi>
      </p>
    </div>
  );
}
