/** What the tests of the stand-ins share. */
import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import type { Clock } from '../core/clock.ts';
import type { GroupOptions } from './group.ts';
import { type Sandbox, startSandbox } from './server.ts';

/** 2023-11-14T22:13:20Z: the moment of the published signature vectors. */
export const VECTOR_MS = 1_700_000_000_000;

/** A clock that stands still until it is stepped. */
export interface SteppedClock extends Clock {
  step(ms: number): void;
}

export function steppedClock(startMs = VECTOR_MS): SteppedClock {
  let wallMs = startMs;
  let monotonicMs = 0;
  const waiting = new Set<{ dueMs: number; end: () => void }>();
  const after = (ms: number, action: () => void) => {
    const entry = {
      dueMs: monotonicMs + ms,
      end: () => {
        waiting.delete(entry);
        action();
      },
    };
    waiting.add(entry);
    return () => void waiting.delete(entry);
  };
  return {
    wallMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    wait(ms, signal) {
      return new Promise((resolve) => {
        const end = () => {
          cancel();
          resolve();
        };
        const cancel = after(ms, end);
        signal?.addEventListener('abort', end, { once: true });
        if (signal?.aborted) end();
      });
    },
    after,
    step(ms) {
      wallMs += ms;
      monotonicMs += ms;
      for (const entry of [...waiting]) if (entry.dueMs <= monotonicMs) entry.end();
    },
  };
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends exactly the headers given (JSON bodies get their content type unless one is given). */
export function send(url: string, { method = 'POST', headers = {}, body }: Sent = {}): Promise<Got> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(isRaw ? body : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const all: Record<string, string> = {
      ...(isRaw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    for (const [name, value] of Object.entries(all)) if (value === '') delete all[name];
    const request = httpRequest(
      url,
      { method, headers: { ...all, 'content-length': String(bytes.length) } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

export interface Opened {
  readonly sandbox: Sandbox;
  readonly clock: SteppedClock;
  /** The endpoint of the first group. */
  readonly url: string;
}

/** Runs a test with a sandbox of its own on a stepped clock. */
export async function withSandbox(
  groups: readonly GroupOptions[],
  run: (opened: Opened) => Promise<void>,
): Promise<void> {
  const clock = steppedClock();
  const sandbox = await startSandbox({ clock, groups });
  try {
    await run({ sandbox, clock, url: sandbox.groups[0]?.endpointUrl ?? '' });
  } finally {
    await sandbox.close();
  }
}

/** One request to a fresh group and what must come of it. */
export interface Case extends Sent {
  readonly name: string;
  readonly group: GroupOptions;
  /** What the endpoint's address becomes. */
  readonly url?: (endpoint: string) => string;
  readonly status: number;
  /** The answer's body: whole as text, deep as JSON, or a pattern. */
  readonly answer: string | RegExp | object;
  /** What members see, all posts; absent: the request must be refused, with a reason in both languages. */
  readonly shown?: readonly string[];
  readonly mentions?: readonly string[];
}

export function runCases(cases: readonly Case[]): void {
  for (const { name, group, url = (endpoint: string) => endpoint, ...want } of cases) {
    test(`${group.platform}: ${name}`, () =>
      withSandbox([group], async ({ sandbox, url: endpoint }) => {
        const got = await send(url(endpoint), want);
        assert.equal(got.status, want.status, got.body);
        if (want.answer instanceof RegExp) assert.match(got.body, want.answer);
        else if (typeof want.answer === 'string') assert.equal(got.body, want.answer);
        else assert.deepEqual(JSON.parse(got.body), want.answer);
        const arrival = sandbox.received()[0]?.arrivals[0];
        if (want.shown === undefined) {
          assert.equal(arrival?.verdict, 'refused');
          assert.ok(arrival.why?.zh && arrival.why.en);
          return;
        }
        assert.equal(arrival?.verdict, 'shown');
        assert.deepEqual(
          arrival.posts.map((post) => post.display),
          want.shown,
        );
        assert.deepEqual(
          arrival.posts.flatMap((post) => post.mentions),
          want.mentions ?? [],
        );
      }));
  }
}
