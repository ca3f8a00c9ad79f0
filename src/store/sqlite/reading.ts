import type { Worker } from 'node:worker_threads';
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

/** The reading thread, as the front of the store sees it: it starts with the first question and answers in their order. */
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
}

interface Asked {
  readonly request: ReadRequest;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export function createReading({ startReader, onIndexDamaged, isBusy }: ReadingDeps): Reading {
  const waiting: Asked[] = [];
  /** With the thread; the oldest first. */
  const handedOver: Asked[] = [];
  let rest: NodeJS.Timeout | undefined;
  let open = true;
  let started: { reader: Worker; ended: Promise<void> } | null = null;
  /** The index can be used, which a thread that is not there yet must be told. */
  let hasIndex = false;

  function failAll(error: Error): void {
    open = false;
    clearTimeout(rest);
    for (const { reject } of [...handedOver.splice(0), ...waiting.splice(0)]) reject(error);
  }

  function start() {
    const reader = startReader();
    reader.on('message', (reply: FromReader) => {
      const asked = handedOver.shift();
      if (reply.ok) asked?.resolve(reply.value);
      else asked?.reject(new StoreError('unavailable', reply.message));
      if (reply.ok && reply.indexDamaged) onIndexDamaged();
      const tookMs = asked === undefined || isOfIndex(asked.request) ? 0 : reply.tookMs;
      restFor(Math.min(tookMs * REST_FACTOR_WHEN_BUSY, MAX_REST_MS));
    });
    reader.on('error', (error: Error) =>
      failAll(new StoreError('unavailable', `the reading thread failed: ${error.message}`)),
    );
    started = { reader, ended: new Promise((resolve) => reader.once('exit', () => resolve())) };
    if (hasIndex) ask({ name: 'openIndex', argument: null }).catch(() => undefined);
    return started;
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
      started?.reader.postMessage(next.request);
    }
  }

  function ask<Request extends ReadRequest>(
    request: Request,
  ): Promise<ReturnType<ReadResults[Request['name']]>> {
    if (!open) return Promise.reject(new StoreError('closed', 'the store is closed'));
    if (waiting.length + handedOver.length >= MAX_WAITING && !isOfIndex(request)) {
      return Promise.reject(new StoreError('overloaded', 'too many questions wait for the push log'));
    }
    if (started === null) start();
    return new Promise((resolve, reject) => {
      waiting.push({ request, resolve: resolve as (value: unknown) => void, reject });
      handOver();
    });
  }

  return {
    ask,
    async openIndex() {
      hasIndex = true;
      if (started !== null) await ask({ name: 'openIndex', argument: null });
    },
    async closeIndex() {
      hasIndex = false;
      if (started !== null) await ask({ name: 'closeIndex', argument: null });
    },
    async close() {
      const isFirst = open;
      open = false;
      clearTimeout(rest);
      rest = undefined;
      handOver();
      if (isFirst) started?.reader.postMessage('close');
      await started?.ended;
    },
  };
}

/** Few, quick, and what becomes of the index depends on them. */
function isOfIndex({ name }: ReadRequest): boolean {
  return name === 'openIndex' || name === 'closeIndex';
}
