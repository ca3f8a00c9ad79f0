import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IncomingWebhook, IncomingWebhookHTTPError } from '@slack/webhook';
import { openClientSandbox, planFault } from '../support/client-sandbox.ts';

// Goal: Slack's own client takes the stand-in for Slack.

const slack = { platform: 'slack_bot' } as const;
const quickRetries = { retryConfig: { retries: 3, minTimeout: 1, maxTimeout: 1 } };

test('@slack/webhook: text, mrkdwn and blocks', async (t) => {
  const { clock, group, shown } = await openClientSandbox(t, slack);
  const webhook = new IncomingWebhook(group.endpointUrl);
  assert.deepEqual(await webhook.send('磁盘 95%'), { text: 'ok' });
  clock.step(1_000);
  await webhook.send({ text: '*a* <!here> &lt;b&gt; <https://x.test|c>' });
  clock.step(1_000);
  const text = { type: 'mrkdwn' as const, text: '_d_ @channel', verbatim: true };
  await webhook.send({ text: 'only in the notification', blocks: [{ type: 'section', text }] });
  assert.deepEqual(shown(), [['磁盘 95%'], ['a @here <b> c', 'here'], ['d @channel']]);
});

test('@slack/webhook: 429 ends a send at once, and the next second is free again', async (t) => {
  const { clock, group, arrivals } = await openClientSandbox(t, slack);
  const webhook = new IncomingWebhook(group.endpointUrl, quickRetries);
  await webhook.send('a');
  await assert.rejects(webhook.send('b'), (error) => {
    assert.ok(error instanceof IncomingWebhookHTTPError);
    assert.equal(error.statusCode, 429);
    assert.equal(error.body, '{"retry_after":1,"ok":false,"error":"rate_limited"}');
    return true;
  });
  clock.step(1_000);
  await webhook.send('c');
  assert.deepEqual(
    arrivals().map(({ verdict }) => verdict),
    ['shown', 'refused', 'shown'],
  );
});

test('@slack/webhook: a server fault is tried again, a revoked webhook is not', async (t) => {
  const { sandbox, group, arrivals } = await openClientSandbox(t, slack);
  planFault(sandbox, 'fail');
  await new IncomingWebhook(group.endpointUrl, quickRetries).send('a');
  await assert.rejects(new IncomingWebhook(`${group.endpointUrl}x`, quickRetries).send('b'), {
    statusCode: 403,
    body: 'invalid_token',
  });
  assert.deepEqual(
    arrivals().map(({ status }) => status),
    [500, 200, 403],
  );
});
