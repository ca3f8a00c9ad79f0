import { duration } from '../format-time.ts';
import { logUrl, NO_FILTERS } from '../log/filters.ts';
import { latestDeliveries, tookMs } from '../log/latest-deliveries.ts';
import { hasOpen, useMessage } from '../log/use-message.ts';
import { FaultNotice } from '../parts/fault-notice.tsx';
import { SafeText } from '../parts/safe-text.tsx';
import { StatusTag } from '../parts/status.tsx';
import { Countdown } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';
import { followInPage } from '../router.ts';
import { firstLine } from '../visible-text.ts';
import type { Sent } from './use-sender.ts';

interface Props {
  readonly sent: readonly Sent[];
  readonly onEdit: (sent: Sent) => void;
}

export function SentMessages({ sent, onEdit }: Props) {
  return (
    <ol className="sent" aria-live="polite">
      {sent.map((message) => (
        <SentMessage key={message.id} sent={message} onEdit={onEdit} />
      ))}
    </ol>
  );
}

function SentMessage({ sent, onEdit }: { readonly sent: Sent; readonly onEdit: Props['onEdit'] }) {
  const t = useTexts();
  const { data, error, refetch } = useMessage(sent.id);
  return (
    <li aria-busy={data === undefined || hasOpen(data)}>
      <div className="sent-head">
        <span className="sent-text">
          <SafeText text={firstLine(sent.body.msg, 120)} />
        </span>
        <span className="sent-links">
          <a href={logUrl(NO_FILTERS, sent.id)} onClick={followInPage}>
            {t.send.viewLog}
          </a>
          <button type="button" className="quiet" onClick={() => onEdit(sent)}>
            {t.send.editAgain}
          </button>
        </span>
      </div>
      {data === undefined && error === null && <p className="faint">{t.send.accepted}</p>}
      {data === undefined && error !== null && <FaultNotice error={error} onRetry={() => void refetch()} />}
      <ul className="standings">
        {latestDeliveries(data?.deliveries ?? []).map(({ latest }) => {
          const { channel, status, next_attempt_at: nextAt } = latest;
          const why = latest.error ?? latest.attempts.at(-1)?.error ?? null;
          const took = data === undefined ? null : tookMs(data.created_at, latest);
          return (
            <li key={channel}>
              <span className="standing">
                <bdi>{channel}</bdi>
                <StatusTag status={status} />
                <span className="faint small end">
                  {status === 'delivered' && took !== null && duration(took, t.time)}
                  {status === 'retrying' && nextAt !== null && (
                    <Countdown until={nextAt} write={t.message.nextIn} due={t.message.nextNow} />
                  )}
                </span>
              </span>
              {why !== null && status !== 'delivered' && (
                <p className="cause small">
                  <SafeText text={why} />
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </li>
  );
}
