import type { FastifyInstance } from 'fastify';
import type { UnknownRecipient } from '../../accept/resolve-recipients.ts';
import type { TextUnit } from '../../core/text-unit.ts';
import { envelope, sendJson } from '../answer.ts';
import { invalidArgument } from '../api-error.ts';
import { requireJson } from '../media-type.ts';
import { shownWord } from '../nearest-word.ts';
import { readBody } from '../read-body.ts';
import type { TEXT_FATES } from '../schemas.ts';
import { parseTextBody, type TextInput } from '../text-body.ts';

/**
 * A longer text is not previewed: at this size the dearest split (Mattermost, nothing but markup) takes 70 ms of the
 * event loop, at 1 MiB more than 2 s.
 */
export const MAX_PREVIEW_BYTES = 65_536;

/** What a channel would make of a text. */
export interface TextPreview {
  readonly channel: string;
  readonly provider: string;
  /** In `unit`; code points where the platform states no limit. */
  readonly size: number;
  /** null: the platform states no limit. */
  readonly max: number | null;
  readonly unit: TextUnit;
  /** Requests that would be sent; 0 when it is too long. */
  readonly parts: number;
  readonly fate: (typeof TEXT_FATES)[number];
}

export type PreviewAnswer =
  | { readonly kind: 'previews'; readonly previews: readonly TextPreview[] }
  | UnknownRecipient;

export type Preview = (input: TextInput) => Promise<PreviewAnswer>;

export interface PreviewDeps {
  readonly preview: Preview;
  readonly bodyLimitBytes: number;
  readonly nextId: () => string;
}

/** `POST /api/preview`: what the platforms' limits make of a text. Nothing is stored. */
export function registerPreview(
  app: FastifyInstance,
  { preview, bodyLimitBytes, nextId }: PreviewDeps,
): void {
  app.post('/preview', async ({ raw }, reply) => {
    requireJson(raw.headers);
    const input = parseTextBody('json', await readBody(raw, reply.raw, bodyLimitBytes));
    if (Buffer.byteLength(input.text) > MAX_PREVIEW_BYTES)
      throw invalidArgument((t) => t.previewTooLong(MAX_PREVIEW_BYTES));
    const answer = await preview(input);
    if (answer.kind === 'unknown_recipient')
      throw invalidArgument((t) => t.toUnknown(shownWord(answer.word), answer.nearest));
    sendJson(reply, envelope(raw, nextId(), 'ok', 'success', { items: answer.previews }));
    return reply;
  });
}
