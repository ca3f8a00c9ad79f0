import { Drawer, Skeleton } from 'antd';
import { useEffect, useRef } from 'react';
import { ApiFault } from '../api/client.ts';
import type { Channel, DetailedMessage } from '../api/types.ts';
import { exactTime } from '../format-time.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { FaultNotice } from '../parts/fault-notice.tsx';
import { Icon } from '../parts/icons.tsx';
import { LongText } from '../parts/safe-text.tsx';
import { useTexts } from '../preferences.ts';
import { countCharacters } from '../visible-text.ts';
import { DeliveryPanel } from './delivery-panel.tsx';
import { logUrl, NO_FILTERS } from './filters.ts';
import { byChannel, latestDeliveries } from './latest-deliveries.ts';
import { ResendPanel } from './resend-panel.tsx';
import { useMessage } from './use-message.ts';

interface Props {
  /** null: closed. */
  readonly messageId: string | null;
  /** What the log was searched for. */
  readonly find: string;
  readonly channels: readonly Channel[];
  readonly onClose: () => void;
}

export default function MessageDrawer({ messageId, find, channels, onClose }: Props) {
  const t = useTexts();
  // While the drawer slides out it still shows what it was about.
  const shown = useRef(messageId);
  shown.current = messageId ?? shown.current;
  const query = useMessage(shown.current);
  return (
    <Drawer
      open={messageId !== null}
      onClose={onClose}
      title={t.message.title}
      aria-label={t.message.title}
      size={720}
      className="message-drawer"
      closable={{ placement: 'end', 'aria-label': t.close }}
      destroyOnHidden
    >
      {query.data !== undefined && <Content message={query.data} find={find} channels={channels} />}
      {query.data === undefined && query.isPending && (
        <Skeleton active paragraph={{ rows: 10 }} title={false} />
      )}
      {query.data === undefined && query.error !== null && (
        <NotThere error={query.error} onRetry={() => void query.refetch()} />
      )}
    </Drawer>
  );
}

function NotThere({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const t = useTexts();
  if (!(error instanceof ApiFault) || (error.status !== 404 && error.status !== 400))
    return <FaultNotice error={error} onRetry={onRetry} />;
  return (
    <div className="empty" role="status">
      <Icon name="search" size={36} />
      <strong>{t.log.notFoundTitle}</strong>
      <span className="faint">{t.log.notFoundHint}</span>
    </div>
  );
}

interface ContentProps {
  readonly message: DetailedMessage;
  readonly find: string;
  readonly channels: readonly Channel[];
}

function Content({ message, find, channels }: ContentProps) {
  const t = useTexts();
  const text = useRef<HTMLElement>(null);
  const { id, msg, request_id: requestId, created_at: createdAt } = message;
  const resent = latestDeliveries(message.deliveries).filter(({ count }) => count > 1);
  const link = `${location.origin}${logUrl(NO_FILTERS, id)}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message, whatever becomes of it meanwhile
  useEffect(() => scrollToHit(text.current), [id]);

  return (
    <div className="message-content">
      <section ref={text} aria-label={t.message.text}>
        <LongText key={id} text={msg} label={t.message.text} find={find} />
        <div className="under-text">
          <span className="faint">{t.message.characters(countCharacters(msg))}</span>
          <span className="buttons">
            <CopyButton text={msg} label={t.message.copyText} />
            <CopyButton text={link} label={t.message.copyLink} icon="link" />
          </span>
        </div>
      </section>
      <dl className="facts">
        <dt>{t.message.acceptedAt}</dt>
        <dd>
          <time dateTime={createdAt}>{exactTime(Date.parse(createdAt))}</time>
        </dd>
        <dt>{t.message.id}</dt>
        <dd className="code">{id}</dd>
        {requestId !== null && (
          <>
            <dt>{t.message.requestId}</dt>
            <dd className="code">
              <bdi>{requestId}</bdi>
            </dd>
          </>
        )}
      </dl>
      <ResendPanel key={id} message={message} channels={channels} />
      <h3>{t.message.deliveries}</h3>
      {byChannel(message.deliveries).map((delivery) => (
        <DeliveryPanel
          key={delivery.id}
          delivery={delivery}
          createdAt={createdAt}
          wasResent={resent.some(({ latest }) => latest.channel === delivery.channel)}
          channel={channels.find(({ name }) => name === delivery.channel)}
        />
      ))}
    </div>
  );
}

/** Only the drawer's own scrolling: `scrollIntoView` would also push the drawer sideways while it slides in. */
function scrollToHit(text: HTMLElement | null): void {
  const hit = text?.querySelector('mark');
  const body = text?.closest('.ant-drawer-body');
  if (!hit || !body) return;
  const below = hit.getBoundingClientRect().bottom - body.getBoundingClientRect().top - body.clientHeight;
  if (below > 0) body.scrollTop += below + body.clientHeight / 2;
}
