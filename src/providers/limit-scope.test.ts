import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findProvider, providers } from './registry.ts';

// Goal: addresses share limits exactly when the platform counts them as one. Method: a table for each platform.

interface Spellings {
  /** As the platform gives it out, or as its documents write it. */
  readonly usual: string;
  /** The same to the platform. */
  readonly same: readonly string[];
  readonly different: readonly string[];
}

const table: Readonly<Record<string, readonly Spellings[]>> = {
  workweixin_bot: [
    {
      usual: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a-1B',
      same: [
        'HTTPS://QYAPI.weixin.qq.com:443/cgi-bin/webhook/send?key=0a-1B#',
        'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?debug=1&key=0a-1B&',
        'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a-1B&key=0a-1B',
        'https://qyapi.weixin.qq.com/cgi-bin/x/../webhook/send?%6bey=0a%2D1B#key=other',
        'https://qyapi.weixin.qq.com./cgi-bin/webhook/%73end?key=0a-1B',
        'http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a-1B',
        'https://user:password@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a-1B',
      ],
      different: [
        'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a-1C',
        'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a-1b',
        'https://qyapi.weixin.qq.com/cgi-bin/webhook/send',
        'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?KEY=0a-1B',
        'https://proxy.test/cgi-bin/webhook/send?key=0a-1B',
        'https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=0a-1B',
      ],
    },
    {
      usual: 'http://proxy.test:8080/wecom/cgi-bin/webhook/send?key=k',
      same: ['http://PROXY.test:8080/wecom/cgi-bin/webhook/send?x=&key=k'],
      different: [
        'https://proxy.test:8080/wecom/cgi-bin/webhook/send?key=k',
        'http://proxy.test/wecom/cgi-bin/webhook/send?key=k',
        'http://proxy.test:8080/other/cgi-bin/webhook/send?key=k',
      ],
    },
    {
      // No address of the platform: a relay may tell groups apart by anything.
      usual: 'https://relay.test/send?key=k&group=a',
      same: ['https://relay.test:443/send?key=k&group=a#b'],
      different: ['https://relay.test/send?key=k&group=b'],
    },
  ],
  feishu_bot: [
    {
      usual: 'https://open.feishu.cn/open-apis/bot/v2/hook/aB-1',
      same: [
        'https://OPEN.feishu.cn:443/open-apis/bot/v2/hook/aB-1?#x',
        'https://open.feishu.cn/open-apis/bot/v2/hook/aB-1?from=ops&a=b',
        'https://open.feishu.cn/open-apis/bot/v2/hook/aB%2D1',
        'http://open.feishu.cn/open-apis/bot/v2/hook/aB-1',
      ],
      different: [
        'https://open.feishu.cn/open-apis/bot/v2/hook/aB-2',
        'https://open.feishu.cn/open-apis/bot/v2/hook/ab-1',
        'https://open.larksuite.com/open-apis/bot/v2/hook/aB-1',
        'https://open.feishu.cn/open-apis/bot/v2/hook/aB-1/',
      ],
    },
  ],
  dingtalk_bot: [
    {
      usual: 'https://oapi.dingtalk.com/robot/send?access_token=0a1b',
      same: [
        'https://oapi.dingtalk.com/robot/send?timestamp=1&sign=a%2Bb%3D&access_token=0a1b',
        'https://oapi.dingtalk.com/robot/send?access_token=0a1b&sign=c&timestamp=2',
        'https://Oapi.DingTalk.com:443/robot/send?access_token=0a1b#',
        'http://oapi.dingtalk.com/robot/send?access_token=0a1b',
      ],
      different: [
        'https://oapi.dingtalk.com/robot/send?access_token=0a1c',
        'https://oapi.dingtalk.com/robot/send?token=0a1b',
        'https://dingtalk.proxy.test/robot/send?access_token=0a1b',
      ],
    },
  ],
  slack_bot: [
    {
      usual: 'https://hooks.slack.com/services/T0/B0/aB1',
      same: [
        'https://hooks.slack.com/services/T0/B0/aB1?x=1',
        'https://HOOKS.slack.com:443/services/T0/B0/aB1?#',
        'http://hooks.slack.com/services/T0/B0/aB1',
      ],
      different: [
        'https://hooks.slack.com/services/T0/B0/aB2',
        'https://hooks.slack.com/services/T0/B1/aB1',
        'https://hooks.slack-gov.com/services/T0/B0/aB1',
      ],
    },
  ],
  discord_bot: [
    {
      usual: 'https://discord.com/api/webhooks/1/tok-en_',
      same: [
        'https://discord.com/api/v10/webhooks/1/tok-en_',
        'https://discord.com/api/v6/webhooks/1/tok-en_?wait=true',
        'https://discord.com/api/webhooks/1/tok-en_?wait=false&thread_id=42',
        'https://discord.com/api/webhooks/1/tok-en_?thread_id=43&wait=true#x',
        'https://discord.com/api/webhooks/1/tok-en_/',
        'https://discord.com/api/webhooks/1/tok-en_/slack',
        'https://discord.com/api/v10/webhooks/1/tok-en_/github?x',
        'https://discordapp.com/api/webhooks/1/tok-en_',
        'https://PTB.discord.com:443/api/webhooks/1/tok-en_',
        'http://canary.discord.com/api/v9/webhooks/%31/tok%2Den%5F',
      ],
      different: [
        'https://discord.com/api/webhooks/2/tok-en_',
        'https://discord.com/api/webhooks/1/TOK-en_',
        'https://discord.com/api/webhooks/1/tok-en_/messages/5',
        'https://proxy.test/api/webhooks/1/tok-en_',
        'https://notdiscord.com/api/webhooks/1/tok-en_',
      ],
    },
    {
      usual: 'http://127.0.0.1:8080/x/api/webhooks/1/tok',
      same: ['http://127.1:8080/x/api/v10/webhooks/1/tok?wait=true'],
      different: ['http://127.0.0.1:8080/y/api/webhooks/1/tok', 'http://127.0.0.1:8081/x/api/webhooks/1/tok'],
    },
    {
      usual: 'https://relay.test/hook?group=a',
      same: [],
      different: ['https://relay.test/hook?group=b', 'https://relay.test/hook'],
    },
  ],
  mattermost_bot: [
    {
      usual: 'https://chat.example.org/team/hooks/a1b2',
      same: [
        'https://chat.example.org:443/team/hooks/a1b2?x=1',
        'https://CHAT.example.org/team/hooks/a1b2?#',
      ],
      different: [
        'https://chat.example.org/team/hooks/a1b3',
        'https://chat.example.org/hooks/a1b2',
        'https://other.example.org/team/hooks/a1b2',
        'https://chat.example.org:8065/team/hooks/a1b2',
        'http://chat.example.org/team/hooks/a1b2',
      ],
    },
    { usual: 'http://10.0.0.5:8065/hooks/a1b2', same: ['http://10.0.0.5:8065/hooks/a1b2#'], different: [] },
  ],
  telegram_bot: [
    {
      usual: 'https://api.telegram.org/bot1:aB-_/sendMessage?chat_id=-1001',
      same: [
        'https://api.telegram.org/bot1:aB-_/sendMessage?chat_id=-1001&message_thread_id=5',
        'https://api.telegram.org/bot1:aB-_/sendMessage?message_thread_id=6&chat_id=-1001#5',
        'https://api.telegram.org/bot1:aB-_/sendMessage?disable_notification=true&chat_id=%2D1001',
        'https://api.telegram.org/bot1%3AaB-_/sendmessage?chat_id=-1001&',
        // As we send it: the last one counts.
        'https://api.telegram.org/bot1:aB-_/sendMessage?chat_id=-1002&chat_id=-1001',
        'https://API.telegram.org:443/bot1:aB-_/SENDMESSAGE?chat_id=-1001',
      ],
      different: [
        'https://api.telegram.org/bot1:aB-_/sendMessage?chat_id=-1002',
        'https://api.telegram.org/bot1:aB-_/sendMessage?chat_id=1001',
        'https://api.telegram.org/bot1:aB-_/sendMessage',
        'https://api.telegram.org/bot1:ab-_/sendMessage?chat_id=-1001',
        'https://api.telegram.org/bot2:aB-_/sendMessage?chat_id=-1001',
        // Others would answer that the address is wrong, which stops the endpoint until it is put right.
        'https://api.telegram.org/bot1:aB-_/sendMesage?chat_id=-1001',
        'https://api.telegram.org/bot1:aB-_/test/sendMessage?chat_id=-1001',
        'http://localhost:8081/bot1:aB-_/sendMessage?chat_id=-1001',
      ],
    },
    {
      usual: 'https://api.telegram.org/bot1:a/sendMessage?chat_id=@alerts_1',
      same: [
        'https://api.telegram.org/bot1:a/sendMessage?chat_id=%40alerts_1',
        'https://api.telegram.org/bot1:a/sendMessage?chat_id=@Alerts_1&message_thread_id=5',
      ],
      different: ['https://api.telegram.org/bot1:a/sendMessage?chat_id=@alerts_2'],
    },
  ],
  webhook: [
    {
      usual: 'https://example.org/hook?b=2&a=1',
      same: ['HTTPS://Example.org:443/x/../hook?b=2&a=1#c', 'https://example.org/hook?b=2&a=1#'],
      different: [
        'https://example.org/hook?a=1&b=2',
        'https://example.org/hook?b=2',
        'https://example.org/hook/?b=2&a=1',
        'http://example.org/hook?b=2&a=1',
        'https://user:password@example.org/hook?b=2&a=1',
      ],
    },
    {
      usual: 'https://example.org/hook',
      same: ['https://example.org/hook?', 'https://example.org/hook?#'],
      different: ['https://example.org/Hook', 'https://example.org/hook?a'],
    },
  ],
};

for (const { id, exampleUrl, limitScope } of providers) {
  const rows = table[id] ?? [];

  test(`${id}: the usual spelling of an address is its own scope, so that stores in use keep their windows`, () => {
    assert.ok(rows.length > 0);
    for (const usual of [exampleUrl, ...rows.map((row) => row.usual)]) assert.equal(limitScope(usual), usual);
  });

  for (const { usual, same, different } of rows) {
    for (const url of same)
      test(`${id}: ${url} has the limits of ${usual}`, () =>
        assert.equal(limitScope(url), limitScope(usual)));
    for (const url of different)
      test(`${id}: ${url} has limits of its own`, () => assert.notEqual(limitScope(url), limitScope(usual)));
  }

  test(`${id}: what is no URL stays as it is`, () => {
    for (const text of ['', 'x', 'https://', 'https://[::1/', '://?#', 'https://a b/%'])
      assert.equal(limitScope(text), text);
  });

  // Whatever somebody has configured: it never throws, and what makes no difference is left out all at once.
  test(`${id}: any text has a scope, which is its own scope`, () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('%', '%2', '%25', '%ff', '%2F', '\ud83d', '@', '/', '?', '#', '&', '=', '..', ':'),
      fc.constantFrom(...rows.flatMap(({ usual }) => usual.split(/(?=[/?&])/))),
    );
    const address = fc
      .tuple(fc.constantFrom(...rows.map(({ usual }) => usual)), fc.array(piece, { maxLength: 6 }))
      .map(([usual, pieces]) => usual + pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), address), (url) => {
        const scope = limitScope(url);
        assert.equal(limitScope(scope), scope);
      }),
      { numRuns: 300 },
    );
  });
}

test('every platform is in the table', () => {
  for (const id of Object.keys(table)) assert.ok(findProvider(id), id);
});
