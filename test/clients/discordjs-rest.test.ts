import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { DiscordAPIError, REST } from '@discordjs/rest';
import { type ClientSandbox, openClientSandbox, planFault } from '../support/client-sandbox.ts';

// Goal: discord.js takes the stand-in for Discord, and keeps its pace by the headers that it gets.

// Once for the file: connections outlive a test, and with them timers that they clear.
mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });

const discord = { platform: 'discord_bot' } as const;

interface Client {
  /** Executes the webhook and waits for the message. */
  post(body: object): Promise<unknown>;
  /** How long the client chose to wait, each time, in ms. */
  readonly waits: readonly number[];
}

/** A client whose waits cost no time: they are over at once, for it and for the stand-in. */
function openClient({ sandbox, clock, group }: ClientSandbox): Client {
  const waits: number[] = [];
  const rest = new REST({
    api: `${sandbox.url}api`,
    // Its margin of safety: without one it is the headers alone that keep it out of trouble.
    offset: 0,
    hashSweepInterval: 0,
    handlerSweepInterval: 0,
    rejectOnRateLimit({ retryAfter }) {
      waits.push(retryAfter);
      // By then the client has set its timer.
      setImmediate(() => {
        clock.step(retryAfter);
        mock.timers.tick(retryAfter);
      });
      return false;
    },
  });
  const route = new URL(group.endpointUrl).pathname.replace('/api', '') as `/${string}`;
  const query = new URLSearchParams({ wait: 'true' });
  return { waits, post: (body) => rest.post(route, { body, query, auth: false }) };
}

test('@discordjs/rest: a message comes back, and pings only whom it may', async (t) => {
  const opened = await openClientSandbox(t, discord);
  const { post } = openClient(opened);
  const content = '**磁盘** 95% @everyone <@42>';
  const message = await post({ content, allowed_mentions: { parse: [] } });
  assert.partialDeepStrictEqual(message, { content, webhook_id: '100000000000000005' });
  await post({ content, allowed_mentions: { parse: ['everyone'] } });
  await post({ content, allowed_mentions: { users: ['42'] } });
  await post({ content: '', embeds: [{ title: 't', description: 'd' }] });
  const display = '磁盘 95% @everyone @42';
  assert.deepEqual(opened.shown(), [[display], [display, 'everyone'], [display, '42'], ['t\nd']]);
});

test('@discordjs/rest: twelve messages at once, and no refusal', async (t) => {
  const opened = await openClientSandbox(t, discord);
  const { post, waits } = openClient(opened);
  await Promise.all(Array.from({ length: 12 }, (_, n) => post({ content: `${n}` })));
  assert.deepEqual(
    opened.arrivals().map(({ verdict, posts }) => `${verdict} ${posts[0]?.display}`),
    Array.from({ length: 12 }, (_, n) => `shown ${n}`),
  );
  // Five in two seconds.
  assert.deepEqual(waits, [2_000, 2_000]);
});

test('@discordjs/rest: after a 429 the message is sent again when its time has come', async (t) => {
  const opened = await openClientSandbox(t, discord);
  const { post, waits } = openClient(opened);
  planFault(opened.sandbox, 'limit');
  await post({ content: 'a' });
  assert.deepEqual(
    opened.arrivals().map(({ status }) => status),
    [429, 200],
  );
  assert.deepEqual(waits, [2_000]);
});

test('@discordjs/rest: the errors of Discord', async (t) => {
  const opened = await openClientSandbox(t, discord);
  const { post } = openClient(opened);
  const refusals = [
    {
      body: { content: 'x'.repeat(2_001) },
      code: 50035,
      words: /content\[BASE_TYPE_MAX_LENGTH\]: Must be 2000/,
    },
    { body: { content: ' ' }, code: 50006, words: /Cannot send an empty message/ },
    {
      body: { content: 'a', username: 'clyde' },
      code: 50035,
      words: /username\[USERNAME_INVALID_CONTAINS\]/,
    },
  ];
  for (const { body, code, words } of refusals) {
    await assert.rejects(post(body), (error) => {
      assert.ok(error instanceof DiscordAPIError);
      assert.equal(error.code, code);
      assert.match(error.message, words);
      return true;
    });
  }
});
