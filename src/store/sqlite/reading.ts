import type { Worker } from 'node:worker_threads';
import { messageOf } from '../../core/message-of.ts';
import { StoreError } from '../store.ts';
import type { FromReader, ReadRequest, ReadResults } from './messages.ts';

/** Questions to the push log that wait at most. */
const MAX_WAITING = 64;

/**
 * While the store has much to write, the reading thread rests this many times as long as its last answer took: whoever
 * reads gets a tenth of one core, and the messages get the others. The first question is answered at once.
 */
const REST_FACTOR_WHEN_BUSY = 9;
/** A question that took long, from a cold disk for example, must not hold up the next ones for as many times as long. */
const MAX_REST_MS = 2_000;
/** How often a rest looks whether there is still much to write. */
const LOOK_INTERVAL_MS = 250;
/** A thread that cannot be started, or ends at once, is not started again before this: meanwhile questions are refused. */
const START_INTERVAL_MS = 1_000;

/**
 * The reading thread, as the front of the store sees it: it starts with the first question and answers in their order.
 * When it fails, the questions that it had are refused, and the next one starts another.
 */
export interface Reading {
  ask<Request extends ReadRequest>(request: Request): Promise<ReturnType<ReadResults[Request['name']]>>;
  openIndex(): Promise<void>;
  closeIndex(): Promise<void>;
  /** After the questions that wait are answered. */
  close(): Promise<void>;
}

export interface ReadingDeps {
  readonly startReader: () => Worker;
  readonly onIndexDamaged: () => void;
  /** The store has much to write now. */
  readonly isBusy: () => boolean;
  /** Monotonic. */
  readonly nowMs: () => number;
}

interface Asked {
  readonly request: ReadRequest;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export function createReading({ startReader, onIndexDamaged, isBusy, nowMs }: ReadingDeps): Reading {
  const waiting: Asked[] = [];
  /** With the thread; the oldest first. */
  const handedOver: Asked[] = [];
  let rest: NodeJS.Timeout | undefined;
  let open = true;
  /** The thread that answers; null before the first question, and after the thread has failed. */
  let reader: Worker | null = null;
  /** When the last thread is gone, also one that has failed. */
  let ended: Promise<void> = Promise.resolve();
  let startedMs = Number.NEGATIVE_INFINITY;
  let whyFailed = '';
  /** The index can be used, which a thread that is not there yet must be told. */
  let hasIndex = false;

  /** A passing fault for those who asked: the next question starts another thread. */
  function fail(why: string): void {
    reader = null;
    whyFailed = why;
    clearTimeout(rest);
    rest = undefined;
    for (const { reject } of [...handedOver.splice(0), ...waiting.splice(0)]) reject(readerFailed());
  }

  function readerFailed(): StoreError {
    return new StoreError('unavailable', `the reading thread failed: ${whyFailed}`);
  }

  /** Afterwards there is a reader, unless the last one was started just now or the system has no room for a thread. */
  function start(): void {
    if (nowMs() - startedMs < START_INTERVAL_MS) return;
    startedMs = nowMs();
    try {
      reader = startReader();
    } catch (error) {
      fail(messageOf(error));
      return;
    }
    follow(reader);
    if (hasIndex) ask({ name: 'openIndex', argument: null }).catch(() => undefined);
  }

  function follow(started: Worker): void {
    started.on('message', (reply: FromReader) => {
      // The last words of a thread that has failed: whoever asked has been refused.
      if (reader === started) settle(reply);
    });
    started.on('error', (error) => {
      if (reader === started) fail(messageOf(error));
    });
    ended = new Promise((resolve) => started.once('exit', () => resolve()));
    started.once('exit', () => {
      if (reader === started) fail('it ended by itself');
    });
  }

  function settle(reply: FromReader): void {
    const asked = handedOver.shift();
    if (reply.ok) asked?.resolve(reply.value);
    else asked?.reject(new StoreError('unavailable', reply.message));
    if (reply.ok && reply.indexDamaged) onIndexDamaged();
    const tookMs = asked === undefined || isOfIndex(asked.request) ? 0 : reply.tookMs;
    restFor(Math.min(tookMs * REST_FACTOR_WHEN_BUSY, MAX_REST_MS));
  }

  function restFor(ms: number): void {
    if (ms < 1 || !open || !isBusy()) {
      handOver();
      return;
    }
    const stepMs = Math.min(ms, LOOK_INTERVAL_MS);
    rest = setTimeout(() => {
      rest = undefined;
      restFor(ms - stepMs);
    }, stepMs);
  }

  /** One at a time, unless the end is near. */
  function handOver(): void {
    if (rest !== undefined) return;
    while (waiting.length > 0 && (handedOver.length === 0 || !open)) {
      const next = waiting.shift();
      if (next === undefined) return;
      handedOver.push(next);
      reader?.postMessage(next.request);
    }
  }

  function ask<Request extends ReadRequest>(
    request: Request,
  ): Promise<ReturnType<ReadResults[Request['name']]>> {
    if (!open) return Promise.reject(new StoreError('closed', 'the store is closed'));
    if (waiting.length + handedOver.length >= MAX_WAITING && !isOfIndex(request)) {
      return Promise.reject(new StoreError('overloaded', 'too many questions wait for the push log'));
    }
    if (reader === null) start();
    if (reader === null) return Promise.reject(readerFailed());
    return new Promise((resolve, reject) => {
      waiting.push({ request, resolve: resolve as (value: unknown) => void, reject });
      handOver();
    });
  }

  return {
    ask,
    async openIndex() {
      hasIndex = true;
      if (reader !== null) await ask({ name: 'openIndex', argument: null });
    },
    async closeIndex() {
      hasIndex = false;
      const asked = reader;
      if (asked === null) return;
      await ask({ name: 'closeIndex', argument: null }).catch((error) => {
        // A thread that has failed has let go of the index too.
        if (reader === asked) throw error;
      });
    },
    async close() {
      const isFirst = open;
      open = false;
      clearTimeout(rest);
      rest = undefined;
      handOver();
      if (isFirst) reader?.postMessage('close');
      await ended;
    },
  };
}

/** Few, quick, and what becomes of the index depends on them. */
function isOfIndex({ name }: ReadRequest): boolean {
  return name === 'openIndex' || name === 'closeIndex';
}
