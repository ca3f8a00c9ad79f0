import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { pages as en } from '../../src/texts/en/pages.ts';
import { pages as zh } from '../../src/texts/zh/pages.ts';
import { browserTest } from '../support/browser.ts';
import { breaksOff, refuses, startPagesService, takes } from '../support/pages-service.ts';
import { eventually, postText } from '../support/service.ts';

// Goal: /log tells at a glance whether a message arrived and why not, live, and lets one do something about it. Method:
// the real command, receivers that answer as told, Chromium. Each test has messages with words of their own.

const pages = await startPagesService(
  (urlOf) => `
api.port = 0
delivery.on_uncertain = "hold"
delivery.retry.count = 0
[channel.alerts]
provider = "webhook"
endpoint.url = "${urlOf('alerts')}"
[channel.orders]
provider = "webhook"
endpoint.url = "${urlOf('orders')}"
[channel.flood]
provider = "webhook"
endpoint.url = "${urlOf('flood')}"
rate_limit.rate.frequency = 0
[channel.revoked]
provider = "webhook"
endpoint.url = "${urlOf('revoked')}"
`,
);
const { url } = pages.service;
after(pages.close);

/** More channels than the strip shows at first; those in trouble are the last of them. */
const CROWD = [...Array.from({ length: 10 }, (_, index) => `calm-${index + 1}`), 'failing', 'banned', 'gone'];
const crowd = await startPagesService(
  (urlOf) => `
api.port = 0
delivery.retry.count = 0
${CROWD.map((name) => `[channel.${name}]\nprovider = "webhook"\nendpoint.url = "${urlOf(name)}"`).join('\n')}
`,
);
after(crowd.close);
crowd.answer('failing', refuses(500));
crowd.answer('banned', (response) => response.writeHead(429, { 'retry-after': '3600' }).end());
crowd.answer('gone', refuses(410));
await postText(crowd.service.url, { msg: '发给所有通道' });
await eventually('the revoked channel is stopped', async () => {
  const answer = await fetch(`${crowd.service.url}/api/channels`);
  const { items } = (await answer.json()) as { items: { state: string }[] };
  return items.some(({ state }) => state === 'stopped') || undefined;
});
/** Never tried on the channel that is stopped. */
const { body: sentLater } = await postText(crowd.service.url, { msg: '停用以后发给所有通道' });

async function post(msg: string, ...to: string[]): Promise<string> {
  const { status, body } = await postText(url, { msg, to });
  assert.equal(status, 200, body.msg);
  return body.id;
}

const rowOf = (page: Page, text: string) => page.locator('tbody tr', { hasText: text });
const linkOf = (page: Page, text: string) => rowOf(page, text).getByRole('link');
const drawerOf = (page: Page) => page.getByRole('dialog', { name: zh.message.title });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const statusOf = (page: Page, channel: string, status: keyof typeof zh.status) =>
  page.getByRole('article', { name: zh.log.chip(channel, zh.status[status]) });
const isLive = (page: Page) => page.locator('.live.live').waitFor();

/** Holds the page's next question for messages until it may be answered; other filters are not held. */
async function holdHead(page: Page) {
  const asked = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await page.route(
    (to) => to.pathname === '/api/messages',
    async (route) => {
      asked.resolve();
      await mayAnswer.promise;
      await route.fulfill({ response: await route.fetch() });
      answered.resolve();
    },
    { times: 1 },
  );
  return {
    isAsked: asked.promise,
    /** The page has the answer and had the time to show it. */
    async answer(): Promise<void> {
      mayAnswer.resolve();
      await answered.promise;
      await page.waitForTimeout(300);
    },
  };
}

/**
 * Posts until the page asks for what is held: a read that was on its way before may bring a message too, and then nothing
 * else is asked for.
 *
 * @returns the text that the held answer is the first to bring.
 */
async function postUntilAsked(head: Awaited<ReturnType<typeof holdHead>>, text: string): Promise<string> {
  for (let n = 1; n <= 5; n++) {
    await post(`${text} ${n}`, 'alerts');
    const isAsked = await Promise.race([head.isAsked.then(() => true), sleep(3_000, false)]);
    if (isAsked) return `${text} ${n}`;
  }
  return assert.fail('the page never asked');
}

async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field, exact: true }).click();
  await page.locator('.ant-select-item-option', { hasText: option }).filter({ visible: true }).click();
}

/** Texts of the rows, first to last, once there are any. */
async function rows(page: Page): Promise<string[]> {
  await page.locator('tbody tr').first().waitFor();
  return page.locator('tbody tr td.message').allTextContents();
}

browserTest('what is sent on /send shows there and, live, on a /log that is open', {}, async ({ open }) => {
  const log = await open(`${url}/log`);
  await isLive(log);
  await log.evaluate('globalThis.sameLoad = true');
  const send = await open(`${url}/send`);
  await send.getByRole('textbox', { name: zh.send.text }).fill('机房温度 41 ℃\n第二行');
  await button(send, zh.send.submit).click();
  const result = send.locator('.sent > li', { hasText: '机房温度' });
  for (const channel of ['alerts', 'orders', 'flood'])
    await result.locator('.standings li', { hasText: channel }).getByText(zh.status.delivered).waitFor();

  await rowOf(log, '机房温度 41 ℃').locator('.chip.good', { hasText: 'alerts' }).waitFor();
  assert.equal(await log.evaluate('globalThis.sameLoad'), true);

  await result.getByRole('link', { name: zh.send.viewLog }).click();
  await drawerOf(send).getByText('第二行').waitFor();
});

browserTest(
  'the drawer opens by click and by keyboard, closes, and has a permalink',
  { expectedOnConsole: /^Failed to load resource: .* 404/ },
  async ({ open }) => {
    const id = await post('磁盘使用率 91%', 'alerts');
    const page = await open(`${url}/log`);
    await linkOf(page, '磁盘使用率').click();
    await statusOf(page, 'alerts', 'delivered').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('message'), id);
    await page.keyboard.press('Escape');
    await drawerOf(page).waitFor({ state: 'hidden' });
    assert.equal(new URL(page.url()).search, '');

    await linkOf(page, '磁盘使用率').focus();
    await page.keyboard.press('Enter');
    await drawerOf(page).waitFor();
    await eventually('the focus goes into the drawer', () =>
      page
        .evaluate<boolean>("document.activeElement.closest('.ant-drawer') !== null")
        .then((is) => is || undefined),
    );
    await drawerOf(page).getByRole('button', { name: zh.close, exact: true }).focus();
    await page.keyboard.press('Enter');
    await drawerOf(page).waitFor({ state: 'hidden' });
    await eventually('the focus comes back to the row', () =>
      page
        .evaluate<boolean>("document.activeElement.closest('tbody tr') !== null")
        .then((is) => is || undefined),
    );

    await page.goBack();
    await drawerOf(page).waitFor();
    await page.reload();
    await statusOf(page, 'alerts', 'delivered').waitFor();
    await page.goto(`${url}/log?message=01KC0000000000000000000000`);
    await drawerOf(page).getByText(zh.log.notFoundTitle).waitFor();
  },
);

browserTest('a failure says why and how to cure it; mended, a resend delivers', {}, async ({ open }) => {
  pages.answer('orders', refuses(404, 'no such hook'));
  await post('订单支付失败 3 笔', 'alerts', 'orders');
  const page = await open(`${url}/log`);
  await rowOf(page, '订单支付失败').locator('.chip.bad', { hasText: 'orders' }).waitFor();
  await rowOf(page, '订单支付失败').getByText(zh.log.partly(1, 2)).waitFor();
  await linkOf(page, '订单支付失败').click();
  const failed = statusOf(page, 'orders', 'failed');
  await failed.getByText('请检查 endpoint.url 是否完整').waitFor();
  await failed.getByText(zh.message.http(404), { exact: true }).waitFor();
  await failed.getByText(zh.message.response, { exact: true }).click();
  await failed.getByText('no such hook').waitFor();

  pages.answer('orders', takes);
  await button(page, zh.message.resendFailed(1)).click();
  // It surely did not arrive there, so that nobody is warned of a copy.
  assert.equal(await page.getByText(zh.message.mayDuplicate).count(), 0);
  await button(page, zh.message.resendSubmit(1)).click();
  // Both are there, each with what tells them apart.
  const resentWords = /^重发于 \d{4}-/;
  await statusOf(page, 'orders', 'delivered').getByText(resentWords).waitFor();
  await failed.getByText(zh.message.first).waitFor();
  assert.equal(await statusOf(page, 'alerts', 'delivered').getByText(zh.message.first).count(), 0);
  await page.keyboard.press('Escape');
  await rowOf(page, '订单支付失败').locator('.chip.good', { hasText: 'orders' }).getByText('×2').waitFor();
  assert.equal(pages.bodiesOf('orders').filter((body) => body.includes('订单支付失败')).length, 2);
});

browserTest('the drawer begins with what failed and what still waits', {}, async ({ open }) => {
  const page = await open(`${crowd.service.url}/log?message=${sentLater.id}`);
  await statusOf(page, 'calm-10', 'delivered').waitFor();
  await statusOf(page, 'gone', 'failed').getByText(zh.message.neverTried).waitFor();
  await statusOf(page, 'failing', 'failed').waitFor();
  const channels = () => page.locator('.delivery header strong').allTextContents();
  await eventually(
    'it has its order',
    async () =>
      JSON.stringify(await channels()) ===
        JSON.stringify(['failing', 'gone', 'banned', ...CROWD.slice(0, 10)]) || undefined,
  );
  assert.equal(await statusOf(page, 'gone', 'failed').getByText(zh.message.noAttempts).count(), 0);
});

browserTest('a resend warns where a copy may already be', {}, async ({ open }) => {
  pages.answer('orders', breaksOff);
  const id = await post('退款审批 18 件', 'alerts', 'orders');
  const page = await open(`${url}/log?message=${id}`);
  await statusOf(page, 'orders', 'failed').waitFor();
  pages.answer('orders', takes);
  await button(page, zh.message.resendAll).click();
  const warning = page.getByRole('alert').filter({ hasText: zh.message.mayDuplicate });
  await warning.getByText(zh.message.risk('alerts', zh.message.alreadyDelivered)).waitFor();
  await warning.getByText(zh.message.risk('orders', zh.message.maybeDelivered)).waitFor();
  await page.getByRole('checkbox', { name: 'alerts' }).uncheck();
  await warning
    .getByText(zh.message.risk('alerts', zh.message.alreadyDelivered))
    .waitFor({ state: 'hidden' });
  await button(page, zh.message.resendSubmit(1)).click();
  await statusOf(page, 'orders', 'delivered').getByText(zh.message.possibleDuplicate).waitFor();
  assert.equal(pages.bodiesOf('alerts').filter((body) => body.includes('退款审批')).length, 1);
});

browserTest('filters are in the address; back and forward bring them back', {}, async ({ open }) => {
  pages.answer('orders', refuses(500));
  await post('主从延迟 12 秒', 'alerts');
  await post('延迟队列积压', 'orders');
  await post('证书还有 7 天到期', 'alerts');
  await eventually('all of them have ended', async () => {
    const answer = await fetch(`${url}/api/messages?status=failed&q=${encodeURIComponent('延迟')}`);
    const { items } = (await answer.json()) as { items: unknown[] };
    return items.length === 1 ? true : undefined;
  });
  pages.answer('orders', takes);
  const page = await open(`${url}/log`);
  const parameters = () => Object.fromEntries(new URL(page.url()).searchParams);
  const shows = (...texts: string[]) =>
    eventually(`rows ${texts.join(', ')}`, async () =>
      JSON.stringify(await rows(page)) === JSON.stringify(texts) ? true : undefined,
    );
  const search = page.getByRole('searchbox', { name: zh.log.search });

  await search.fill('延迟');
  await shows('延迟队列积压', '主从延迟 12 秒');
  assert.deepEqual(parameters(), { q: '延迟' });
  await choose(page, zh.log.status, zh.status.failed);
  await shows('延迟队列积压');
  assert.deepEqual(parameters(), { q: '延迟', status: 'failed' });
  await choose(page, zh.log.channel, 'alerts');
  await page.getByText(zh.log.noMatchTitle).waitFor();
  await choose(page, zh.log.status, zh.log.anyStatus);
  await choose(page, zh.log.period, zh.log.periods['1h']);
  await shows('主从延迟 12 秒');
  assert.deepEqual(parameters(), { q: '延迟', channel: 'alerts', time: '1h' });

  for (let step = 0; step < 3; step++) await page.goBack();
  await shows('延迟队列积压');
  assert.deepEqual(parameters(), { q: '延迟', status: 'failed' });
  await page.goBack();
  await page.goBack();
  await eventually(
    'the search box is empty again',
    async () => (await search.inputValue()) === '' || undefined,
  );
  assert.deepEqual(parameters(), {});
  await page.goForward();
  await shows('延迟队列积压', '主从延迟 12 秒');
  assert.equal(await search.inputValue(), '延迟');
  await page.reload();
  await shows('延迟队列积压', '主从延迟 12 秒');

  await button(page, zh.log.clear).click();
  await choose(page, zh.log.period, zh.log.periods.range);
  await page.getByLabel(zh.log.rangeEnd).fill('2020-01-01T00:00');
  await page.getByText(zh.log.noMatchTitle).waitFor();
  assert.deepEqual(Object.keys(parameters()), ['until']);
});

browserTest('a search shows its hit, in the list and in the drawer', {}, async ({ open }) => {
  const lines = '变更列表里的一行\n'.repeat(250);
  const id = await post(`发布说明\n${lines}根因：Pool-42 耗尽，不是 pool-42\n完`, 'alerts');
  const page = await open(`${url}/log?q=Pool-42`);
  const link = rowOf(page, '根因').getByRole('link');
  await link.locator('mark').waitFor();
  assert.equal(await link.textContent(), '…根因：Pool-42 耗尽，不是 pool-42 …');
  assert.deepEqual(await link.locator('mark').allTextContents(), ['Pool-42']);
  await link.click();
  const hit = drawerOf(page).locator('mark');
  await hit.waitFor();
  assert.deepEqual(await hit.allTextContents(), ['Pool-42']);
  await eventually('the hit is in the window', async () => {
    const box = await hit.boundingBox();
    return (box !== null && box.y > 0 && box.y < 800) || undefined;
  });

  // Without a search a long text is folded, and its line says that there is more.
  await page.goto(`${url}/log?message=${id}`);
  await drawerOf(page).getByRole('button', { name: zh.showAll, exact: true }).waitFor();
  assert.equal(await page.locator('mark').count(), 0);
  await page.keyboard.press('Escape');
  await rowOf(page, '发布说明 …').waitFor();
});

browserTest('who reads on is not disturbed: new messages wait behind a pill', {}, async ({ open }) => {
  for (let n = 1; n <= 120; n++) await post(`批次 ${n} 完成`, 'flood');
  const page = await open(`${url}/log?channel=flood`);
  await isLive(page);
  await rowOf(page, '批次 120 完成').waitFor();
  // Older pages come while one scrolls.
  await eventually(
    'the oldest is here',
    async () => {
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
      // As a reader does it: the page gets its time to see where it is.
      await page.waitForTimeout(500);
      return (await rowOf(page, '批次 1 完成').count()) === 1 || undefined;
    },
    30_000,
  );
  await rowOf(page, '批次 60 完成').scrollIntoViewIfNeeded();
  const placeOf = async () => (await rowOf(page, '批次 60 完成').boundingBox())?.y;
  const before = await placeOf();
  await post('插队的新消息', 'flood');
  const pill = button(page, zh.log.newMessages(1, false));
  await pill.waitFor();
  assert.equal(await placeOf(), before);
  assert.equal(await rowOf(page, '插队的新消息').count(), 0);
  await pill.click();
  await rowOf(page, '插队的新消息').waitFor();
  assert.equal(await page.evaluate('scrollY'), 0);
  const texts = await rows(page);
  const numbers = texts
    .filter((text) => text.startsWith('批次'))
    .map((text) => Number(/\d+/.exec(text)?.[0]));
  assert.deepEqual(
    numbers,
    Array.from({ length: 120 }, (_, index) => 120 - index),
  );
});

browserTest('live updates can be paused', {}, async ({ open }) => {
  await post('暂停以前的消息', 'alerts');
  const paused = await open(`${url}/log`);
  const live = await open(`${url}/log`);
  // What a page loads first it shows, paused or not.
  const isListed = rowOf(paused, '暂停以前的消息').waitFor();
  await Promise.all([isLive(paused), isLive(live), isListed]);
  await button(paused, zh.log.pause).click();
  for (const text of ['暂停后第一条', '暂停后第二条']) {
    await post(text, 'alerts');
    await rowOf(live, text).waitFor();
  }
  assert.equal(await rowOf(paused, '暂停后第一条').count(), 0);
  assert.equal(await paused.getByText(/条新消息/).count(), 0);
  await button(paused, zh.log.resumeLive).click();
  // Whoever has just clicked beside the list may get them at once or behind the pill.
  await rowOf(paused, '暂停后第二条')
    .or(paused.getByText(zh.log.newMessages(2, false)))
    .first()
    .waitFor();
});

browserTest(
  'an answer that was on its way for a list that is paused by now changes nothing',
  {},
  async ({ open }) => {
    await post('已经列出的消息', 'alerts');
    const page = await open(`${url}/log`);
    await Promise.all([isLive(page), rowOf(page, '已经列出的消息').waitFor()]);
    const head = await holdHead(page);
    const onItsWay = await postUntilAsked(head, '在途中的消息');
    await button(page, zh.log.pause).click();
    await head.answer();
    assert.equal(await rowOf(page, onItsWay).count(), 0);
    assert.equal(await page.getByText(/条新消息/).count(), 0);
    await button(page, zh.log.resumeLive).click();
    await rowOf(page, onItsWay)
      .or(page.getByText(zh.log.newMessages(1, false)))
      .first()
      .waitFor();
  },
);

browserTest('an answer that was on its way for other filters changes nothing', {}, async ({ open }) => {
  await post('订单的消息', 'orders');
  await post('警报的消息', 'alerts');
  const page = await open(`${url}/log?channel=alerts`);
  await Promise.all([isLive(page), rowOf(page, '警报的消息').waitFor()]);
  const head = await holdHead(page);
  const onItsWay = await postUntilAsked(head, '给别的筛选的消息');
  await choose(page, zh.log.channel, 'orders');
  // While the pointer is over the list, what is new waits behind a pill.
  await rowOf(page, '订单的消息').hover();
  await head.answer();
  assert.equal(await rowOf(page, onItsWay).count(), 0);
  assert.equal(await page.getByText(/条新消息/).count(), 0);
});

browserTest('of many channels, those that need attention come first', {}, async ({ open }) => {
  const page = await open(`${crowd.service.url}/log`);
  const names = () => page.locator('.channel-card .name').allTextContents();
  const wanted = ['gone', 'banned', 'failing', ...CROWD.slice(0, 10)];
  await eventually(
    'the strip has its order',
    async () => JSON.stringify(await names()) === JSON.stringify(wanted.slice(0, 8)) || undefined,
  );
  await button(page, zh.log.moreChannels(5)).click();
  assert.deepEqual(await names(), wanted);
  await page.setViewportSize({ width: 390, height: 844 });
  const first = await page.locator('.channel-card').first().boundingBox();
  assert.ok(first !== null && first.x >= 0 && first.x + first.width <= 390, JSON.stringify(first));
});

browserTest(
  'large figures are grouped and leave the bars inside their cards',
  { locale: 'en-US' },
  async ({ open, context }) => {
    await context.route('**/api/stats?*', async (route) => {
      const response = await route.fetch();
      const stats = (await response.json()) as { channels: { channel: string; totals: object }[] };
      for (const each of stats.channels) each.totals = { accepted: 0, delivered: 123_456, failed: 98_765 };
      await route.fulfill({ response, json: stats });
    });
    const page = await open(`${crowd.service.url}/log`);
    const card = page.locator('.channel-card', { hasText: 'calm-1' }).first();
    await card.getByText(`${en.log.delivered} 123,456`).waitFor();
    await card.getByText(`${en.log.failed} 98,765`).waitFor();
    const bars = await card.locator('.bars').boundingBox();
    const frame = await card.boundingBox();
    assert.ok(bars !== null && frame !== null && bars.width >= 30, JSON.stringify(bars));
    assert.ok(bars.x + bars.width < frame.x + frame.width, JSON.stringify({ bars, frame }));
  },
);

browserTest(
  'the log stays where it is whatever its channels do',
  { locale: 'en-US' },
  async ({ open, context }) => {
    let changes: object = {};
    await context.route('**/api/channels', async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as { items: { name: string }[] };
      for (const each of body.items) if (each.name === 'calm-1') Object.assign(each, changes);
      await route.fulfill({ response, json: body });
    });
    const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
    const waiting = { queue_depth: 12_345, oldest_queued_at: inMs(-200_000) };
    const paused = { state: 'paused', reason: 'too many requests for the receiver '.repeat(4), ...waiting };
    const minute = { window_ms: 60_000, max_sends: 18, left: 0 };
    const states = [
      { changes: {}, shows: 'left per' },
      { changes: waiting, shows: en.log.queue('12,345') },
      {
        changes: { windows: [{ ...minute, next_free_at: inMs(50_000) }], ...waiting },
        shows: 'next slot in',
      },
      { changes: { ...paused, paused_until: inMs(280_000) }, shows: '4 min' },
      { changes: { ...paused, paused_until: inMs(-1_000) }, shows: en.log.pausedSoon },
      { changes: { state: 'stopped', reason: 'the address was revoked' }, shows: 'the address was revoked' },
    ];
    for (const width of [1280, 390]) {
      const places = new Set<string>();
      for (const state of states) {
        ({ changes } = state);
        const page = await open(`${crowd.service.url}/log`);
        await page.setViewportSize({ width, height: 800 });
        await page.locator('tbody tr').first().waitFor();
        await page.locator('.channel-card', { hasText: 'calm-1' }).getByText(state.shows).first().waitFor();
        places.add(
          await page.evaluate(`JSON.stringify({
            log: document.querySelector('.log').getBoundingClientRect().top,
            cards: [...new Set([...document.querySelectorAll('.channel-card')].map(({ offsetHeight }) => offsetHeight))],
          })`),
        );
        await page.close();
      }
      assert.equal(places.size, 1, [...places].join('\n'));
      assert.match([...places].join(), /"cards":\[\d+\]/, 'every card is as high as the others');
    }
  },
);

browserTest('a stopped channel says why and can be resumed', {}, async ({ open }) => {
  pages.answer('revoked', refuses(410));
  await post('发给已撤销的地址', 'revoked');
  const page = await open(`${url}/log`);
  const card = page.locator('.channel-card', { hasText: 'revoked' });
  await card.getByText(zh.log.channelStates.stopped, { exact: true }).waitFor();
  await card.getByText('地址已被永久撤销，请换成新的 endpoint.url').waitFor();
  const send = await open(`${url}/send`);
  await send.locator('.picks li', { hasText: 'revoked' }).getByText(zh.send.stateStopped).waitFor();

  pages.answer('revoked', takes);
  await button(page, zh.log.resumeNamed('revoked')).click();
  await card.getByText(zh.log.channelStates.stopped, { exact: true }).waitFor({ state: 'hidden' });
  await post('地址恢复以后', 'revoked');
  await page.reload();
  await rowOf(page, '地址恢复以后').locator('.chip.good').waitFor();
});

browserTest(
  'markup and hidden characters in a message and in an answer are shown as text',
  {},
  async ({ open }) => {
    const attack = '<script>alert(1)</script><img src=x onerror=alert(2)> \u202egpj.exe';
    pages.answer('alerts', refuses(400, `<script>alert(3)</script><svg onload=alert(4)>\u202e ${attack}`));
    const id = await post(`钓鱼 ${attack}`, 'alerts');
    const page = await open(`${url}/log`);
    await rowOf(page, '钓鱼').locator('.chip.bad').waitFor();
    const line = (await rowOf(page, '钓鱼').locator('td.message').textContent()) ?? '';
    assert.ok(line.includes('<script>alert(1)</script><img src=x onerror=alert(2)>'), line);
    assert.ok(!line.includes('\u202e'), 'the override of the direction is made visible');
    await linkOf(page, '钓鱼').click();
    const failed = statusOf(page, 'alerts', 'failed');
    await failed.getByText(zh.message.response, { exact: true }).click();
    await failed.getByText('<script>alert(3)</script><svg onload=alert(4)>').waitFor();
    await page.goto(
      `${url}/log?q=${encodeURIComponent(attack)}&channel=${encodeURIComponent('"><script>alert(5)</script>')}`,
    );
    await page.getByText(zh.log.noMatchTitle).waitFor();
    await page.goto(`${url}/log?message=${id}`);
    await drawerOf(page).getByText('<script>alert(1)</script>').first().waitFor();
    const injected = await page.locator('body script, img[src="x"], [onerror], [onload]').count();
    assert.equal(injected, 0);
    pages.answer('alerts', takes);
  },
);

browserTest('an export is the filtered log, as NDJSON and as CSV', {}, async ({ open }) => {
  const id = await post('对账差异 2 笔，"甲"', 'alerts');
  await post('对账完成', 'orders');
  const page = await open(`${url}/log?channel=alerts&q=${encodeURIComponent('对账')}`);
  await rowOf(page, '对账差异').locator('.chip.good').waitFor();
  const save = async (format: string) => {
    await button(page, zh.log.export).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: format }).click();
    const file = await download;
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
  };
  const ndjson = await save(zh.log.exportNdjson);
  assert.match(ndjson.name, /^postpoint-\d{8}T\d{6}Z\.ndjson$/);
  assert.equal((JSON.parse(ndjson.text) as { id: string }).id, id);
  const csv = await save(zh.log.exportCsv);
  assert.match(csv.name, /\.csv$/);
  const [head = '', row = '', ...rest] = csv.text.split('\r\n');
  assert.match(head, /^\ufeffmessage_id,/);
  assert.match(row, new RegExp(`^${id},[^,]+,,"对账差异 2 笔，""甲""",alerts,webhook,delivered,`));
  assert.deepEqual(rest, ['']);
});

browserTest('a ban counts down, ends, and what waited goes out', {}, async ({ open }) => {
  pages.answer('orders', (response) => response.writeHead(429, { 'retry-after': '4' }).end());
  const page = await open(`${url}/log`);
  await isLive(page);
  await post('限频期间的消息', 'orders');
  const card = page.locator('.channel-card', { hasText: 'orders' });
  const left = card.locator('.held time');
  await left.waitFor();
  pages.answer('orders', takes);
  const first = await left.textContent();
  assert.match(first ?? '', /^剩余 \d 秒$/);
  await eventually('the figure falls', async () => (await left.textContent()) !== first || undefined);
  await card.locator('.budget').waitFor();
  await rowOf(page, '限频期间的消息').locator('.chip.good').waitFor();
});

browserTest('figures and chart follow the chosen range, which the next visit keeps', {}, async ({ open }) => {
  await post('给图表的消息', 'alerts');
  const page = await open(`${url}/log`);
  for (const range of ['1h', '7d', '30d', '24h', '1h'] as const) {
    await page.locator('.ranges label', { hasText: zh.log.ranges[range] }).click();
    await page.getByRole('img', { name: new RegExp(`^最近 ${zh.log.ranges[range]}：送达 [1-9]`) }).waitFor();
  }
  await page.reload();
  await page.getByRole('img', { name: new RegExp(`^最近 ${zh.log.ranges['1h']}：`) }).waitFor();
});

browserTest(
  'without a stream of events the page asks again and again, and says so',
  { expectedOnConsole: /^Failed to load resource: .* 403/ },
  async ({ open, context }) => {
    await context.route('**/api/events', (route) =>
      route.fulfill({ status: 403, json: { code: 'permission_denied', msg: 'no streams here' } }),
    );
    const page = await open(`${url}/log`);
    await page.locator('.live.polling').waitFor();
    await post('没有事件流也能看到', 'alerts');
    await rowOf(page, '没有事件流也能看到').locator('.chip.good').waitFor();
  },
);

browserTest('a long search can be stopped and taken up again', {}, async ({ open, context }) => {
  await post('大海里的一根针', 'alerts');
  const answer = await fetch(`${url}/api/messages?q=${encodeURIComponent('一根针')}`);
  const { items } = (await answer.json()) as { items: unknown[] };
  const page = await open(`${url}/log`);
  await isLive(page);
  // As of a log so large that the search stops to take breath: nothing so far, then no end, then the last page.
  const olderPages: (() => object | null)[] = [
    () => null,
    () => ({ items, next_cursor: null, searched_until: null }),
  ];
  await context.route(/api\/messages\?.*q=/, (route) => {
    const isFirst = !route.request().url().includes('cursor=');
    const json = isFirst
      ? { items: [], next_cursor: 'older', searched_until: '2026-01-02T03:04:05.000Z' }
      : olderPages.shift()?.();
    return json ? route.fulfill({ json }) : undefined;
  });
  await page.getByRole('searchbox', { name: zh.log.search }).fill('一根针');
  await page.getByText(/^已查到 2026-01-0[123] /).waitFor();
  await button(page, zh.cancel).click();
  await page.getByText(/^搜索已停在 2026-01-0[123] /).waitFor();
  assert.equal(await page.getByText(zh.log.noMatchTitle).count(), 0, 'nobody knows yet');
  await button(page, zh.log.searchOn).click();
  await rowOf(page, '大海里的一根针').waitFor();
});
