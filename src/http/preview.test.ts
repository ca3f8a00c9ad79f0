import assert from 'node:assert/strict';
import { test } from 'node:test';
import { texts } from '../texts/texts.ts';
import { MAX_PREVIEW_BYTES } from './routes/preview.ts';
import { jsonOf, startServer } from './test-support.ts';

// Goal: what may be previewed, and the answer's shape. Method: a real server with a `preview` that answers the same.

const { api } = texts.zh;
const previewAt = (url: string, body: string, type = 'application/json') =>
  fetch(`${url}/api/preview`, { method: 'POST', body, headers: { 'content-type': type } });

test('one item for each channel', async (t) => {
  const { url, accepted } = await startServer(t);
  const response = await previewAt(url, JSON.stringify({ msg: '字'.repeat(21_845), to: ['ops'] }));
  const { id: _, ...answer } = await jsonOf(response);
  assert.deepEqual(
    [response.status, answer],
    [
      200,
      {
        code: 'ok',
        msg: 'success',
        items: [
          {
            channel: 'ops',
            provider: 'feishu_bot',
            size: 40_000,
            max: 20_000,
            unit: 'bytes',
            parts: 3,
            fate: 'split',
          },
          {
            channel: 'hook',
            provider: 'webhook',
            size: 4,
            max: null,
            unit: 'code_points',
            parts: 1,
            fate: 'whole',
          },
        ],
      },
    ],
  );
  assert.deepEqual(accepted, []);
});

for (const { name, body, type, want } of [
  { name: 'no msg', body: '{}', want: api.msgRequired },
  { name: 'a blank msg', body: '{"msg":" "}', want: api.msgBlank },
  { name: 'an unknown recipient', body: '{"msg":"a","to":["nobody"]}', want: api.toUnknown('nobody', null) },
  {
    name: 'a form',
    body: 'msg=a',
    type: 'application/x-www-form-urlencoded',
    want: api.contentTypeJson,
  },
  {
    name: 'more than can be previewed',
    body: JSON.stringify({ msg: '字'.repeat(21_846) }),
    want: api.previewTooLong(MAX_PREVIEW_BYTES),
  },
]) {
  test(`preview refuses ${name}`, async (t) => {
    const { url } = await startServer(t);
    const response = await previewAt(url, body, type);
    assert.deepEqual([response.status, (await jsonOf(response)).msg], [400, want]);
  });
}
