import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { sandboxConfigToml } from '../src/sandbox/config-toml.ts';
import { startSandbox } from '../src/sandbox/server.ts';
import { launchChromium } from '../test/support/browser.ts';
import { createWorkplace, eventually, postText, startService } from '../test/support/service.ts';

// Makes the pictures of the READMEs: the real command, the stand-ins of the platforms, an hour as it may be.

const folder = join(import.meta.dirname, '../docs/images');
mkdirSync(folder, { recursive: true });

interface Story {
  readonly locale: string;
  readonly suffix: string;
  /** In order of acceptance; `to` where it is not for everybody. */
  readonly messages: readonly { readonly msg: string; readonly to?: readonly string[] }[];
  /** Stands on /send, not yet sent. */
  readonly draft: string;
}

const STORIES: readonly Story[] = [
  {
    locale: 'zh-CN',
    suffix: '',
    messages: [
      { msg: '【发布】订单服务 v2.14.0 开始灰度，10% 流量' },
      {
        msg: '【备份】数据库 orders 全量备份完成，用时 18 分钟，大小 42.6 GB',
        to: ['feishu_bot', 'slack_bot'],
      },
      { msg: '【告警】db-3 磁盘使用率 91%，超过阈值 85%\n挂载点 /var/lib/mysql，预计 6 小时后写满' },
      {
        msg: '【日报】昨日订单 12,834 笔，成交额 ¥1,926,400，退款率 0.8%',
        to: ['workweixin_bot', 'dingtalk_bot'],
      },
      { msg: '【发布】订单服务 v2.14.0 全量完成，错误率 0.02%' },
      {
        msg: '【告警】支付回调延迟 P99 = 3.2 s，持续 5 分钟',
        to: ['workweixin_bot', 'feishu_bot', 'pagers'],
      },
      {
        msg: '【恢复】支付回调延迟已恢复正常，P99 = 180 ms',
        to: ['workweixin_bot', 'feishu_bot', 'dingtalk_bot', 'pagers'],
      },
      { msg: '【证书】api.example.com 的证书将在 7 天后到期，请续期', to: ['workweixin_bot', 'audit'] },
    ],
    draft:
      '【维护通知】今晚 23:00–23:30 数据库主从切换\n期间下单和支付会短暂不可用，请提前告知客户。\n值班：李雷 138****0000',
  },
  {
    locale: 'en-US',
    suffix: '.en',
    messages: [
      { msg: '[deploy] orders v2.14.0: canary at 10 % of traffic' },
      { msg: '[backup] database orders: full backup done, 18 min, 42.6 GB', to: ['feishu_bot', 'slack_bot'] },
      { msg: '[alert] db-3: disk 91 % full, threshold 85 %\n/var/lib/mysql, full in about 6 hours' },
      { msg: '[daily] 12,834 orders, $264,900, refund rate 0.8 %', to: ['slack_bot', 'mattermost_bot'] },
      { msg: '[deploy] orders v2.14.0: rolled out everywhere, error rate 0.02 %' },
      {
        msg: '[alert] payment callbacks: p99 3.2 s for 5 minutes',
        to: ['slack_bot', 'discord_bot', 'pagers'],
      },
      {
        msg: '[resolved] payment callbacks: p99 180 ms',
        to: ['slack_bot', 'discord_bot', 'dingtalk_bot', 'pagers'],
      },
      { msg: '[certificate] api.example.com expires in 7 days, please renew', to: ['slack_bot', 'audit'] },
    ],
    draft:
      '[maintenance] tonight 23:00–23:30: database switchover\nOrders and payments pause for a moment; please tell your customers.\nOn call: Sam',
  },
];

for (const { locale, suffix, messages, draft } of STORIES) {
  const sandbox = await startSandbox();
  // A pager that is down, and an archive whose address was revoked.
  const place = createWorkplace(`api.port = 0
${sandboxConfigToml(sandbox)}
[channel.pagers]
provider = "webhook"
endpoint.url = "http://127.0.0.1:9/"
[channel.audit]
provider = "slack_bot"
endpoint.url = "${sandbox.url}services/T0/B0/revoked"
`);
  const service = await startService(place);
  const browser = await launchChromium();
  try {
    const fault = { group: null, delayMs: 0, headers: {}, taken: false, status: 200 } as const;
    for (const { msg, to } of messages) {
      if (/恢复|resolved/.test(msg)) {
        const body =
          '{"errcode":310000,"errmsg":"keywords not in content, more: [https://open.dingtalk.com/document]"}';
        sandbox.addFault({ ...fault, kind: 'status', platform: 'dingtalk_bot', body }, 1);
      }
      await postText(
        service.url,
        to === undefined ? { msg, to: sandbox.groups.map(({ platform }) => platform) } : { msg, to },
      );
      await eventually('nothing is on its way', async () => {
        const answer = await fetch(`${service.url}/api/messages`);
        const { items } = (await answer.json()) as { items: { deliveries: { status: string }[] }[] };
        const statuses = items.flatMap(({ deliveries }) => deliveries.map(({ status }) => status));
        return statuses.every((status) => status !== 'queued' && status !== 'sending') || undefined;
      });
    }
    const page = await browser.newPage({
      locale,
      viewport: { width: 1280, height: 800 },
      colorScheme: 'light',
    });
    await page.goto(`${service.url}/log`);
    await page
      .locator('tbody tr')
      .nth(messages.length - 1)
      .waitFor();
    await page.locator('.chart canvas').waitFor();
    await shoot(page, `log${suffix}`);

    await page.goto(`${service.url}/send`);
    await page.locator('.picks li').first().waitFor();
    const text = page.locator('.message-text');
    await text.fill(messages[4]?.msg ?? '');
    await text.press('Control+Enter');
    await page.locator('.sent > li').waitFor();
    await text.fill(draft);
    await page.locator('.picks .size').first().waitFor();
    await page
      .locator('.standings .tag.good')
      .nth(sandbox.groups.length - 1)
      .waitFor();
    await shoot(page, `send${suffix}`);
  } finally {
    await browser.close();
    await service.end('SIGTERM');
    place.remove();
    await sandbox.close();
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.locator('.live.live').waitFor();
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement.blur()');
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
