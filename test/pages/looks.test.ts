import assert from 'node:assert/strict';
import { after } from 'node:test';
import type { Page } from 'playwright-core';
import { sandboxConfigToml } from '../../src/sandbox/config-toml.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { pages as en } from '../../src/texts/en/pages.ts';
import { pages as zh } from '../../src/texts/zh/pages.ts';
import { axeViolations, browserTest, overflowPx } from '../support/browser.ts';
import { createWorkplace, eventually, postText, startService } from '../support/service.ts';

// Goal: every page is for everybody: light and dark, Chinese and English, by keyboard, on a phone, over a thin line.
// Method: the real command with a channel for every platform, the stand-ins, axe, Chromium.

const LONG = `构建产物 https://ci.example.com/${'very-long-path/'.repeat(20)} 与一行不含空格的文字${'长'.repeat(200)}`;

const sandbox = await startSandbox();
const place = createWorkplace(`
api.port = 0
delivery.retry.interval = 600
[channel.down]
provider = "webhook"
endpoint.url = "http://127.0.0.1:9/"
${sandboxConfigToml(sandbox)}`);
const service = await startService(place);
after(async () => {
  await service.end('SIGTERM');
  place.remove();
  await sandbox.close();
});

await postText(service.url, { msg: LONG });
const { body: sent } = await postText(service.url, {
  msg: '磁盘使用率 91%\n主机 db-3',
  to: ['down', 'feishu_bot'],
});
await eventually('every delivery has been tried', async () => {
  const answer = await fetch(`${service.url}/api/messages`);
  const { items } = (await answer.json()) as { items: { deliveries: { status: string }[] }[] };
  const statuses = items.flatMap(({ deliveries }) => deliveries.map(({ status }) => status));
  return statuses.every((status) => status === 'delivered' || status === 'retrying') || undefined;
});

const LANGS = [
  { locale: 'zh-CN', langTag: 'zh-CN', t: zh },
  { locale: 'en-US', langTag: 'en', t: en },
] as const;
type Texts = (typeof LANGS)[number]['t'];

interface View {
  readonly name: string;
  readonly url: string;
  /** Resolves once the page shows what is to be looked at. */
  readonly ready: (page: Page, t: Texts) => Promise<void>;
}
const isLive = (page: Page) => page.locator('.live.live').waitFor();
const VIEWS: readonly View[] = [
  {
    name: '/log',
    url: `${service.url}/log`,
    async ready(page) {
      await page.locator('tbody tr').nth(1).waitFor();
      await page.locator('.chart canvas').waitFor();
      await isLive(page);
    },
  },
  {
    name: 'a search',
    url: `${service.url}/log?q=${encodeURIComponent('主机')}`,
    async ready(page) {
      await page.locator('tbody mark', { hasText: '主机' }).waitFor();
      await page.locator('.chart canvas').waitFor();
      await isLive(page);
    },
  },
  {
    name: 'the drawer',
    url: `${service.url}/log?message=${sent.id}`,
    async ready(page, t) {
      const drawer = page.getByRole('dialog', { name: t.message.title });
      await drawer.getByRole('article').nth(1).waitFor();
      await drawer.getByRole('button', { name: t.message.resendSome, exact: true }).click();
      await drawer.getByRole('checkbox', { name: 'feishu_bot' }).check();
      await drawer.getByText(t.message.mayDuplicate).waitFor();
    },
  },
  {
    name: '/send',
    url: `${service.url}/send`,
    async ready(page, t) {
      await page.getByRole('textbox', { name: t.send.text }).fill(LONG);
      await page.locator('.picks .size').first().waitFor();
      await isLive(page);
    },
  },
  {
    name: 'the sandbox',
    url: sandbox.url,
    ready: (page) => page.getByText('磁盘使用率 91%').first().waitFor(),
  },
];

for (const { name, url, ready } of VIEWS) {
  for (const { locale, langTag, t } of LANGS) {
    browserTest(`${name} suits everybody, ${langTag}`, { locale }, async ({ open }) => {
      const page = await open(url);
      await ready(page, t);
      assert.equal(await page.locator('html').getAttribute('lang'), langTag);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await restOfMotion(page);
        assert.deepEqual(await axeViolations(page), [], `${colorScheme}, 1280 px`);
      }
      await page.setViewportSize({ width: 360, height: 740 });
      await restOfMotion(page);
      assert.ok((await overflowPx(page)) <= 0, `${await overflowPx(page)} px wider than a phone`);
      if (langTag === 'en') assert.deepEqual(await axeViolations(page), [], 'dark, 360 px');
      assert.deepEqual(await outOfReach(page), []);
    });
  }
}

/** Colours in the middle of a change are no colours that anybody reads. */
async function restOfMotion(page: Page): Promise<void> {
  await page.evaluate(
    'Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => null)))',
  );
}

/** Controls that stay beside the window, wherever one scrolls. */
function outOfReach(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('a, button, input, textarea, [role=combobox]')]
    .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !control.closest('[inert]'))
    .filter((control) => {
      control.scrollIntoView({ block: 'nearest', inline: 'center', behavior: 'instant' });
      const { width, left, right } = control.getBoundingClientRect();
      return width > 1 && (left < -1 || right > innerWidth + 1);
    })
    .map(({ outerHTML }) => outerHTML.slice(0, 200))`);
}

browserTest(
  'a phone has every control of the log',
  { viewport: { width: 360, height: 740 } },
  async ({ open }) => {
    const page = await open(`${service.url}/log`);
    await page.locator('tbody tr').first().waitFor();
    await page.getByRole('searchbox', { name: zh.log.search }).fill('磁盘');
    await page.locator('tbody tr', { hasText: LONG.slice(0, 4) }).waitFor({ state: 'hidden' });
    await page.locator('tbody tr', { hasText: '磁盘' }).getByRole('link').click();
    const drawer = page.getByRole('dialog', { name: zh.message.title });
    await drawer.getByRole('button', { name: zh.message.resendAll, exact: true }).click({ trial: true });
    await drawer.getByRole('button', { name: zh.close, exact: true }).click();
    await page.getByRole('button', { name: zh.log.pause, exact: true }).click();
    await page.getByRole('link', { name: zh.nav.send }).click();
    await page.getByRole('textbox', { name: zh.send.text }).fill('x');
    await page.getByRole('button', { name: zh.send.submit, exact: true }).click({ trial: true });
  },
);

browserTest('language and theme are kept', {}, async ({ open }) => {
  const page = await open(`${service.url}/log`);
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const light = await background();
  await page.getByRole('button', { name: zh.nav.switchTo }).click();
  await page.getByRole('heading', { name: en.log.overview }).waitFor();
  const theme = (name: string) => page.getByRole('button', { name: en.nav.theme(name) });
  await theme(en.nav.themes.system).click();
  await theme(en.nav.themes.light).click();
  await theme(en.nav.themes.dark).waitFor();
  await eventually('it is dark', async () => (await background()) !== light || undefined);
  const dark = await background();

  await page.goto(`${service.url}/send`);
  await page.getByRole('heading', { name: en.send.heading, exact: true }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await page.title(), en.titles.send);
  assert.equal(await background(), dark);
  await page.getByRole('button', { name: en.nav.switchTo }).click();
  await page.getByRole('heading', { name: zh.send.heading, exact: true }).waitFor();
});

const MAX_FIRST_LOAD_BYTES = 350_000;

browserTest('the first load of /log is small', {}, async ({ allow, context }) => {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  allow(service.url);
  await page.goto(`${service.url}/log`);
  await page.locator('tbody tr').first().waitFor();
  await isLive(page);
  // The last that comes.
  await page.locator('.chart canvas').waitFor();
  assert.ok(bytes > 50_000 && bytes < MAX_FIRST_LOAD_BYTES, `${bytes} bytes`);
});
