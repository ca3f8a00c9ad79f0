import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverLedger } from '../check/ledgers.ts';
import { post, postUntilAccepted } from './post.ts';

/** Clients that do what the README asks for: whatever was not answered with 200 is sent again with the same key. */
export interface HonestClients {
  readonly ledger: DriverLedger;
  /** Answers other than 200, by status, with those of `post.ts` for none at all. */
  readonly refusals: ReadonlyMap<number, number>;
  /** Resolves when `messages` have come to their 200. */
  readonly done: Promise<unknown>;
  /** Lets every message that was begun come to its 200, then ends. */
  stop(): Promise<void>;
  /** Ends at once, also where a message has no answer yet. */
  abandon(): Promise<void>;
}

export interface HonestClientsOptions {
  /** Where the service listens now; it changes with each start. */
  readonly url: () => string;
  readonly clients: number;
  /** Pause of one client between two messages. */
  readonly gapMs: number;
  /** The text of a message; it begins with its token. */
  readonly text?: (token: string) => string;
  /** Channels and tags; without it all channels. */
  readonly to?: readonly string[];
  /** Messages in all; without it they go on until `stop`. */
  readonly messages?: number;
  /** Every so often a key is used again after its 200: it must get the same id. */
  readonly repeatEvery?: number;
  /** A connection for each request, closed after its answer. */
  readonly close?: boolean;
}

/** A key names a message for two minutes; an honest client does not use it for longer. */
const KEY_USED_MS = 110_000;

export function startHonestClients(options: HonestClientsOptions): HonestClients {
  const {
    url,
    clients,
    gapMs,
    text = (token) => token,
    to,
    messages = Number.POSITIVE_INFINITY,
    repeatEvery = 10,
    close = false,
  } = options;
  const ledger: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
  const refusals = new Map<number, number>();
  let running = true;
  let abandoned = false;
  let count = 0;

  async function sendUntilAccepted(token: string, key: string): Promise<void> {
    const count = (status: number) => refusals.set(status, (refusals.get(status) ?? 0) + 1);
    const send = () => post(url(), { msg: text(token), to, key, close });
    const id = await postUntilAccepted(send, KEY_USED_MS, count, () => abandoned);
    if (id === null) return;
    ledger.accepted.set(id, { token, key });
    ledger.idsOfKey.set(key, (ledger.idsOfKey.get(key) ?? new Set()).add(id));
  }

  async function client(): Promise<void> {
    while (running && count < messages) {
      const number = ++count;
      await sendUntilAccepted(`m${number}m`, `key-${number}`);
      if (number % repeatEvery === 0) await sendUntilAccepted(`m${number}m`, `key-${number}`);
      if (gapMs > 0) await sleep(gapMs);
    }
  }

  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    ledger,
    refusals,
    done: all,
    async stop() {
      running = false;
      await all;
    },
    async abandon() {
      running = false;
      abandoned = true;
      await all;
    },
  };
}

/** @returns a sentence for each kind of answer, beside 200, that clients who ask rightly must not get here. */
export function oddAnswers(refusals: ReadonlyMap<number, number>, allowed: readonly number[]): string[] {
  return [...refusals]
    .filter(([status]) => !allowed.includes(status))
    .map(([status, count]) => `answers: ${count} requests were answered with ${status}`);
}
