import type { Channel, Delivery, DeliveryStatus, OutcomeKind } from '../api/types.ts';
import { useTexts } from '../preferences.ts';
import { Icon, type IconName } from './icons.tsx';

type Tone = 'good' | 'bad' | 'warn' | 'calm';

const STATUS_LOOK: Readonly<Record<DeliveryStatus, { readonly tone: Tone; readonly icon: IconName }>> = {
  queued: { tone: 'calm', icon: 'dots' },
  sending: { tone: 'calm', icon: 'arrow' },
  retrying: { tone: 'warn', icon: 'retry' },
  delivered: { tone: 'good', icon: 'check' },
  failed: { tone: 'bad', icon: 'cross' },
};

const OUTCOME_LOOK: Readonly<Record<OutcomeKind, { readonly tone: Tone; readonly icon: IconName }>> = {
  ok: { tone: 'good', icon: 'check' },
  rate_limited: { tone: 'warn', icon: 'clock' },
  transient: { tone: 'warn', icon: 'retry' },
  permanent: { tone: 'bad', icon: 'cross' },
  unknown: { tone: 'warn', icon: 'warn' },
};

const STATE_LOOK: Readonly<Record<Channel['state'], { readonly tone: Tone; readonly icon: IconName }>> = {
  active: { tone: 'good', icon: 'check' },
  paused: { tone: 'warn', icon: 'pause' },
  stopped: { tone: 'bad', icon: 'stop' },
};

interface ChipProps {
  readonly delivery: Pick<Delivery, 'channel' | 'status' | 'error'>;
  /** How often the message went to this channel. */
  readonly count: number;
}

/** A channel's name with its status, told by colour, icon and words. */
export function DeliveryChip({ delivery: { channel, status, error }, count }: ChipProps) {
  const t = useTexts();
  const { tone, icon } = STATUS_LOOK[status];
  const words = t.log.chip(channel, t.status[status]);
  const tip = [words, count > 1 ? t.log.resent(count) : null, error].filter(Boolean).join('\n');
  return (
    <span className={`chip ${tone}`} data-tip={tip}>
      <Icon name={icon} size={12} />
      <bdi>{channel}</bdi>
      {count > 1 && <span className="times">×{count}</span>}
      <span className="for-readers">{t.status[status]}</span>
    </span>
  );
}

export function StatusTag({ status }: { readonly status: DeliveryStatus }) {
  const t = useTexts();
  return <Tag {...STATUS_LOOK[status]} words={t.status[status]} />;
}

/** @param outcome null while the attempt is in flight. */
export function OutcomeTag({ outcome }: { readonly outcome: OutcomeKind | null }) {
  const t = useTexts();
  if (outcome === null) return <Tag tone="calm" icon="arrow" words={t.inFlight} />;
  return <Tag {...OUTCOME_LOOK[outcome]} words={t.outcome[outcome]} />;
}

export function ChannelStateTag({ state }: { readonly state: Channel['state'] }) {
  const t = useTexts();
  return <Tag {...STATE_LOOK[state]} words={t.log.channelStates[state]} />;
}

function Tag({
  tone,
  icon,
  words,
}: {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly words: string;
}) {
  return (
    <span className={`tag ${tone}`}>
      <Icon name={icon} size={12} />
      {words}
    </span>
  );
}

export function toneOf(outcome: OutcomeKind | null): Tone {
  return outcome === null ? 'calm' : OUTCOME_LOOK[outcome].tone;
}

/** What people call a platform; its id where the pages do not know it. */
export function useProviderName(): (id: string) => string {
  const { providers } = useTexts();
  const known: Readonly<Record<string, string>> = providers;
  return (id) => known[id] ?? id;
}
