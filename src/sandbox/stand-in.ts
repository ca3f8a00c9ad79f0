import type { IncomingHttpHeaders } from 'node:http';
import type { LocalText } from '../core/local-text.ts';
import type { Group } from './group.ts';

/** A request as a platform sees it, read to its end. */
export interface PlatformRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** At most the stand-in's `bodyLimitBytes`; the rest was thrown away. */
  readonly body: Buffer;
  readonly bodyTooLarge: boolean;
  /** The caller's address. */
  readonly ip: string;
  /** The receiver's own clock, when the last byte had arrived. */
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A message as the members of the group see it. */
export interface Shown {
  /** Markup consumed, escapes resolved. */
  readonly display: string;
  /** Who got pinged: the platform's own ids; `all`, `here`, `channel`, `everyone` for many at once. */
  readonly mentions: readonly string[];
}

/** What a stand-in decides about a request. `repeat`: answered as a success and not shown a second time. */
export type Ruling =
  | { readonly kind: 'shown' | 'repeat'; readonly answer: Answer; readonly posts: readonly Shown[] }
  | { readonly kind: 'refused'; readonly answer: Answer; readonly why: LocalText }
  /** A call that posts nothing and is no mistake, such as reading a Discord webhook. */
  | { readonly kind: 'looked'; readonly answer: Answer };

/** One platform's rules. A stand-in keeps what its rules need (windows, bans); a new one starts with nothing. */
export interface StandIn {
  /** How much of a body is kept; more is `bodyTooLarge`. */
  readonly bodyLimitBytes: number;
  /** Whether a path is this platform's, right or wrong. */
  claims(path: string): boolean;
  findGroup(request: PlatformRequest): Group | null;
  rule(request: PlatformRequest): Ruling | Promise<Ruling>;
  /** The platform's answer when it is overloaded, for scripted faults. */
  busy(request: PlatformRequest): Answer;
  /** The platform's answer to a sender that is too fast, for scripted faults. */
  tooFast(request: PlatformRequest): Answer;
}

export type OpenStandIn = (groups: readonly Group[]) => StandIn;

export function refused(answer: Answer, why: LocalText): Ruling {
  return { kind: 'refused', answer, why };
}

export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function textAnswer(
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
  headers: Record<string, string> = {},
): Answer {
  return { status, headers: { 'content-type': contentType, ...headers }, body };
}
