import type { TextBody } from '../api/calls.ts';

/** A send of which nobody knows yet whether the service took it. Kept until that is known, also across a reload. */
export interface PendingSend {
  readonly requestId: string;
  readonly body: TextBody;
  /** When it was first tried, ms since the Unix epoch. */
  readonly startedAtMs: number;
}

/** The service knows a request id for two minutes; some of that passes before its answer would have come. */
const KNOWN_MS = 100_000;

/** Whether a repeat with the same request id surely creates nothing new. Later the log must be asked first. */
export function isRepeatSafe({ startedAtMs }: PendingSend, nowMs: number): boolean {
  return nowMs >= startedAtMs && nowMs - startedAtMs < KNOWN_MS;
}

/** Reads what was kept; null for anything that is not one. */
export function parsePending(text: string | null): PendingSend | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isPending(value) ? value : null;
  } catch {
    return null;
  }
}

function isPending(value: unknown): value is PendingSend {
  if (typeof value !== 'object' || value === null) return false;
  const { requestId, body, startedAtMs } = value as Partial<PendingSend>;
  return typeof requestId === 'string' && typeof startedAtMs === 'number' && typeof body?.msg === 'string';
}

/** Unique enough for every page in the world: 128 random bits. `crypto.randomUUID` is missing on plain http addresses. */
export function newRequestId(): string {
  return `web-${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
