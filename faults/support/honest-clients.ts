import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverLedger } from '../check/ledgers.ts';

/** Clients that do what the README asks for: whatever was not answered with 200 is sent again with the same key. */
export interface HonestClients {
  readonly ledger: DriverLedger;
  /** Answers other than 200, by status; 0 = no answer at all. */
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
  /** Text after the token. */
  readonly text?: string;
  /** Channels and tags; without it all channels. */
  readonly to?: readonly string[];
  /** Messages in all; without it they go on until `stop`. */
  readonly messages?: number;
  /** Every so often a key is used again after its 200: it must get the same id. */
  readonly repeatEvery?: number;
}

const RETRY_MS = 10;
/** A key names a message for two minutes; an honest client does not use it for longer. */
const KEY_USED_MS = 110_000;

export function startHonestClients(options: HonestClientsOptions): HonestClients {
  const {
    url,
    clients,
    gapMs,
    text = '',
    to,
    messages = Number.POSITIVE_INFINITY,
    repeatEvery = 10,
  } = options;
  const ledger: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
  const refusals = new Map<number, number>();
  let running = true;
  let abandoned = false;
  let count = 0;

  async function sendUntilAccepted(token: string, key: string): Promise<void> {
    const giveUpMs = performance.now() + KEY_USED_MS;
    while (!abandoned && performance.now() < giveUpMs) {
      const { status, id } = await post(url(), { msg: `${token} ${text}`, to }, key);
      if (status === 200) {
        ledger.accepted.set(id, { token, key });
        ledger.idsOfKey.set(key, (ledger.idsOfKey.get(key) ?? new Set()).add(id));
        return;
      }
      refusals.set(status, (refusals.get(status) ?? 0) + 1);
      await sleep(RETRY_MS);
    }
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

async function post(url: string, message: object, key: string): Promise<{ status: number; id: string }> {
  try {
    const response = await fetch(`${url}/api/text`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-ppt-request-id': key },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(10_000),
    });
    const body = (await response.json()) as { id: string };
    return { status: response.status, id: body.id };
  } catch {
    // The process is gone, or it went while it answered.
    return { status: 0, id: '' };
  }
}
