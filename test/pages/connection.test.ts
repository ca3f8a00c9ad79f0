import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { pages as zh } from '../../src/texts/zh/pages.ts';
import { browserTest } from '../support/browser.ts';
import { refuses, startPagesService, takes } from '../support/pages-service.ts';
import { postText, startService } from '../support/service.ts';

// Goal: a page that cannot reach the service, or is not let in, says so in plain words and goes on by itself as soon as
// it can. Method: the real command, ended and started again on the same port.

const rowOf = (page: Page, text: string) => page.locator('tbody tr', { hasText: text });

browserTest(
  'nothing is missed over a restart of the service, and its absence has words of its own',
  // A service that stops answers 503 before it is gone.
  { expectedOnConsole: /^Failed to load resource: (?:net::ERR_|.* 503 )/ },
  async ({ open, context }) => {
    const pages = await startPagesService(
      (urlOf) => `
api.port = 0
delivery.retry.interval = 0.3
delivery.retry.count = 100
[channel.alerts]
provider = "webhook"
endpoint.url = "${urlOf('alerts')}"
`,
    );
    const { place } = pages;
    let { service } = pages;
    try {
      const { url } = service;
      const configPath = join(place.folder, 'config.toml');
      const { port } = new URL(url);
      writeFileSync(
        configPath,
        readFileSync(configPath, 'utf8').replace('api.port = 0', `api.port = ${port}`),
      );
      const page = await open(`${url}/log`);
      await page.locator('.live.live').waitFor();
      await page.getByText(zh.log.noDataTitle).waitFor();
      await page.getByRole('link', { name: zh.log.sendFirst }).waitFor();

      pages.answer('alerts', refuses(503));
      await postText(url, { msg: '停机之前' });
      await rowOf(page, '停机之前').locator('.chip.warn, .chip.calm').waitFor();
      await service.end('SIGTERM');
      await page.getByText(zh.faults.network).first().waitFor();
      await page.locator('.live.offline').waitFor();
      assert.equal(await rowOf(page, '停机之前').count(), 1);
      const fresh = await open(`${url}/send`).catch(() => null);
      assert.equal(fresh, null, 'the port is free');

      pages.answer('alerts', takes);
      service = await startService(place);
      assert.equal(service.url, url);
      await postText(url, { msg: '恢复之后马上发的' });
      await rowOf(page, '停机之前').locator('.chip.good').waitFor();
      await rowOf(page, '恢复之后马上发的').locator('.chip.good').waitFor();
      await page.locator('.live.live').waitFor();
      await page.getByText(zh.faults.network).waitFor({ state: 'hidden' });

      // Without a single answer there is no list either, only the words.
      await context.route('**/api/messages?*', (route) => route.abort());
      const late = await open(`${url}/log`);
      await late.getByText(zh.faults.network).first().waitFor();
      assert.equal(await late.getByText(zh.log.noDataTitle).count(), 0);
    } finally {
      await service.end('SIGKILL');
      await pages.close();
    }
  },
);

browserTest(
  'api.headers are asked for once, kept in the tab, and a wrong one is told',
  { expectedOnConsole: /^Failed to load resource: .* 401/ },
  async ({ open }) => {
    const pages = await startPagesService(
      (urlOf) => `
api.port = 0
[api.headers]
X-Api-Token = "correct horse"
[channel.alerts]
provider = "webhook"
endpoint.url = "${urlOf('alerts')}"
`,
    );
    try {
      const { url } = pages.service;
      await postText(url, { msg: '只给知道的人看' }, { 'x-api-token': 'correct horse' });
      const page = await open(`${url}/log`);
      const dialog = page.getByRole('dialog', { name: zh.auth.title });
      const field = dialog.getByLabel(/x-api-token/i);
      await field.fill('wrong');
      await field.press('Enter');
      await dialog.getByText(zh.auth.wrong).waitFor();
      assert.equal(await page.getByText('只给知道的人看').count(), 0);
      await field.fill('correct horse');
      await dialog.getByRole('button', { name: zh.auth.submit }).click();
      await rowOf(page, '只给知道的人看').waitFor();
      await page.locator('.live.live').waitFor();
      assert.equal(await dialog.count(), 0);

      await page.reload();
      await rowOf(page, '只给知道的人看').waitFor();
      await page.getByRole('link', { name: zh.nav.send }).click();
      await page.locator('.picks li').first().waitFor();
      assert.equal(await dialog.count(), 0);
      // The code to copy never has the value.
      const code = await page.locator('.copy-as pre').textContent();
      assert.match(code ?? '', /YOUR_X_API_TOKEN/i);
      assert.ok(!(await page.content()).includes('correct horse'));

      // Another tab is asked by itself.
      const other = await open(`${url}/log`);
      await other.getByRole('dialog', { name: zh.auth.title }).waitFor();
    } finally {
      await pages.close();
    }
  },
);
