import type { LocalText } from '../core/local-text.ts';
import { localText, type Texts } from '../texts/texts.ts';

/** Every code that a refused request can get. The OpenAPI page is made from it. */
export const API_ERRORS = {
  invalid_argument: { status: 400, meaning: localText((t) => t.api.meanings.invalid_argument) },
  unauthenticated: { status: 401, meaning: localText((t) => t.api.meanings.unauthenticated) },
  permission_denied: { status: 403, meaning: localText((t) => t.api.meanings.permission_denied) },
  not_found: { status: 404, meaning: localText((t) => t.api.meanings.not_found) },
  method_not_allowed: { status: 405, meaning: localText((t) => t.api.meanings.method_not_allowed) },
  resource_exhausted: { status: 429, meaning: localText((t) => t.api.meanings.resource_exhausted) },
  internal: { status: 500, meaning: localText((t) => t.api.meanings.internal) },
  unavailable: { status: 503, meaning: localText((t) => t.api.meanings.unavailable) },
} as const satisfies Record<string, { status: number; meaning: LocalText }>;

export type ApiErrorCode = keyof typeof API_ERRORS;

/** Where HTTP has a more exact status than the code's own. All three are `invalid_argument`. */
export type SpecialStatus = 408 | 413 | 431;

export type PickText = (texts: Texts['api']) => string;

interface ApiErrorOptions extends ErrorOptions {
  readonly status?: SpecialStatus;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that we refuse. Nothing of it but code, status, headers and the sentence reaches the caller. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The sentence for the caller, in the language that it asked for. */
  readonly pickText: PickText;

  constructor(code: ApiErrorCode, pickText: PickText, options: ApiErrorOptions = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = options.status ?? API_ERRORS[code].status;
    this.headers = options.headers ?? {};
    this.pickText = pickText;
  }
}

/** The most frequent kind: a parameter that is missing or malformed. */
export function invalidArgument(pickText: PickText, options?: ApiErrorOptions): ApiError {
  return new ApiError('invalid_argument', pickText, options);
}
