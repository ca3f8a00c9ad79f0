import { request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** The request went out and no answer came back. */
export const NO_ANSWER = 0;
/** There was nobody to connect to: no request was made. */
export const NOT_CONNECTED = -1;

/** What a client saw: an HTTP status, or one of the two above and no id. */
export interface PostAnswer {
  readonly status: number;
  readonly id: string;
}

export interface PostRequest {
  readonly msg: string;
  readonly key: string;
  /** Channels and tags; without it all channels. JSON only. */
  readonly to?: readonly string[] | undefined;
  /** A form instead of JSON. */
  readonly form?: boolean;
  /** A connection of its own, closed after the answer: so none is idle when the service stops. */
  readonly close?: boolean;
}

const TIMEOUT_MS = 30_000;

/** One `POST /api/text`. Never rejects. */
export async function post(url: string, { msg, to, key, form, close }: PostRequest): Promise<PostAnswer> {
  try {
    const contentType = form ? 'application/x-www-form-urlencoded' : 'application/json';
    const body = form ? new URLSearchParams({ msg }).toString() : JSON.stringify({ msg, to });
    const headers = { 'content-type': contentType, 'x-ppt-request-id': key };
    return await exchange(`${url}/api/text`, headers, body, close ?? false);
  } catch (error) {
    const whileConnecting = error instanceof Error && 'syscall' in error && error.syscall === 'connect';
    return { status: whileConnecting ? NOT_CONNECTED : NO_ANSWER, id: '' };
  }
}

function exchange(
  url: string,
  headers: Record<string, string>,
  body: string,
  close: boolean,
): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sending = request(url, { method: 'POST', headers, signal, ...(close ? { agent: false } : {}) });
    sending.on('error', reject);
    sending.on('response', (response) => {
      const status = response.statusCode ?? NO_ANSWER;
      readText(response)
        .then((answer) => resolve({ status, id: (JSON.parse(answer) as { id: string }).id }))
        .catch(reject);
    });
    sending.end(body);
  });
}

const RETRY_MS = 10;

/**
 * What an honest client does: until there is a 200, again with the same key.
 *
 * @param onRefusal hears each status that was no 200.
 * @param isGivenUp asked before each try.
 * @returns the id, or null when the time is over.
 */
export async function postUntilAccepted(
  send: () => Promise<PostAnswer>,
  giveUpAfterMs: number,
  onRefusal: (status: number) => void = () => undefined,
  isGivenUp: () => boolean = () => false,
): Promise<string | null> {
  const giveUpMs = performance.now() + giveUpAfterMs;
  while (performance.now() < giveUpMs && !isGivenUp()) {
    const { status, id } = await send();
    if (status === 200) return id;
    onRefusal(status);
    await sleep(RETRY_MS);
  }
  return null;
}
