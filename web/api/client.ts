import { currentLang } from '../preferences.ts';
import { asHeaderValue, askForHeaders, authState, headerValues } from './required-headers.ts';

/**
 * Why a call has no result.
 *
 * - `network`: no answer came; the service may have acted or not.
 * - `unauthenticated`: the values of `api.headers` are missing or wrong.
 * - `refused`: the service said no; the message is its sentence.
 */
export type FaultKind = 'network' | 'unauthenticated' | 'refused' | 'unexpected';

export class ApiFault extends Error {
  readonly kind: FaultKind;
  /** 0 without an answer. */
  readonly status: number;
  readonly requestId: string | null;

  constructor(kind: FaultKind, status: number, message: string, requestId: string | null = null) {
    super(message);
    this.name = 'ApiFault';
    this.kind = kind;
    this.status = status;
    this.requestId = requestId;
  }
}

export interface CallOptions {
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** @throws ApiFault, or the signal's reason. */
export async function callApi<T>(path: string, options: CallOptions = {}): Promise<T> {
  const response = await openApi(path, options);
  try {
    return (await response.json()) as T;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new ApiFault(
      error instanceof SyntaxError ? 'unexpected' : 'network',
      response.status,
      String(error),
    );
  }
}

/** As `callApi`, with the body unread: for streams and downloads. */
export async function openApi(
  path: string,
  { method, body, headers, signal }: CallOptions,
): Promise<Response> {
  if (authState.get() !== 'ok') throw new ApiFault('unauthenticated', 401, 'no values');
  const response = await fetch(path, {
    method: method ?? 'GET',
    headers: {
      accept: 'application/json',
      'accept-language': currentLang(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...secretHeaders(),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    cache: 'no-store',
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new ApiFault('network', 0, String(error));
  });
  if (response.ok) return response;
  throw await faultOf(response);
}

function secretHeaders(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headerValues.get()).map(([name, value]) => [name, asHeaderValue(value)]),
  );
}

async function faultOf(response: Response): Promise<ApiFault> {
  const answer: unknown = await response.json().catch(() => null);
  const { msg, id } = isRecord(answer) ? answer : {};
  const message = typeof msg === 'string' ? msg : `HTTP ${response.status}`;
  if (response.status === 401) {
    askForHeaders();
    return new ApiFault('unauthenticated', 401, message);
  }
  // A proxy in front answers for a service that is away.
  const away = typeof msg !== 'string' && response.status >= 502 && response.status <= 504;
  return new ApiFault(
    away ? 'network' : 'refused',
    response.status,
    message,
    typeof id === 'string' ? id : null,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
