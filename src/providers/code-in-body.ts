import type { Verdict } from '../core/outcome.ts';
import { isSuccess, unreadable, verdictOfStatus } from './http-status.ts';
import { retryAfterMs, secondsHeaderMs } from './pause.ts';
import { findCode, type PlatformCodes, unlistedCode, verdictOfCode } from './platform-code.ts';
import type { Answer, PlatformCode } from './provider.ts';

/** What WeCom, Feishu and DingTalk write into the body; they refuse with HTTP 200. */
export interface CodeInBody {
  /** null: the body holds none. */
  readonly code: string | null;
  readonly message: string;
}

interface Platform {
  readonly codes: PlatformCodes;
  /** Of whichever code says "too many requests": it lends its meaning and its penalty to codes that nobody documents. */
  readonly rateLimit: PlatformCode;
}

/** The rate codes of these platforms change over the years; the words have stayed. */
const RATE_WORDS =
  /too fast|too many (?:request|message)|frequen(?:cy|t)|freq out of limit|rate limit|限流|频率|过于频繁/i;
const BUSY_WORDS = /system busy|service busy|系统繁忙|服务繁忙|稍后(?:重试|再试)/i;

/**
 * Reads an answer whose verdict is a code in the body.
 *
 * Code 0 under a 2xx is the only success. No code under a 2xx leaves it unknown whether the message was taken. A
 * code that the table does not have is permanent unless its words speak of frequency or a busy system: the platform
 * has answered, so the message was not taken, and repeating what it refuses for an unknown reason helps nobody.
 */
export function judgeCodeInBody(answer: Answer, { code, message }: CodeInBody, platform: Platform): Verdict {
  const success = isSuccess(answer.httpStatus);
  if (code === null || (code === '0' && !success))
    return success ? unreadable(answer) : verdictOfStatus(answer);
  const known = findCode(platform.codes, code);
  if (known && known.kind !== 'permanent') return verdictOfCode(code, known, statedPauseMs(answer));
  if (answer.httpStatus === 429 || RATE_WORDS.test(message)) {
    return verdictOfCode(code, platform.rateLimit, statedPauseMs(answer));
  }
  if (known) return verdictOfCode(code, known);
  if (answer.httpStatus >= 500) return verdictOfStatus(answer, code);
  return unlistedCode(BUSY_WORDS.test(message) ? 'transient' : 'permanent', code, message);
}

/** Feishu's gateway has a header of its own, in seconds: https://open.larkoffice.com/document/ukTMukTMukTM/uUzN04SN3QjL1cDN.md (read 2026-09) */
function statedPauseMs(answer: Answer): number | null {
  return secondsHeaderMs(answer, 'x-ogw-ratelimit-reset') ?? retryAfterMs(answer);
}
