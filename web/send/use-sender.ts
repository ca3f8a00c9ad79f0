import { useCallback, useRef, useState } from 'react';
import { fetchPage, sendText, type TextBody } from '../api/calls.ts';
import { ApiFault } from '../api/client.ts';
import { NO_FILTERS } from '../log/filters.ts';
import { readStored, writeStored } from '../storage.ts';
import { isRepeatSafe, newRequestId, type PendingSend, parsePending } from './pending-send.ts';

/** A message that the service has taken. */
export interface Sent {
  readonly id: string;
  readonly body: TextBody;
}

export type SenderState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  /** The service said no, so that nothing was sent. */
  | { readonly kind: 'refused'; readonly fault: ApiFault }
  /** No answer came: it may have been taken. */
  | { readonly kind: 'uncertain'; readonly pending: PendingSend; readonly fault: ApiFault | null };

const KEY = 'pending-send';
/** Before the first try, for clocks that differ. */
const LOOK_BACK_MS = 60_000;

/**
 * Sends messages so that none goes twice: one at a time, each under a request id that lives until its outcome is known.
 *
 * @param onSent the service has it.
 */
export function useSender(onSent: (sent: Sent) => void) {
  const [state, setState] = useState<SenderState>(() => {
    const pending = parsePending(readStored('sessionStorage', KEY));
    return pending === null ? { kind: 'idle' } : { kind: 'uncertain', pending, fault: null };
  });
  // State changes with the next drawing; a second click may come before that.
  const isBusy = useRef(false);

  const run = useCallback(
    async (pending: PendingSend) => {
      if (isBusy.current) return;
      isBusy.current = true;
      setState({ kind: 'sending' });
      writeStored('sessionStorage', KEY, JSON.stringify(pending));
      try {
        const id = (await idInLog(pending)) ?? (await sendText(pending.body, pending.requestId));
        writeStored('sessionStorage', KEY, null);
        setState({ kind: 'idle' });
        onSent({ id, body: pending.body });
      } catch (error) {
        const fault = error instanceof ApiFault ? error : new ApiFault('unexpected', 0, String(error));
        if (wasSurelyRefused(fault)) {
          writeStored('sessionStorage', KEY, null);
          setState({ kind: 'refused', fault });
        } else {
          setState({ kind: 'uncertain', pending, fault });
        }
      } finally {
        isBusy.current = false;
      }
    },
    [onSent],
  );

  return {
    state,
    send: (body: TextBody) => run({ requestId: newRequestId(), body, startedAtMs: Date.now() }),
    sendAgain: (pending: PendingSend) => run(pending),
    discard: () => {
      writeStored('sessionStorage', KEY, null);
      setState({ kind: 'idle' });
    },
  };
}

/** 4xx says that nothing was stored; 5xx may come when the store could not tell whether it had. */
function wasSurelyRefused({ kind, status }: ApiFault): boolean {
  return kind === 'unauthenticated' || (kind === 'refused' && status < 500);
}

/** When the service may have forgotten the request id, the log tells whether the message is there. */
async function idInLog(pending: PendingSend): Promise<string | null> {
  if (isRepeatSafe(pending, Date.now())) return null;
  const since = new Date(pending.startedAtMs - LOOK_BACK_MS).toISOString();
  let cursor: string | null = null;
  do {
    const page = await fetchPage({ filters: { ...NO_FILTERS, since }, cursor, nowMs: Date.now() });
    const found = page.items.find(({ request_id: requestId }) => requestId === pending.requestId);
    if (found !== undefined) return found.id;
    cursor = page.next_cursor;
  } while (cursor !== null);
  return null;
}
