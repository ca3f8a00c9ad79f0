import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { type TestContext, test } from 'node:test';
import { openClientSandbox } from '../support/client-sandbox.ts';

// Goal: one client for many platforms takes the stand-ins for them. Its Feishu speaks the API of apps, which needs a
// token of its own and is no group robot, so it is left out.

const require = createRequire(import.meta.url);
const { Dingtalk, Discord, WechatRobot } = require('push-all-in-one') as typeof import('push-all-in-one');
/** The copy that the package itself uses. */
const axios = createRequire(require.resolve('push-all-in-one'))('axios') as {
  readonly interceptors: {
    readonly request: {
      use(change: (config: { url: string }) => { url: string }): number;
      eject(id: number): void;
    };
  };
};

/** The hosts are fixed in the package: their requests go to `origin` instead. */
function redirect(t: TestContext, origin: string): void {
  const id = axios.interceptors.request.use((config) => {
    const { pathname, search } = new URL(config.url);
    return { ...config, url: new URL(pathname + search, origin).href };
  });
  t.after(() => axios.interceptors.request.eject(id));
}

test('push-all-in-one: WeCom text and markdown', async (t) => {
  const { sandbox, group, shown } = await openClientSandbox(t, { platform: 'workweixin_bot' });
  redirect(t, sandbox.url);
  const robot = new WechatRobot({
    WECHAT_ROBOT_KEY: new URL(group.endpointUrl).searchParams.get('key') ?? '',
  });
  const { data } = await robot.send('磁盘', '95% "引"');
  assert.deepEqual(data, { errcode: 0, errmsg: 'ok' });
  await robot.send('# 磁盘', '**95%** <@zhangsan>', { msgtype: 'markdown' });
  assert.deepEqual(shown(), [['磁盘\n95% "引"'], ['磁盘\n\n95% @zhangsan', 'zhangsan']]);
  const { data: refusal } = await robot.send('x'.repeat(2_049));
  assert.equal(refusal.errcode, 40058);
});

test('push-all-in-one: signed DingTalk text and markdown', async (t) => {
  const { sandbox, group, shown } = await openClientSandbox(t, { platform: 'dingtalk_bot' });
  redirect(t, sandbox.url);
  const robot = new Dingtalk({
    DINGTALK_ACCESS_TOKEN: new URL(group.endpointUrl).searchParams.get('access_token') ?? '',
    DINGTALK_SECRET: group.secret ?? '',
  });
  const { data } = await robot.send('磁盘', '95%', { msgtype: 'text', at: { isAtAll: true } });
  assert.deepEqual(data, { errcode: 0, errmsg: 'ok' });
  await robot.send('磁盘', '**95%**', { msgtype: 'markdown' });
  assert.deepEqual(shown(), [['磁盘\n95%', 'all'], ['磁盘\n\n95%']]);
});

test('push-all-in-one: Discord, by the address that users copy', async (t) => {
  const { group, shown } = await openClientSandbox(t, { platform: 'discord_bot' });
  const { status } = await new Discord({ DISCORD_WEBHOOK: group.endpointUrl }).send('**磁盘**', '95%', {
    username: 'monitor',
  });
  assert.equal(status, 204);
  assert.deepEqual(shown(), [['磁盘\n95%']]);
});
