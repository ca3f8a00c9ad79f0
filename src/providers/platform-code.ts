import type { LocalText } from '../core/local-text.ts';
import type { Verdict } from '../core/outcome.ts';
import { cleanMessage } from './clean-message.ts';
import { clampPause } from './pause.ts';
import type { PlatformCode } from './provider.ts';

/** A platform's table of codes, by the code as it writes it. */
export type PlatformCodes = Readonly<Record<string, PlatformCode>>;

// One line of a provider's table each. What went wrong comes first, the cure after it.

export function delivered(source: string): PlatformCode {
  return { kind: 'ok', meaning: { zh: '已送达', en: 'delivered' }, source };
}

export function limited(pauseMs: number, source: string, zh: string, en: string): PlatformCode {
  return { kind: 'rate_limited', pauseMs, meaning: { zh, en }, source };
}

/** Where no penalty is published: a short pause first, twice as long each time it was not enough. */
export function limitedGrowing(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  source: string,
  zh: string,
  en: string,
): PlatformCode {
  return { ...limited(fromMs, source, zh, en), pauseGrowsToMs: toMs };
}

export function transient(source: string, zh: string, en: string): PlatformCode {
  return { kind: 'transient', meaning: { zh, en }, source };
}

export function permanent(source: string, zh: string, en: string): PlatformCode {
  return { kind: 'permanent', meaning: { zh, en }, source };
}

/** The hook was revoked, or its group is gone: later messages fail in the same way. */
export function gone(source: string, zh: string, en: string): PlatformCode {
  return { kind: 'permanent', endpointGone: true, meaning: { zh, en }, source };
}

/** The hook may be revoked, but a passing fault of the server reads the same. */
export function perhapsGone(source: string, zh: string, en: string): PlatformCode {
  return { kind: 'permanent', endpointSuspect: true, meaning: { zh, en }, source };
}

/** An own property only: a platform that answers `constructor` must not find one. */
export function findCode(codes: PlatformCodes, code: string): PlatformCode | undefined {
  return Object.hasOwn(codes, code) ? codes[code] : undefined;
}

/** @param pauseMs what the answer itself asks for; null: the entry's own penalty. */
export function verdictOfCode(code: string, entry: PlatformCode, pauseMs: number | null = null): Verdict {
  const { kind, meaning, endpointGone, endpointSuspect } = entry;
  if (kind === 'ok') return { kind, platformCode: code, error: null };
  const error = withCode(meaning, code);
  if (kind === 'rate_limited') {
    const { pauseGrowsToMs, pausesPlatform } = entry;
    return {
      ...pauseFor(pauseMs ?? entry.pauseMs ?? DEFAULT_PAUSE_MS, error, code),
      ...(pauseGrowsToMs === undefined || pauseMs !== null ? {} : { pauseGrowsToMs }),
      ...(pausesPlatform ? { pausesPlatform } : {}),
    };
  }
  return {
    kind,
    platformCode: code,
    error,
    ...(endpointGone ? { endpointGone } : {}),
    ...(endpointSuspect ? { endpointSuspect } : {}),
  };
}

/** When nobody says how long: the longest window that any of the platforms counts in. */
export const DEFAULT_PAUSE_MS = 60_000;

export function pauseFor(pauseMs: number, error: LocalText, platformCode: string | null): Verdict {
  return { kind: 'rate_limited', platformCode, error, pauseMs: clampPause(pauseMs) };
}

/** A code that no table has: shown as received, with the platform's own words. */
export function unlistedCode(kind: Verdict['kind'], code: string, message: string): Verdict {
  const words = cleanMessage(message);
  const error =
    words === ''
      ? {
          zh: '平台拒绝了这条消息，没有说明原因，请查平台文档',
          en: 'the platform refused the message without a reason; see its documents',
        }
      : { zh: `平台拒绝了这条消息：${words}`, en: `the platform refused the message: ${words}` };
  return { kind, platformCode: cleanMessage(code), error: withCode(error, cleanMessage(code)) };
}

/** People look the code up in the platform's documents. */
function withCode({ zh, en }: LocalText, code: string): LocalText {
  return { zh: `${zh}（错误码 ${code}）`, en: `${en} (code ${code})` };
}
