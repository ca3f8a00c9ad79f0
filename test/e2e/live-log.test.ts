import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { openEventStream, type StreamEvent } from '../support/event-stream.ts';
import { httpAnswer, type Script, startScriptedServer } from '../support/scripted-server.ts';
import { createWorkplace, postText, startService } from '../support/service.ts';

// Goal: what is seen live is what the log says, over a lost connection and a restart; a failed message can be sent
// again, and says so where a copy may already be there. Method: the real command, a receiver that plays a script.

const answer =
  (status: number): Script =>
  (socket) =>
    socket.write(httpAnswer(status, ''));
const breakOff: Script = (socket) => socket.destroy();
let script: Script = answer(200);
const receiver = await startScriptedServer((socket, request) => script(socket, request));
const place = createWorkplace(`
api.port = 0
delivery.on_uncertain = "hold"
[provider.webhook]
endpoint.url = "http://127.0.0.1:${receiver.port}/"
[channel.other]
provider = "webhook"
endpoint.url = "http://127.0.0.1:${receiver.port}/other"
`);
after(async () => {
  place.remove();
  await receiver.close();
});

/** A test that fails half-way ends its service, and with it its streams. */
async function start(t: TestContext) {
  const service = await startService(place);
  t.after(() => service.process.kill('SIGKILL'));
  return service;
}

interface Change {
  readonly message_id: string;
  readonly id: string;
  readonly channel: string;
  readonly status: string;
}

interface Shown extends Omit<Change, 'message_id'> {
  readonly attempts: readonly { readonly possible_duplicate: boolean }[];
}

/** The event that says so of a delivery of this message. */
const reaches =
  (messageId: string, status: string, deliveryId?: string) => (events: readonly StreamEvent[]) =>
    events.find(({ name, data }) => {
      const change = data as Change;
      return (
        name === 'delivery' &&
        change.message_id === messageId &&
        change.status === status &&
        (deliveryId === undefined || change.id === deliveryId)
      );
    });

async function deliveriesOf(url: string, id: string): Promise<readonly Shown[]> {
  const response = await fetch(`${url}/api/messages/${id}`);
  return ((await response.json()) as { message: { deliveries: Shown[] } }).message.deliveries;
}

async function resend(url: string, id: string, body?: object) {
  const response = await fetch(`${url}/api/messages/${id}/resend`, {
    method: 'POST',
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const { deliveries = [], msg } = (await response.json()) as { deliveries?: Change[]; msg: string };
  return { status: response.status, deliveries, msg };
}

/** A position ends in the number of a change. */
const numberOf = (position: string) => Number(position.split('-')[1]);

const flagsOf = (delivery: Shown | undefined) =>
  delivery?.attempts.map(({ possible_duplicate: flag }) => flag) ?? [];

test('resend after a failure: live, and marked where a copy may be there', { timeout: 60_000 }, async (t) => {
  const service = await start(t);
  const { url } = service;
  const stream = await openEventStream(`${url}/api/events`);
  await stream.until((events) => events[0]);

  script = answer(400);
  const { body: refused } = await postText(url, { msg: 'refused', to: ['webhook'] });
  await stream.until(reaches(refused.id, 'failed'));
  script = answer(200);
  const again = await resend(url, refused.id);
  assert.deepEqual([again.status, again.deliveries.map(({ status }) => status)], [200, ['queued']]);
  await stream.until(reaches(refused.id, 'delivered', again.deliveries[0]?.id));
  const [first, second] = await deliveriesOf(url, refused.id);
  assert.deepEqual([first?.status, second?.status, flagsOf(second)], ['failed', 'delivered', [false]]);
  const nothing = await resend(url, refused.id);
  assert.deepEqual([nothing.status, nothing.deliveries], [400, []]);

  script = breakOff;
  const { body: lost } = await postText(url, { msg: 'lost', to: ['webhook'] });
  await stream.until(reaches(lost.id, 'failed'));
  script = answer(200);
  const copy = await resend(url, lost.id);
  await stream.until(reaches(lost.id, 'delivered', copy.deliveries[0]?.id));
  assert.deepEqual(flagsOf((await deliveriesOf(url, lost.id))[1]), [true]);

  const chosen = await resend(url, lost.id, { channels: ['other', 'webhook'] });
  assert.deepEqual(
    chosen.deliveries.map(({ channel }) => channel),
    ['other', 'webhook'],
  );
  for (const { id } of chosen.deliveries) await stream.until(reaches(lost.id, 'delivered', id));
  const [, , toOther, toSame] = await deliveriesOf(url, lost.id);
  assert.deepEqual([flagsOf(toOther), flagsOf(toSame)], [[false], [true]]);

  const unknown = await resend(url, lost.id, { channels: ['nobody'] });
  assert.equal(unknown.status, 400);
  assert.match(unknown.msg, /nobody/);
  assert.equal((await resend(url, '01ARZ3NDEKTSV4RRFFQ69G5FAV')).status, 404);
  assert.equal(await service.end('SIGTERM'), 0);
  assert.match(service.output(), /webhook\t重发：已加入队列\t.*消息/);
});

test('a client that was away gets what it missed; after a restart it is told to read anew', {
  timeout: 60_000,
}, async (t) => {
  script = answer(200);
  let service = await start(t);
  const first = await openEventStream(`${service.url}/api/events`);
  const hello = await first.until((events) => events[0]);
  first.stop();
  await first.ended;
  const { body: missed } = await postText(service.url, { msg: 'missed' });

  const second = await openEventStream(`${service.url}/api/events`, { 'last-event-id': hello.id });
  for (const { id } of await deliveriesOf(service.url, missed.id))
    await second.until(reaches(missed.id, 'delivered', id));
  const last = second.events.at(-1)?.id ?? '';

  const third = await openEventStream(`${service.url}/api/events?last_event_id=${last}`);
  const { body: seen } = await postText(service.url, { msg: 'seen' });
  await third.until(reaches(seen.id, 'delivered'));
  // The same state may be told twice, but nothing from before the position that was named.
  assert.equal(reaches(missed.id, 'queued')(third.events), undefined);
  assert.ok(third.events.every(({ id }) => numberOf(id) >= numberOf(last)));
  const newest = third.events.at(-1)?.id ?? '';

  assert.equal(await service.end('SIGTERM'), 0);
  await Promise.all([second.ended, third.ended]);
  service = await start(t);
  const fourth = await openEventStream(`${service.url}/api/events`, { 'last-event-id': newest });
  await fourth.until((events) => events.find(({ name }) => name === 'reset'));
  const { body: after } = await postText(service.url, { msg: 'after' });
  await fourth.until(reaches(after.id, 'delivered'));
  assert.equal(await service.end('SIGTERM'), 0);
});
