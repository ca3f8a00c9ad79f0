import { createStore } from '../store.ts';
import { ApiFault, openApi } from './client.ts';
import { createEventParser, type StreamEvent } from './event-stream.ts';
import { authState, headerValues } from './required-headers.ts';
import type { DeliveryChange } from './types.ts';

/**
 * - `live`: changes come as they happen.
 * - `polling`: the service is there, the stream is not (a proxy in between may hold it back): readers ask again and again.
 * - `offline`: nothing answers.
 */
export type LiveState = 'connecting' | 'live' | 'polling' | 'offline';

export interface LiveListener {
  onChange(change: DeliveryChange): void;
  /** Changes may have been missed: read everything anew. */
  onReset(): void;
}

/** The service sends a comment every 15 s; silence for this long means that the connection is dead. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

export const liveState = createStore<LiveState>('connecting');
const listeners = new Set<LiveListener>();

/** Follows `GET /api/events` for as long as anybody listens. One connection serves the whole page. */
export function listen(listener: LiveListener): () => void {
  listeners.add(listener);
  if (listeners.size === 1) run ??= start();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    run?.abort();
    run = null;
  };
}

let run: AbortController | null = null;

function start(): AbortController {
  const controller = new AbortController();
  void follow(controller.signal);
  return controller;
}

async function follow(signal: AbortSignal): Promise<void> {
  let lastId = '';
  let failures = 0;
  while (!signal.aborted) {
    // A browser opens six connections to a host, so that pages in the background must not hold one each.
    await untilVisible(signal);
    try {
      await readStream(lastId, signal, (event) => {
        failures = 0;
        lastId = event.lastId || lastId;
        hand(event);
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof HiddenPage)) failures++;
      const kind = error instanceof ApiFault ? error.kind : null;
      if (kind === 'unauthenticated') await untilAuthenticated(signal);
      else if (kind !== null) liveState.set(kind === 'network' ? 'offline' : 'polling');
    }
    if (failures > 0) await sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)), signal);
  }
}

class HiddenPage extends Error {}

/** Resolves when the stream ends, rejects when it breaks or the page is hidden. */
async function readStream(
  lastId: string,
  stop: AbortSignal,
  onEvent: (event: StreamEvent) => void,
): Promise<void> {
  const own = new AbortController();
  const signal = AbortSignal.any([stop, own.signal]);
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  const stillThere = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => own.abort(new ApiFault('network', 0, 'silence')), SILENCE_MS);
  };
  const onVisibility = () => {
    if (document.hidden) own.abort(new HiddenPage());
  };
  document.addEventListener('visibilitychange', onVisibility);
  try {
    stillThere();
    const headers = { accept: 'text/event-stream', ...(lastId === '' ? {} : { 'last-event-id': lastId }) };
    const { body } = await openApi('/api/events', { headers, signal });
    if (body === null) throw new ApiFault('unexpected', 200, 'no body');
    const parse = createEventParser(onEvent);
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      stillThere();
      parse(text);
    }
    throw new ApiFault('network', 0, 'the stream has ended');
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ApiFault ? error : new ApiFault('network', 0, String(error));
  } finally {
    clearTimeout(watchdog);
    own.abort();
    document.removeEventListener('visibilitychange', onVisibility);
  }
}

function hand({ type, data }: StreamEvent): void {
  if (type === 'hello') {
    liveState.set('live');
  } else if (type === 'reset') {
    for (const listener of listeners) listener.onReset();
  } else if (type === 'delivery') {
    const change = JSON.parse(data) as DeliveryChange;
    for (const listener of listeners) listener.onChange(change);
  }
}

function untilVisible(signal: AbortSignal): Promise<void> {
  return until(
    () => !document.hidden,
    signal,
    (check) => {
      document.addEventListener('visibilitychange', check);
      return () => document.removeEventListener('visibilitychange', check);
    },
  );
}

function untilAuthenticated(signal: AbortSignal): Promise<void> {
  const refused = headerValues.get();
  return until(() => headerValues.get() !== refused && authState.get() === 'ok', signal, authState.subscribe);
}

/** Resolves once `isTrue`, or when `signal` aborts. */
function until(
  isTrue: () => boolean,
  signal: AbortSignal,
  watch: (check: () => void) => () => void,
): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!isTrue() && !signal.aborted) return;
      signal.removeEventListener('abort', check);
      unwatch();
      resolve();
    };
    const unwatch = watch(check);
    signal.addEventListener('abort', check);
    check();
  });
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
