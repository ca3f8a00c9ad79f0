import { invalidArgument } from './api-error.ts';
import { decodeJsonObject } from './json-body.ts';
import { nearestWord, shownWord } from './nearest-word.ts';

export const RESEND_FIELDS = ['channels'] as const;

/**
 * Reads the body of `POST /api/messages/{id}/resend`.
 *
 * @returns channel names, each once; null: those whose latest delivery is failed.
 * @throws ApiError that says what is wrong.
 */
export function parseResendBody(bytes: Buffer): readonly string[] | null {
  if (bytes.length === 0) return null;
  const body = decodeJsonObject(bytes);
  for (const field of Object.keys(body)) {
    if (field === 'channels') continue;
    const nearest = nearestWord(field, RESEND_FIELDS);
    throw invalidArgument((t) => t.unknownField(shownWord(field), nearest));
  }
  return Object.hasOwn(body, 'channels') ? checkChannels(body.channels) : null;
}

function checkChannels(channels: unknown): readonly string[] {
  if (!Array.isArray(channels) || !channels.every((name) => typeof name === 'string'))
    throw invalidArgument((t) => t.channelsWrongType);
  if (channels.length === 0) throw invalidArgument((t) => t.channelsEmpty);
  return [...new Set(channels)];
}
