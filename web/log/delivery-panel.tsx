import type { Attempt, Channel, DetailedDelivery } from '../api/types.ts';
import { clockTime, duration, exactTime } from '../format-time.ts';
import { Icon } from '../parts/icons.tsx';
import { LongText, SafeText } from '../parts/safe-text.tsx';
import { OutcomeTag, StatusTag, toneOf, useProviderName } from '../parts/status.tsx';
import { Countdown } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';
import { tookMs } from './latest-deliveries.ts';

interface Props {
  readonly delivery: DetailedDelivery;
  /** When the message was accepted. */
  readonly createdAt: string;
  /** Whether the message went to this channel again later. */
  readonly wasResent: boolean;
  /** undefined: not configured any more. */
  readonly channel: Channel | undefined;
}

/** One delivery of a message to a channel: how it stands and every attempt, the latest first. */
export function DeliveryPanel({ delivery, createdAt, wasResent, channel }: Props) {
  const t = useTexts();
  const providerName = useProviderName();
  const { channel: name, provider, status, attempts, resent_at: resentAt } = delivery;
  const took = tookMs(createdAt, delivery);
  const writeTook = resentAt === null ? t.message.finished : t.message.finishedResend;
  const latestError = attempts.at(-1)?.error ?? null;
  return (
    <article className="delivery" aria-label={t.log.chip(name, t.status[status])}>
      <header>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span className="faint">{providerName(provider)}</span>
        {resentAt !== null && (
          <time className="tag calm" dateTime={resentAt} data-tip={exactTime(Date.parse(resentAt))}>
            {t.message.resentAt(clockTime(Date.parse(resentAt)))}
          </time>
        )}
        {resentAt === null && wasResent && <span className="tag calm">{t.message.first}</span>}
        <StatusTag status={status} />
        <span className="faint end">{took !== null && writeTook(duration(took, t.time))}</span>
      </header>
      <Waiting delivery={delivery} channel={channel} />
      {delivery.error !== null && delivery.error !== latestError && (
        <p className={status === 'failed' ? 'cause bad' : 'cause'}>
          <SafeText text={delivery.error} />
        </p>
      )}
      {attempts.length === 0 ? (
        // Only a channel that is stopped lets a delivery fail untried.
        <p className="faint no-attempt">
          {status === 'failed' ? t.message.neverTried : t.message.noAttempts}
        </p>
      ) : (
        <ol className="timeline" reversed>
          {attempts.toReversed().map((attempt) => (
            <AttemptItem
              key={attempt.number}
              attempt={attempt}
              hasParts={attempts.some(({ part }) => part > 1)}
            />
          ))}
        </ol>
      )}
    </article>
  );
}

/** What an open delivery waits for. */
function Waiting({ delivery, channel }: Pick<Props, 'delivery' | 'channel'>) {
  const t = useTexts();
  const { status, next_attempt_at: nextAt } = delivery;
  if (status !== 'queued' && status !== 'retrying') return null;
  if (channel?.state === 'stopped') return <p className="cause bad">{t.message.waitingStop}</p>;
  if (channel?.state === 'paused') return <p className="cause">{t.message.waitingPause}</p>;
  if (nextAt === null) return null;
  return (
    <p className="cause">
      <Icon name="clock" size={14} />{' '}
      <Countdown until={nextAt} write={t.message.nextIn} due={t.message.nextNow} />
    </p>
  );
}

function AttemptItem({ attempt, hasParts }: { readonly attempt: Attempt; readonly hasParts: boolean }) {
  const t = useTexts();
  const { number, part, outcome, started_at: startedAt, duration_ms: durationMs } = attempt;
  const facts = [
    attempt.http_status === null ? null : t.message.http(attempt.http_status),
    attempt.platform_code === null ? null : t.message.platformCode(attempt.platform_code),
    durationMs === null ? null : t.message.took(duration(durationMs, t.time)),
  ].filter((fact) => fact !== null);
  return (
    <li className={`attempt ${toneOf(outcome)}`} value={number}>
      <div className="line">
        <span className="number">{t.message.attempt(number)}</span>
        {hasParts && <span className="tag calm">{t.message.part(part)}</span>}
        <OutcomeTag outcome={outcome} />
        {attempt.possible_duplicate && (
          <span className="tag warn" data-tip={t.message.possibleDuplicateHint}>
            <Icon name="warn" size={12} />
            {t.message.possibleDuplicate}
          </span>
        )}
        <time className="faint end" dateTime={startedAt} data-tip={exactTime(Date.parse(startedAt))}>
          {clockTime(Date.parse(startedAt))}
        </time>
      </div>
      {attempt.error !== null && (
        <p className="cause">
          <SafeText text={attempt.error} />
        </p>
      )}
      {facts.length > 0 && (
        <p className="faint facts-line">
          {facts.map((fact) => (
            <bdi key={fact}>{fact}</bdi>
          ))}
        </p>
      )}
      {attempt.response !== null && attempt.response !== '' && (
        <details>
          <summary>{t.message.response}</summary>
          <LongText text={attempt.response} code maxLength={800} />
        </details>
      )}
    </li>
  );
}
