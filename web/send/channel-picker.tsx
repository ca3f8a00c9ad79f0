import { Radio, Skeleton } from 'antd';
import { useId } from 'react';
import type { Channel, Preview } from '../api/types.ts';
import { useProviderName } from '../parts/status.tsx';
import { Countdown } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';
import { toggleAll } from './draft.ts';

interface Props {
  /** undefined: not known yet. */
  readonly channels: readonly Channel[] | undefined;
  /** null: every enabled channel. */
  readonly to: readonly string[] | null;
  readonly preview: ReadonlyMap<string, Preview>;
  readonly onTo: (to: readonly string[] | null) => void;
}

export function ChannelPicker({ channels, to, preview, onTo }: Props) {
  const t = useTexts();
  const id = useId();
  if (channels === undefined) return <Skeleton active title={false} paragraph={{ rows: 4 }} />;
  if (channels.length === 0) return <p className="bad">{t.send.noChannels}</p>;
  const names = channels.map(({ name }) => name);
  const toggle = (name: string) => {
    const chosen = to ?? names;
    onTo(
      chosen.includes(name)
        ? chosen.filter((other) => other !== name)
        : names.filter((other) => other === name || chosen.includes(other)),
    );
  };
  return (
    <fieldset className="picker">
      <legend>{t.send.recipients}</legend>
      <div className="picker-head">
        <Radio.Group
          value={to === null ? 'all' : 'some'}
          onChange={({ target }) => onTo(target.value === 'all' ? null : [])}
          aria-label={t.send.recipients}
          options={[
            { value: 'all', label: t.send.everyone(channels.length) },
            { value: 'some', label: t.send.chosen },
          ]}
        />
        <Tags channels={channels} to={to} onTo={onTo} />
      </div>
      <ul className="picks">
        {channels.map((channel) => (
          <li key={channel.name}>
            <input
              type="checkbox"
              id={`${id}${channel.name}`}
              checked={to === null || to.includes(channel.name)}
              onChange={() => toggle(channel.name)}
            />
            <label htmlFor={`${id}${channel.name}`}>
              <Pick channel={channel} preview={preview.get(channel.name)} />
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

function Tags({
  channels,
  to,
  onTo,
}: Omit<Props, 'preview' | 'channels'> & { readonly channels: readonly Channel[] }) {
  const t = useTexts();
  const tags = [...new Set(channels.flatMap((channel) => channel.tags))];
  if (tags.length === 0) return null;
  return (
    <fieldset className="tag-picks">
      <legend className="for-readers">{t.send.tags}</legend>
      {tags.map((tag) => {
        const names = channels.filter((channel) => channel.tags.includes(tag)).map(({ name }) => name);
        const isOn = to !== null && names.every((name) => to.includes(name));
        return (
          <button
            key={tag}
            type="button"
            className="tag-pick"
            aria-pressed={isOn}
            aria-label={t.send.tagLabel(tag, names.length)}
            onClick={() => onTo(toggleAll(to ?? [], names))}
          >
            #<bdi>{tag}</bdi>
          </button>
        );
      })}
    </fieldset>
  );
}

function Pick({ channel, preview }: { readonly channel: Channel; readonly preview: Preview | undefined }) {
  const t = useTexts();
  const providerName = useProviderName();
  const { name, provider, tags, state, paused_until: until } = channel;
  return (
    <>
      <span className="pick-name">
        <bdi>{name}</bdi>
        <span className="faint">{providerName(provider)}</span>
        {tags.map((tag) => (
          <span key={tag} className="faint small">
            #<bdi>{tag}</bdi>
          </span>
        ))}
      </span>
      {state === 'stopped' && <span className="bad small">{t.send.stateStopped}</span>}
      {state === 'paused' && until !== null && (
        <span className="warn small">
          <Countdown until={until} write={t.send.statePaused} due={t.log.pausedSoon} />
        </span>
      )}
      {preview !== undefined && <Size preview={preview} />}
    </>
  );
}

function Size({ preview: { size, max, unit, fate, parts } }: { readonly preview: Preview }) {
  const t = useTexts();
  const words = fate === 'split' ? t.send.fates.split(parts) : fate === 'whole' ? null : t.send.fates[fate];
  const tone = fate === 'whole' ? 'faint' : fate === 'too_long' ? 'bad' : 'warn';
  return (
    <span className={`size small ${tone}`}>
      {words !== null && <strong>{words}</strong>}
      <span>
        {max === null
          ? t.send.sizeNoLimit(size, t.send.units[unit])
          : t.send.size(size, max, t.send.units[unit])}
      </span>
    </span>
  );
}
