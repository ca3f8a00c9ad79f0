import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const PATHS = [
  process.env.POSTPOINT_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Chromium where this machine has one; null elsewhere, and then browser tests are skipped. */
export const chromiumPath = PATHS.find((path) => path !== '' && existsSync(path)) ?? null;

export function launchChromium(): Promise<Browser> {
  if (chromiumPath === null) throw new Error('there is no Chromium');
  // Its sandbox needs rights that a container often lacks, and it loads nothing but our own pages.
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
}

/** What a page must never have; look at it at the end of a test. */
export interface PageTroubles {
  /** Errors and warnings of the console, uncaught errors. */
  readonly console: string[];
  /** Requests to any other host. */
  readonly foreign: string[];
}

export function watchTroubles(page: Page, origin: string): PageTroubles {
  const troubles: PageTroubles = { console: [], foreign: [] };
  page.on('console', (entry) => {
    if (entry.type() === 'error' || entry.type() === 'warning') troubles.console.push(entry.text());
  });
  page.on('pageerror', (error) => troubles.console.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) troubles.foreign.push(url);
  });
  return troubles;
}

/** What axe finds on the page as it is now, one line each. It is run past the page's Content-Security-Policy. */
export async function axeViolations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send('Runtime.evaluate', {
    expression: `${axe.source};axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  return result.value;
}
