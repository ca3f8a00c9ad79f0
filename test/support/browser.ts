import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import axe from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

const { env } = process;
const PATHS = [
  env.CHROMIUM_PATH ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/local/bin/chromium',
  chromium.executablePath(),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...[env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].map((folder) =>
    folder === undefined ? '' : join(folder, 'Google/Chrome/Application/chrome.exe'),
  ),
];
const path = PATHS.find((candidate) => candidate !== '' && existsSync(candidate));
const NO_BROWSER =
  'NO BROWSER TESTS: there is no Chromium here; install it (apt-get install chromium) or name one in CHROMIUM_PATH';

/** Why browser tests are left out; false where they run. CI never leaves them out: there they fail without a browser. */
const skip = path === undefined && env.CI !== 'true' ? NO_BROWSER : false;
if (skip) process.emitWarning(skip);

/**
 * Chromium takes the last list of these, so Playwright's own comes first, as far as pages on this machine meet it. The others
 * belong to the window around a page: its address bar would load 400 files for each test, in a process of its own.
 */
const FEATURES_LEFT_OUT = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...['HttpsFirstBalancedModeAutoEnable', 'PaintHolding', 'ThirdPartyStoragePartitioning'],
  ...['OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch', 'MediaRouter'],
  ...['LensOverlay', 'TcpPortRandomizationWin'],
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup', 'PreloadTopChromeWebUI'],
];

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${FEATURES_LEFT_OUT.join(',')}`,
  // A page lives for seconds: to optimise its code takes longer than to run it.
  '--js-flags=--no-turbofan --no-maglev',
  // Whatever asks for another host gets no answer.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  // As root Chromium starts in no other way; it loads nothing but our own pages.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

export function launchChromium(): Promise<Browser> {
  if (path === undefined) throw new Error(NO_BROWSER);
  return chromium.launch({ executablePath: path, args: FLAGS, headless: true });
}

/** How long to wait for what the page is about to show: far more than it takes, also on a busy machine. */
const PATIENCE_MS = 30_000;

let started: Promise<Browser> | undefined;
after(async () => (await started)?.close());

interface Visitor {
  /** Opens another tab of the same reader. */
  open(url: string): Promise<Page>;
  /** From now on requests to the host of this address are expected. */
  allow(url: string): void;
  readonly context: BrowserContext;
}

interface Expectations extends BrowserContextOptions {
  /** What the browser itself writes to its console because of what the test does, such as a refused call. */
  readonly expectedOnConsole?: RegExp;
}

/**
 * A test by a reader with a fresh profile, Chinese and light unless said otherwise. It fails on any word on the console
 * (violations of the Content-Security-Policy are such), on an uncaught error, a dialog, and a request to any other host
 * than those that were opened. All tests of a file share one browser.
 */
export function browserTest(
  name: string,
  { expectedOnConsole, ...options }: Expectations,
  body: (visitor: Visitor) => Promise<void>,
): void {
  test(name, { skip }, async () => {
    started ??= launchChromium();
    const context = await (await started).newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'zh-CN',
      colorScheme: 'light',
      // What slides or fades is somewhere else a moment later.
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const origins = new Set<string>();
    const troubles: string[] = [];
    context.on('console', (entry) => {
      const isBad = entry.type() === 'error' || entry.type() === 'warning';
      if (isBad && !expectedOnConsole?.test(entry.text())) troubles.push(`console: ${entry.text()}`);
    });
    context.on('weberror', (error) => troubles.push(`uncaught: ${error.error().message}`));
    context.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (!origins.has(origin) && protocol !== 'data:' && protocol !== 'blob:')
        troubles.push(`request to another host: ${request.url()}`);
    });
    const allow = (url: string) => void origins.add(new URL(url).origin);
    try {
      await body({
        context,
        allow,
        async open(url) {
          allow(url);
          const page = await context.newPage();
          await page.goto(url);
          return page;
        },
      });
      assert.deepEqual(troubles, []);
    } finally {
      await context.close();
    }
  });
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

/** By how many pixels the page is wider than the window. */
export async function overflowPx(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
}
