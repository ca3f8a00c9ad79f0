import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResolveRecipients } from '../accept/resolve-recipients.ts';
import type { Overflow } from '../core/channel-config.ts';
import { findProvider } from '../providers/registry.ts';
import { createPreview } from './preview.ts';

// Goal: a preview says what the channels would do. Method: real providers, texts around their limits.

const channel = (name: string, providerId: string, overflow: Overflow, channelId: number) => ({
  ref: { name, channelId, endpointId: channelId },
  providerId,
  overflow,
  textLimit: findProvider(providerId)?.textLimit ?? null,
});
const channels = [
  channel('wecom', 'workweixin_bot', 'split', 1),
  channel('wecom-cut', 'workweixin_bot', 'truncate', 2),
  channel('wecom-strict', 'workweixin_bot', 'fail', 3),
  channel('hook', 'webhook', 'split', 4),
];
const preview = createPreview(
  channels,
  createResolveRecipients(channels.map(({ ref }) => ({ ...ref, tags: ['all'] }))),
);

const cases = [
  {
    name: 'short',
    text: '测试 🙂',
    want: [
      ['wecom', 11, 2_048, 'bytes', 1, 'whole'],
      ['wecom-cut', 11, 2_048, 'bytes', 1, 'whole'],
      ['wecom-strict', 11, 2_048, 'bytes', 1, 'whole'],
      ['hook', 4, null, 'code_points', 1, 'whole'],
    ],
  },
  {
    name: 'one byte too long',
    text: 'x'.repeat(2_049),
    want: [
      ['wecom', 2_049, 2_048, 'bytes', 2, 'split'],
      ['wecom-cut', 2_049, 2_048, 'bytes', 1, 'truncate'],
      ['wecom-strict', 2_049, 2_048, 'bytes', 0, 'too_long'],
      ['hook', 2_049, null, 'code_points', 1, 'whole'],
    ],
  },
];
for (const { name, text, want } of cases) {
  test(`preview of a text: ${name}`, async () => {
    const answer = await preview({ text, to: ['all'] });
    assert.equal(answer.kind, 'previews');
    assert.deepEqual(
      answer.kind === 'previews' &&
        answer.previews.map(({ channel, size, max, unit, parts, fate }) => [
          channel,
          size,
          max,
          unit,
          parts,
          fate,
        ]),
      want,
    );
  });
}

test('an unknown recipient is named', async () => {
  assert.deepEqual(await preview({ text: 'a', to: ['nobody'] }), {
    kind: 'unknown_recipient',
    word: 'nobody',
    nearest: null,
  });
});
