import type { ChannelConfig } from '../core/channel-config.ts';
import type { Clock } from '../core/clock.ts';
import type { LocalText } from '../core/local-text.ts';
import type { OnLeaving } from '../core/on-leaving.ts';
import type { Outcome, Verdict } from '../core/outcome.ts';
import type { Answer, OutboundRequest, Provider } from '../providers/provider.ts';
import { localText } from '../texts/texts.ts';
import { cutBytes } from './cut-bytes.ts';
import { createMasker, type MaskSecrets } from './mask-secrets.ts';
import { type SplitResult, splitText } from './split-text.ts';
import type { Transport, TransportResult } from './transport.ts';

/** How much of a platform's answer the push log keeps. */
const MAX_RESPONSE_BYTES = 4_096;
const MAX_ERROR_BYTES = 2_048;
const MAX_CODE_BYTES = 100;
/** How many texts are remembered in parts, so that a text of many parts is not split anew for each. */
const REMEMBERED_SPLITS = 8;

export interface ChannelDeps {
  readonly provider: Provider;
  readonly clock: Clock;
  readonly transport: Transport;
  /** One attempt, connect to last byte. */
  readonly timeoutMs: number;
}

export interface PartToSend {
  readonly messageId: string;
  /** The whole text of the message. */
  readonly text: string;
  /** From 0. */
  readonly partIndex: number;
}

export interface SendReport {
  readonly outcome: Outcome;
  /** Parts follow this one; they are due if the outcome is `ok`. */
  readonly moreParts: boolean;
  /** Of the request; 0 if none was made. */
  readonly durationMs: number;
}

export interface Channel {
  readonly config: ChannelConfig;
  /**
   * One attempt: at most one request. Never rejects. Everything in the outcome is masked.
   *
   * A part that the text does not have (its split changed between two parts, because `overflow` or a limit did)
   * is a permanent failure without a request: what was sent before is on record, but which characters are still
   * missing nobody knows.
   *
   */
  send(part: PartToSend, onLeaving?: OnLeaving): Promise<SendReport>;
}

export function createChannel(config: ChannelConfig, deps: ChannelDeps): Channel {
  const { provider, clock, transport, timeoutMs } = deps;
  const mask = createMasker(config);
  const split = rememberSplits((text) => splitText(text, provider.textLimit, config.overflow));

  async function send(part: PartToSend, onLeaving?: OnLeaving): Promise<SendReport> {
    const plan = planRequest(part);
    if ('error' in plan) return { outcome: refused(plan.error), moreParts: false, durationMs: 0 };
    const { request, moreParts } = plan;
    const startedMs = clock.monotonicMs();
    const result = await transport.send(request, {
      proxy: config.proxy,
      timeoutMs,
      ...(onLeaving === undefined ? {} : { onLeaving }),
    });
    // Whole microseconds: more digits say nothing.
    const durationMs = Math.round((clock.monotonicMs() - startedMs) * 1_000) / 1_000;
    return { outcome: readResult(provider, result, mask), moreParts, durationMs };
  }

  /** Everything before the network; what goes wrong in here sent nothing. */
  function planRequest({
    messageId,
    text,
    partIndex,
  }: PartToSend): { request: OutboundRequest; moreParts: boolean } | { error: LocalText } {
    try {
      const result = split(messageId, text);
      if (result.kind === 'too_long') return { error: tooLong(provider) };
      const { parts } = result;
      const partText = parts[partIndex];
      if (partText === undefined) {
        return { error: localText(({ delivery }) => delivery.partOutOfRange(partIndex + 1, parts.length)) };
      }
      const partKey = partIndex === 0 ? messageId : `${messageId}-${partIndex + 1}`;
      const request = provider.buildRequest(
        config.endpoint,
        { messageId, partKey, text: partText },
        clock.wallMs(),
      );
      return { request, moreParts: partIndex + 1 < parts.length };
    } catch {
      // The error itself may carry the URL or the secret, so it goes nowhere.
      return { error: localText(({ delivery }) => delivery.internalBuildFailed()) };
    }
  }

  return { config, send };
}

function readResult(provider: Provider, result: TransportResult, mask: MaskSecrets): Outcome {
  switch (result.kind) {
    case 'answer':
      return readAnswer(provider, result.answer, mask);
    case 'not_sent':
      return {
        ...withoutAnswer,
        kind: 'transient',
        error: result.fault.text,
        ...(result.fault.code === 'local_limit' ? { ownFault: true } : {}),
      };
    case 'unknown':
      return { ...withoutAnswer, kind: 'unknown', error: result.fault.text };
    case 'blocked':
      return refused(result.fault.text);
    default:
      return result satisfies never;
  }
}

function readAnswer(provider: Provider, answer: Answer, mask: MaskSecrets): Outcome {
  const verdict = verdictOf(provider, answer);
  const { error, platformCode } = verdict;
  const masked = mask(answer.body, !answer.complete);
  return {
    ...verdict,
    platformCode: platformCode === null ? null : cutBytes(mask(platformCode), MAX_CODE_BYTES),
    error: error && {
      zh: cutBytes(mask(error.zh, !answer.complete), MAX_ERROR_BYTES),
      en: cutBytes(mask(error.en, !answer.complete), MAX_ERROR_BYTES),
    },
    httpStatus: answer.httpStatus,
    response: masked === '' ? null : cutBytes(masked, MAX_RESPONSE_BYTES),
  };
}

function verdictOf(provider: Provider, answer: Answer): Verdict {
  try {
    return provider.readAnswer(answer);
  } catch {
    // The request has arrived and we have failed to read what became of it.
    const error = localText(({ delivery }) => delivery.internalReadFailed());
    return { kind: 'unknown', platformCode: null, error };
  }
}

const withoutAnswer = { platformCode: null, httpStatus: null, response: null } as const;

function refused(error: LocalText): Outcome {
  return { ...withoutAnswer, kind: 'permanent', error };
}

function tooLong({ textLimit }: Provider): LocalText {
  const { max, unit } = textLimit ?? { max: 0, unit: 'bytes' as const };
  return localText(({ delivery }) => delivery.textTooLong(max, delivery.units[unit]));
}

/** Remembers the last few splits by message. Ids are unique, yet the text is compared: a wrong part would be lost text. */
function rememberSplits(
  split: (text: string) => SplitResult,
): (messageId: string, text: string) => SplitResult {
  const remembered = new Map<string, { text: string; result: SplitResult }>();
  return (messageId, text) => {
    // Most texts are not split. To look for a new id in a map makes V8 intern it: 1.5 µs.
    const known = remembered.size === 0 ? undefined : remembered.get(messageId);
    if (known?.text === text) return known.result;
    const result = split(text);
    // What fits in one part is cheap to find out again.
    if (result.kind === 'too_long' || result.parts.length === 1) return result;
    remembered.set(messageId, { text, result });
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED_SPLITS) break;
      remembered.delete(oldest);
    }
    return result;
  };
}
