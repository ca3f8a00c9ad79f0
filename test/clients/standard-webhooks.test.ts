import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { createChannel } from '../../src/channel/channel.ts';
import { createTransport } from '../../src/channel/http-client.ts';
import type { EndpointConfig } from '../../src/core/channel-config.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import { webhook } from '../../src/providers/webhook.ts';
import { openClientSandbox } from '../support/client-sandbox.ts';
import { testChannel } from '../support/test-channel.ts';

// Goal: a receiver that checks with the reference library of Standard Webhooks accepts what we sign, and the stand-in
// accepts what that library signs.

const SECRET = `whsec_${Buffer.from('thirty-two bytes for the receiver').toString('base64')}`;
const TEXT = '磁盘 95% "引" & <b> 👩‍🚒\n第二行';

interface Received {
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Sends one message through our channel to a plain HTTP server. */
async function sendAndReceive(
  t: TestContext,
  endpoint: Partial<Pick<EndpointConfig, 'method' | 'contentType'>>,
  clock: Clock = systemClock,
): Promise<Received> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request, (chunk: Buffer) => chunk);
    const body = Buffer.concat(chunks).toString();
    received.push({ target: request.url ?? '', headers: flat(request.headers), body });
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = createTransport();
  t.after(() => {
    transport.close();
    server.close();
  });
  const config = testChannel({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in?a=1` });
  const channel = createChannel(
    { ...config, endpoint: { ...config.endpoint, secret: new Secret(SECRET), ...endpoint } },
    { provider: webhook, clock, transport, timeoutMs: 2_000 },
  );
  const { outcome } = await channel.send({
    messageId: '01K5V3M4N5P6Q7R8S9T0V1W2X3',
    text: TEXT,
    partIndex: 0,
  });
  assert.equal(outcome.kind, 'ok');
  assert.ok(received[0] && received.length === 1);
  return received[0];
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

const receiver = new Webhook(SECRET);

test('standardwebhooks verifies our JSON body, and no other', async (t) => {
  const { headers, body } = await sendAndReceive(t, {});
  assert.deepEqual(receiver.verify(body, headers), {
    id: '01K5V3M4N5P6Q7R8S9T0V1W2X3',
    msg_type: 'text',
    msg: TEXT,
  });
  assertRefused(body.replace('95', '96'), headers);
  assertRefused(`${body} `, headers);
  assertRefused(body, { ...headers, 'webhook-id': `${headers['webhook-id']}-2` });
  const other = new Webhook(Buffer.from('another key of thirty-two bytes!!').toString('base64'));
  assert.throws(() => other.verify(body, headers), WebhookVerificationError);
});

test('standardwebhooks verifies our form body, and no other', async (t) => {
  const { headers, body } = await sendAndReceive(t, { contentType: 'form' });
  receiver.verify(body, headers, { jsonParse: false });
  assert.equal(new URLSearchParams(body).get('msg'), TEXT);
  assertRefused(body.replace('msg=', 'msg=x'), headers);
});

// What is signed is the body, so the query of a GET is not: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-09)
test('standardwebhooks verifies the empty body of our GET', async (t) => {
  const { target, headers, body } = await sendAndReceive(t, { method: 'GET' });
  assert.equal(body, '');
  assert.equal(new URL(target, 'http://receiver').searchParams.get('msg'), TEXT);
  receiver.verify(body, headers);
  assertRefused('x', headers);
});

test('standardwebhooks refuses what was signed six minutes ago', async (t) => {
  const late: Clock = { ...systemClock, wallMs: () => Date.now() - 360_000 };
  const { headers, body } = await sendAndReceive(t, {}, late);
  assert.throws(() => receiver.verify(body, headers), /Message timestamp too old/);
});

test('the stand-in verifies what standardwebhooks signs', async (t) => {
  const { clock, group, arrivals } = await openClientSandbox(t, { platform: 'webhook', secret: SECRET });
  const body = JSON.stringify({ msg: TEXT });
  const now = new Date(clock.wallMs());
  const headers = {
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': `v1,b2xk ${receiver.sign('msg_1', now, body)}`,
  };
  assert.equal((await fetch(group.endpointUrl, { method: 'POST', headers, body })).status, 200);
  assert.equal((await fetch(group.endpointUrl, { method: 'POST', headers, body: `${body} ` })).status, 401);
  assert.deepEqual(
    arrivals().map(({ verdict, posts }) => [verdict, posts[0]?.display]),
    [
      ['shown', TEXT],
      ['refused', undefined],
    ],
  );
});

function assertRefused(body: string, headers: Record<string, string>): void {
  assert.throws(() => receiver.verify(body, headers, { jsonParse: false }), WebhookVerificationError);
}
