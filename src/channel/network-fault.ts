import type { LocalText } from '../core/local-text.ts';
import type { Texts } from '../texts/texts.ts';
import { localText } from '../texts/texts.ts';
import { MalformedAnswerError } from './answer-head.ts';

/** Everything that can go wrong on the way, as a closed set. Each has its sentence in `texts.delivery.faults`. */
export type FaultCode = keyof Texts['delivery']['faults'];

/** How far a connection had come. */
export type Stage = keyof Texts['delivery']['stages'];

export interface NetworkFault {
  readonly code: FaultCode;
  /** What failed and what to check. Names host and port, never path, query or user. */
  readonly text: LocalText;
}

/** Whom we talk to: the target itself or the proxy before it. */
export interface Peer {
  readonly role: 'target' | 'proxy';
  /** `host:port`. */
  readonly host: string;
}

interface FaultDetails {
  readonly peer: Peer;
  /** A system error code or an HTTP status; anything else is dropped, since it could carry a URL. */
  readonly code?: string;
  readonly timeoutMs?: number;
  readonly stage?: Stage;
}

export function networkFault(code: FaultCode, details: FaultDetails): NetworkFault {
  const { peer, timeoutMs = 0, stage = 'connect' } = details;
  const text = localText(({ delivery }) =>
    delivery.faults[code]({
      peer: peer.role === 'proxy' ? delivery.proxyPeer(peer.host) : peer.host,
      code: details.code ?? '?',
      seconds: timeoutMs / 1_000,
      stage: delivery.stages[stage],
    }),
  );
  return { code, text };
}

/** A fault on its way up through the connection steps. */
export class FaultError extends Error {
  readonly fault: NetworkFault;

  constructor(fault: NetworkFault) {
    super(fault.code);
    this.fault = fault;
  }
}

/** Node.js and OpenSSL codes: https://nodejs.org/api/errors.html, https://nodejs.org/api/tls.html. */
const CODES_BEFORE_SENDING: Readonly<Record<string, FaultCode>> = {
  ENOTFOUND: 'dns_not_found',
  EAI_NONAME: 'dns_not_found',
  EAI_NODATA: 'dns_not_found',
  ENODATA: 'dns_not_found',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EINVAL: 'unreachable',
  // A local firewall answers a connect with these.
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  ETIMEDOUT: 'unreachable',
  ECONNRESET: 'connect_closed',
  ECONNABORTED: 'connect_closed',
  EPIPE: 'connect_closed',
  // Of ours: the other side has ended the connection.
  FIN: 'connect_closed',
  EMFILE: 'local_limit',
  ENFILE: 'local_limit',
  ENOBUFS: 'local_limit',
  ENOMEM: 'local_limit',
  CERT_HAS_EXPIRED: 'tls_expired',
  CERT_NOT_YET_VALID: 'tls_expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls_untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls_untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls_untrusted',
  CERT_UNTRUSTED: 'tls_untrusted',
  CERT_REVOKED: 'tls_untrusted',
  CERT_CHAIN_TOO_LONG: 'tls_untrusted',
  INVALID_CA: 'tls_untrusted',
  INVALID_PURPOSE: 'tls_untrusted',
  CERT_REJECTED: 'tls_untrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_host_mismatch',
  HOSTNAME_MISMATCH: 'tls_host_mismatch',
};

/** What a connection that is closed without a word about why has in common with one that was reset. */
export function closedError(): Error {
  return Object.assign(new Error('closed'), { code: 'ECONNRESET' });
}

/** The system's code of an error, or of the first error inside an AggregateError (several addresses were tried). */
export function codeOfError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '?';
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return code;
  return Array.isArray(errors) && errors.length > 0 ? codeOfError(errors[0]) : '?';
}

/** What an error means while no byte of the request had left. */
export function faultBeforeSending(error: unknown, peer: Peer, stage: Stage): NetworkFault {
  if (error instanceof FaultError) return error.fault;
  const code = codeOfError(error);
  const known = Object.hasOwn(CODES_BEFORE_SENDING, code) ? CODES_BEFORE_SENDING[code] : undefined;
  return networkFault(known ?? fallbackOf(stage), { peer, code });
}

function fallbackOf(stage: Stage): FaultCode {
  switch (stage) {
    case 'dns':
      return 'dns_failed';
    case 'tls':
      return 'tls_failed';
    case 'proxy':
      return 'proxy_broken';
    case 'connect':
      return 'not_sent';
    default:
      return stage satisfies never;
  }
}

/** What an error means once the request had been started. */
export function faultAfterSending(error: unknown, peer: Peer): NetworkFault {
  const code = error instanceof MalformedAnswerError ? 'malformed_answer' : 'reset_after_send';
  return networkFault(code, { peer, code: codeOfError(error) });
}
