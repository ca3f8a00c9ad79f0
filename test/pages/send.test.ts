import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after } from 'node:test';
import type { Page } from 'playwright-core';
import { pages as zh } from '../../src/texts/zh/pages.ts';
import { browserTest } from '../support/browser.ts';
import { startPagesService } from '../support/pages-service.ts';
import { eventually } from '../support/service.ts';

// Goal: what one writes on /send is never lost and never sent twice, and the page says what will become of it. Method:
// the real command with receivers that count, Chromium.

const pages = await startPagesService(
  (urlOf) => `
api.port = 0
[channel.group]
provider = "workweixin_bot"
endpoint.url = "${urlOf('group')}"
tags = ["ops"]
[channel.hook]
provider = "webhook"
endpoint.url = "${urlOf('hook')}"
`,
);
const { url } = pages.service;
after(pages.close);

const textOf = (page: Page) => page.getByRole('textbox', { name: zh.send.text });
const submitOf = (page: Page) => page.getByRole('button', { name: zh.send.submit, exact: true });
const isDelivered = (page: Page, text: string) =>
  page
    .locator('.sent > li[aria-busy=false]', { hasText: text })
    .getByText(zh.status.delivered)
    .first()
    .waitFor();
const copiesOf = (text: string) => pages.bodiesOf('hook').filter((body) => body.includes(text)).length;

browserTest('the draft is kept, Ctrl+Enter sends it, and then it is gone', {}, async ({ open }) => {
  const page = await open(`${url}/send`);
  assert.ok(await submitOf(page).isDisabled(), 'there is nothing to send');
  await textOf(page).fill('值班交接\n一切正常');
  await page.getByRole('checkbox', { name: 'group' }).uncheck();
  await page.getByText(zh.send.draftKept).waitFor();
  await page.reload();
  assert.equal(await textOf(page).inputValue(), '值班交接\n一切正常');
  assert.equal(await page.getByRole('checkbox', { name: 'group' }).isChecked(), false);
  await textOf(page).press('Enter');
  await textOf(page).press('Control+Enter');
  await isDelivered(page, '值班交接');
  assert.equal(copiesOf('值班交接'), 1);
  assert.equal(pages.bodiesOf('group').filter((body) => body.includes('值班交接')).length, 0);
  assert.equal(await textOf(page).inputValue(), '');
  await page.reload();
  assert.equal(await textOf(page).inputValue(), '');
});

browserTest(
  'on a phone what was sent comes into view, and no key is named that it has not',
  { viewport: { width: 390, height: 640 }, hasTouch: true, isMobile: true },
  async ({ open }) => {
    const page = await open(`${url}/send`);
    await textOf(page).fill('手机上发的');
    assert.ok(await submitOf(page).isEnabled());
    assert.equal(await page.getByText(zh.send.shortcut('Ctrl+Enter')).isVisible(), false);
    await submitOf(page).tap();
    await isDelivered(page, '手机上发的');
    const bar = await page.locator('.top').boundingBox();
    const result = await page.locator('.sent > li').first().boundingBox();
    assert.ok(bar !== null && result !== null);
    assert.ok(result.y >= bar.y + bar.height && result.y + 60 <= 640, JSON.stringify({ bar, result }));
  },
);

browserTest('a double click sends one message', {}, async ({ open }) => {
  const page = await open(`${url}/send`);
  await textOf(page).fill('双击只发一次');
  await submitOf(page).dblclick();
  await isDelivered(page, '双击只发一次');
  await textOf(page).fill('后来的一条');
  await submitOf(page).click();
  await isDelivered(page, '后来的一条');
  assert.equal(copiesOf('双击只发一次'), 1);
});

browserTest(
  'an answer that got lost makes no second message',
  { expectedOnConsole: /^Failed to load resource: net::ERR_FAILED/ },
  async ({ open, context }) => {
    const page = await open(`${url}/send`);
    await context.route('**/api/text', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await textOf(page).fill('应答丢失');
    await submitOf(page).click();
    await page.getByText(zh.send.uncertainTitle).waitFor();
    await context.unroute('**/api/text');
    // What nobody knows yet is kept, also when the page is loaded anew.
    await page.reload();
    await page.getByRole('button', { name: zh.send.sendAgain, exact: true }).click();
    await isDelivered(page, '应答丢失');
    assert.equal(copiesOf('应答丢失'), 1);
  },
);

browserTest('the size counter shows what will be split, per channel', {}, async ({ open }) => {
  const page = await open(`${url}/send`);
  const pick = (name: string) => page.locator('.picks li', { hasText: name });
  await textOf(page).fill('短');
  await pick('group')
    .getByText(zh.send.size(3, 2048, zh.send.units.bytes))
    .waitFor();
  await textOf(page).fill('长'.repeat(700));
  await pick('group').getByText(zh.send.fates.split(2)).waitFor();
  assert.equal(await pick('hook').getByText(zh.send.fates.split(2)).count(), 0);
  await page.getByRole('button', { name: zh.send.tagLabel('ops', 1) }).click();
  assert.equal(await page.getByRole('checkbox', { name: 'hook' }).isChecked(), false);
  await submitOf(page).click();
  await page.getByText(zh.status.delivered).first().waitFor();
  assert.equal(pages.bodiesOf('group').filter((body) => body.includes('长')).length, 2);
});

browserTest('"copy as" is a call with exactly this message', {}, async ({ open, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
  const page = await open(`${url}/send`);
  const text = `引号 ' " \`，反斜杠 \\n，百分号 %PATH%，$HOME\n第二行 <b>&amp; 😀`;
  await textOf(page).fill(text);
  await page.getByRole('combobox', { name: zh.send.copyAs }).click();
  await page.locator('.ant-select-item-option', { hasText: zh.send.codeKinds.javascript }).click();
  await page.locator('.copy-as pre', { hasText: '引号' }).waitFor();
  await page.getByRole('button', { name: zh.copy, exact: true }).click();
  await page.getByText(zh.send.codeCopied).first().waitFor();
  const code = await page.evaluate<string>('navigator.clipboard.readText()');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: 'ignore' });
  await eventually('the message of the copied code', () => {
    const messages = pages.bodiesOf('hook').map((body) => (JSON.parse(body) as { msg: string }).msg);
    return messages.includes(text) || undefined;
  });
  child.kill();
});

browserTest('with no channel chosen there is nothing to send and no code', {}, async ({ open }) => {
  const page = await open(`${url}/send`);
  const panel = page.locator('.copy-as');
  await textOf(page).fill('没有收件人');
  await panel.locator('pre', { hasText: '没有收件人' }).waitFor();
  await page.getByRole('radio', { name: zh.send.chosen }).check();
  await panel.getByText(zh.send.chooseOne).waitFor();
  assert.equal(await panel.locator('pre').count(), 0);
  assert.equal(await panel.getByRole('button', { name: zh.copy, exact: true }).count(), 0);
  assert.ok(await submitOf(page).isDisabled());
  await textOf(page).press('Control+Enter');
  await page.getByRole('checkbox', { name: 'hook' }).check();
  await panel.locator('pre', { hasText: '"to":["hook"]' }).waitFor();
  await submitOf(page).click();
  await isDelivered(page, '没有收件人');
  assert.equal(copiesOf('没有收件人'), 1);
});

browserTest(
  'a page whose code cannot be loaded says that the service is away, and comes when it is back',
  { expectedOnConsole: /net::ERR_FAILED|dynamically imported module/ },
  async ({ open, context }) => {
    await context.route('**/send-page*.js', (route) => route.abort());
    const page = await open(`${url}/log`);
    await page.locator('.live.live').waitFor();
    await page.getByRole('link', { name: zh.nav.send }).click();
    await page.getByText(zh.faults.network).waitFor();
    assert.equal(await page.getByText(zh.pageFailed).count(), 0);
    await context.unroute('**/send-page*.js');
    await page.getByRole('button', { name: zh.retry, exact: true }).click();
    await textOf(page).waitFor();
  },
);

browserTest(
  'the bar with the button leaves the channels in sight under a long text',
  {},
  async ({ open }) => {
    const page = await open(`${url}/send`);
    await textOf(page).fill('很长的一行文字\n'.repeat(200));
    await page.locator('.picks .size').first().waitFor();
    const bar = await page.locator('.submit').boundingBox();
    const row = await page.locator('.picks li').first().boundingBox();
    assert.ok(bar !== null && row !== null && row.y + row.height <= bar.y, JSON.stringify({ bar, row }));
  },
);
