import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { axeViolations, chromiumPath, launchChromium, watchTroubles } from '../support/browser.ts';
import { createWorkplace, type RunningService, startService } from '../support/service.ts';

// Goal: the pages load under their strict policy without a word on the console, ask no other host, are small, and axe
// has nothing to say. Method: the real command, the built pages, Chromium.

const CONFIG = `[api]
port = 0
[provider.webhook]
endpoint.url = "http://127.0.0.1:9/nobody"
tags = ["ops"]
[delivery]
retry.count = 0
`;
const MAX_FIRST_LOAD_BYTES = 350_000;
const skip = chromiumPath === null ? 'there is no Chromium on this machine' : false;

const workplace = createWorkplace(CONFIG);
let service: RunningService;
let browser: Browser;

before(async () => {
  if (skip) return;
  service = await startService(workplace);
  browser = await launchChromium();
  await fetch(`${service.url}/api/text`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ msg: '<b>磁盘</b> 已满\n第二行' }),
  });
});
after(async () => {
  await browser?.close();
  await service?.end('SIGTERM');
  workplace.remove();
});

interface Visit {
  readonly path: string;
  readonly ready: string;
}

const VISITS: readonly Visit[] = [
  { path: '/log', ready: 'tbody tr' },
  { path: '/send', ready: '.picks li' },
];
const LOOKS = [
  { name: 'wide, light, Chinese', width: 1280, colorScheme: 'light', locale: 'zh-CN' },
  { name: '360 px, dark, English', width: 360, colorScheme: 'dark', locale: 'en-US' },
] as const;

for (const { path, ready } of VISITS) {
  for (const { name, width, colorScheme, locale } of LOOKS) {
    test(`${path} is in order: ${name}`, { skip }, async () => {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme, locale });
      const troubles = watchTroubles(page, service.url);
      await page.goto(service.url + path);
      await page.locator(ready).first().waitFor();
      await page.locator('.live.live').waitFor();
      assert.deepEqual(await axeViolations(page), []);
      assert.deepEqual(troubles, { console: [], foreign: [] });
      const isEnglish = locale === 'en-US';
      assert.equal(await page.locator('html').getAttribute('lang'), isEnglish ? 'en' : 'zh-CN');
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.ok(Number(overflow) <= 0, `${overflow} px too wide`);
      await page.close();
    });
  }
}

test('the first load of /log is small', { skip }, async (t) => {
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto(`${service.url}/log`);
  await page.locator('tbody tr').first().waitFor();
  await page.locator('.live.live').waitFor();
  // The last that comes: the one delivery has failed, so that there is something to draw.
  await page.locator('.chart canvas').waitFor();
  t.diagnostic(`${bytes} bytes with headers`);
  assert.ok(bytes > 50_000 && bytes < MAX_FIRST_LOAD_BYTES, `${bytes} bytes`);
  await page.close();
});
