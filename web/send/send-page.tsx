import { Alert, Button } from 'antd';
import { type KeyboardEvent, useCallback, useDeferredValue, useEffect, useId, useRef, useState } from 'react';
import { requiredHeaderNames } from '../api/required-headers.ts';
import { useChannels } from '../log/use-channels.ts';
import { FaultNotice } from '../parts/fault-notice.tsx';
import { useTexts } from '../preferences.ts';
import { readStored, writeStored } from '../storage.ts';
import { countCharacters, firstLine } from '../visible-text.ts';
import { ChannelPicker } from './channel-picker.tsx';
import { CopyAs } from './copy-as-panel.tsx';
import { EMPTY_DRAFT, isBlank, parseDraft } from './draft.ts';
import { SentMessages } from './sent-messages.tsx';
import { usePreview } from './use-preview.ts';
import { type SenderState, type Sent, useSender } from './use-sender.ts';

const KEY = 'draft';
/** Results that stay on the page; the log has them all. */
const KEEP_SENT = 10;
/** So much of the results must be in the window, or nobody sees that there are any. */
const ENOUGH_PX = 160;
const isApple = /Mac|iP(hone|ad|od)/.test(navigator.platform);

export default function SendPage() {
  const t = useTexts();
  const channels = useChannels();
  const [draft, setDraft] = useState(() => parseDraft(readStored('localStorage', KEY)));
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const id = useId();
  const textArea = useRef<HTMLTextAreaElement>(null);
  const results = useRef<HTMLElement>(null);

  const known = channels.data?.map(({ name }) => name);
  // A channel that was chosen once may be gone from the configuration.
  const to =
    draft.to === null || known === undefined ? draft.to : draft.to.filter((name) => known.includes(name));
  const body = to === null ? { msg: draft.text } : { msg: draft.text, to };
  const preview = usePreview(draft.text, to);
  const codeText = useDeferredValue(draft.text);

  useEffect(() => {
    writeStored('localStorage', KEY, draft === EMPTY_DRAFT ? null : JSON.stringify(draft));
  }, [draft]);

  // On a phone they are far below the channels.
  useEffect(() => {
    if (sent.length > 0) bringIntoView(results.current);
  }, [sent]);

  const onSent = useCallback((message: Sent) => {
    setSent((before) => [message, ...before].slice(0, KEEP_SENT));
    setDraft((now) => (now.text === message.body.msg ? { ...now, text: '' } : now));
  }, []);
  const sender = useSender(onSent);

  const isBusy = sender.state.kind === 'sending';
  const canSend = !isBusy && sender.state.kind !== 'uncertain' && !isBlank(draft.text) && to?.length !== 0;
  const submit = () => {
    if (canSend) void sender.send(body);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method is at work, Enter is its.
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  const editAgain = (message: Sent) => {
    setDraft({ text: message.body.msg, to: message.body.to ?? null });
    textArea.current?.focus();
  };

  return (
    <div className="page send-page">
      <section className="panel compose" aria-labelledby={`${id}h`}>
        <h1 id={`${id}h`}>{t.send.heading}</h1>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <label htmlFor={`${id}t`} className="for-readers">
            {t.send.text}
          </label>
          <textarea
            id={`${id}t`}
            ref={textArea}
            className="message-text"
            rows={8}
            placeholder={t.send.placeholder}
            value={draft.text}
            onChange={({ target }) => setDraft({ ...draft, text: target.value })}
            onKeyDown={onKeyDown}
          />
          <div className="under-text faint">
            <span>{t.send.characters(countCharacters(draft.text))}</span>
            {draft.text !== '' && <span>{t.send.draftKept}</span>}
          </div>
          {channels.data === undefined && channels.error !== null ? (
            <FaultNotice error={channels.error} onRetry={() => void channels.refetch()} />
          ) : (
            <ChannelPicker
              channels={channels.data}
              to={to}
              preview={preview}
              onTo={(next) => setDraft({ ...draft, to: next })}
            />
          )}
          <div className="submit">
            <Outcome state={sender.state} onAgain={sender.sendAgain} onDiscard={sender.discard} />
            <Button
              type="primary"
              size="large"
              htmlType="submit"
              loading={isBusy}
              disabled={!canSend && !isBusy}
            >
              {isBusy ? t.send.submitting : t.send.submit}
            </Button>
            {to?.length === 0 ? (
              <span className="faint">{t.send.chooseOne}</span>
            ) : (
              <span className="faint shortcut">{t.send.shortcut(isApple ? '⌘ Enter' : 'Ctrl+Enter')}</span>
            )}
          </div>
        </form>
      </section>
      <div className="side">
        <section className="panel results" ref={results} aria-labelledby={`${id}r`}>
          <h2 id={`${id}r`}>{t.send.results}</h2>
          {sent.length === 0 ? (
            <p className="faint">{t.send.resultsEmpty}</p>
          ) : (
            <SentMessages sent={sent} onEdit={editAgain} />
          )}
        </section>
        <CopyAs
          call={{
            url: `${location.origin}/api/text`,
            msg: isBlank(codeText) ? t.send.exampleText : codeText,
            to,
            headerNames: requiredHeaderNames,
          }}
        />
      </div>
    </div>
  );
}

function bringIntoView(element: HTMLElement | null): void {
  const top = element?.getBoundingClientRect().top ?? 0;
  if (top >= 0 && top + ENOUGH_PX <= innerHeight) return;
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element?.scrollIntoView({ block: 'start', behavior: isStill ? 'instant' : 'smooth' });
}

interface OutcomeProps {
  readonly state: SenderState;
  readonly onAgain: ReturnType<typeof useSender>['sendAgain'];
  readonly onDiscard: () => void;
}

/** What stands in the way of a send. */
function Outcome({ state, onAgain, onDiscard }: OutcomeProps) {
  const t = useTexts();
  if (state.kind === 'refused') {
    const { message, requestId } = state.fault;
    return (
      <Alert
        type="error"
        showIcon
        role="alert"
        title={t.send.failedTitle}
        description={[message, requestId && t.faults.requestId(requestId)].filter(Boolean).join(' · ')}
      />
    );
  }
  if (state.kind !== 'uncertain') return null;
  const { pending, fault } = state;
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={t.send.uncertainTitle}
      description={
        <div className="uncertain">
          <p>
            {fault?.kind === 'refused' && `${fault.message} `}
            {t.send.uncertainHint}
          </p>
          <blockquote>
            <bdi>{firstLine(pending.body.msg, 80)}</bdi>
          </blockquote>
          <div className="buttons">
            <Button size="small" type="primary" onClick={() => void onAgain(pending)}>
              {t.send.sendAgain}
            </Button>
            <Button size="small" onClick={onDiscard}>
              {t.send.discard}
            </Button>
          </div>
        </div>
      }
    />
  );
}
