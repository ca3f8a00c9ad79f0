import { App, Button, Dropdown, Select } from 'antd';
import { useEffect, useId, useRef, useState } from 'react';
import { openApi } from '../api/client.ts';
import { type Channel, type DeliveryStatus, STATUSES } from '../api/types.ts';
import { Icon } from '../parts/icons.tsx';
import { saveResponse } from '../parts/save-response.ts';
import { useTexts } from '../preferences.ts';
import { apiParameters, type Filters, hasFilters, NO_FILTERS, PERIODS, type Period } from './filters.ts';
import { fromLocalInput, toLocalInput } from './local-input.ts';

/** After the last key, before the search starts. */
const TYPING_MS = 300;

interface Props {
  readonly filters: Filters;
  readonly channels: readonly Channel[];
  readonly isPaused: boolean;
  readonly onFilters: (filters: Filters, options?: { replace: boolean }) => void;
  readonly onPause: (isPaused: boolean) => void;
}

export function FilterBar({ filters, channels, isPaused, onFilters, onPause }: Props) {
  const t = useTexts();
  const [wantsRange, setWantsRange] = useState(false);
  const hasRange = filters.since !== null || filters.until !== null;
  const period = hasRange || wantsRange ? 'range' : (filters.period ?? 'all');

  const choosePeriod = (next: Period | 'all' | 'range') => {
    setWantsRange(next === 'range');
    if (next === 'range') return;
    onFilters({ ...filters, since: null, until: null, period: next === 'all' ? null : next });
  };
  const clear = () => {
    setWantsRange(false);
    onFilters(NO_FILTERS);
  };
  // A channel that is not configured any more still has its messages.
  const names = channels.map(({ name }) => name);
  const channelNames =
    filters.channel === null || names.includes(filters.channel) ? names : [...names, filters.channel];

  return (
    <search className="filter-bar" aria-label={t.log.filters}>
      <SearchBox
        text={filters.text}
        onText={(text) => onFilters({ ...filters, text }, { replace: filters.text !== '' && text !== '' })}
      />
      <Select<DeliveryStatus | ''>
        aria-label={t.log.status}
        value={filters.status ?? ''}
        onChange={(status) => onFilters({ ...filters, status: status === '' ? null : status })}
        options={[
          { value: '', label: t.log.anyStatus },
          ...STATUSES.map((value) => ({ value, label: t.status[value] })),
        ]}
        popupMatchSelectWidth={false}
      />
      <Select<string>
        aria-label={t.log.channel}
        value={filters.channel ?? ''}
        onChange={(channel) => onFilters({ ...filters, channel: channel === '' ? null : channel })}
        options={[
          { value: '', label: t.log.anyChannel },
          ...channelNames.map((value) => ({ value, label: value })),
        ]}
        showSearch={channelNames.length > 10}
        popupMatchSelectWidth={false}
      />
      <Select<Period | 'all' | 'range'>
        aria-label={t.log.period}
        value={period}
        onChange={choosePeriod}
        options={(['all', ...PERIODS, 'range'] as const).map((value) => ({
          value,
          label: t.log.periods[value],
        }))}
        popupMatchSelectWidth={false}
      />
      {period === 'range' && (
        <span className="range">
          <TimeField
            label={t.log.rangeStart}
            time={filters.since}
            onTime={(since) => onFilters({ ...filters, period: null, since })}
          />
          <span aria-hidden="true">–</span>
          <TimeField
            label={t.log.rangeEnd}
            time={filters.until}
            onTime={(until) => onFilters({ ...filters, period: null, until })}
          />
        </span>
      )}
      {hasFilters(filters) && (
        <Button type="text" onClick={clear}>
          {t.log.clear}
        </Button>
      )}
      <span className="space" />
      <ExportButton filters={filters} />
      <Button
        aria-label={isPaused ? t.log.resumeLive : t.log.pause}
        aria-pressed={isPaused}
        data-tip={isPaused ? t.log.resumeLive : t.log.pause}
        type={isPaused ? 'primary' : 'default'}
        icon={<Icon name={isPaused ? 'play' : 'pause'} />}
        onClick={() => onPause(!isPaused)}
      >
        {isPaused ? t.connection.paused : null}
      </Button>
    </search>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly time: string | null;
  readonly onTime: (time: string | null) => void;
}

/** The browser's own field: it speaks the reader's language and is made for the keyboard, for touch and for readers. */
function TimeField({ label, time, onTime }: TimeFieldProps) {
  return (
    <input
      type="datetime-local"
      aria-label={label}
      title={label}
      value={toLocalInput(time)}
      onChange={({ target }) => onTime(fromLocalInput(target.value))}
    />
  );
}

interface SearchBoxProps {
  readonly text: string;
  readonly onText: (text: string) => void;
}

/** Searches while one types, but never for the half-made syllables of an input method. */
function SearchBox({ text, onText }: SearchBoxProps) {
  const t = useTexts();
  const id = useId();
  const [typed, setTyped] = useState(text);
  const isComposing = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(text);

  // The address changed in another way: back button, a link, "clear".
  useEffect(() => {
    if (text === sent.current) return;
    sent.current = text;
    setTyped(text);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const search = (value: string) => {
    clearTimeout(timer.current);
    if (value === sent.current) return;
    sent.current = value;
    onText(value);
  };
  const searchSoon = (value: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => search(value), TYPING_MS);
  };

  return (
    <form
      className="search-box"
      onSubmit={(event) => {
        event.preventDefault();
        search(typed);
      }}
    >
      <label htmlFor={id} className="for-readers">
        {t.log.search}
      </label>
      <Icon name="search" />
      <input
        id={id}
        type="search"
        placeholder={t.log.search}
        value={typed}
        maxLength={500}
        spellCheck={false}
        autoComplete="off"
        onCompositionStart={() => {
          isComposing.current = true;
          clearTimeout(timer.current);
        }}
        onCompositionEnd={({ currentTarget }) => {
          isComposing.current = false;
          searchSoon(currentTarget.value);
        }}
        onChange={({ target }) => {
          setTyped(target.value);
          if (!isComposing.current) searchSoon(target.value);
        }}
      />
    </form>
  );
}

function ExportButton({ filters }: { readonly filters: Filters }) {
  const t = useTexts();
  const { message } = App.useApp();
  const [isBusy, setBusy] = useState(false);

  const save = async (format: 'ndjson' | 'csv') => {
    setBusy(true);
    try {
      const parameters = apiParameters(filters, Date.now());
      parameters.set('format', format);
      const response = await openApi(`/api/messages/export?${parameters}`, { headers: { accept: '*/*' } });
      await saveResponse(response, `postpoint.${format}`);
    } catch (error) {
      message.error(t.log.exportFailed(error instanceof Error ? error.message : ''));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'ndjson', label: t.log.exportNdjson },
          { key: 'csv', label: t.log.exportCsv },
        ],
        onClick: ({ key }) => void save(key === 'csv' ? 'csv' : 'ndjson'),
      }}
    >
      <Button icon={<Icon name="download" />} loading={isBusy} aria-haspopup="menu">
        {t.log.export}
      </Button>
    </Dropdown>
  );
}
