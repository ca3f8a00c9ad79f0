import { readFile } from 'node:fs/promises';

/** The page's own files and nothing else: no script of another origin, no inline code, no frame. */
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

export const PAGE_FILES = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
} as const;
export type PageFileName = (typeof PAGE_FILES)[keyof typeof PAGE_FILES]['name'];

/** Where the files come from; a single executable passes its own. */
export type ReadPageFile = (name: PageFileName) => Promise<Uint8Array>;

export const readPageFile: ReadPageFile = (name) => readFile(new URL(`./page/${name}`, import.meta.url));

export const PAGE_HEADERS = {
  'content-security-policy': PAGE_CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const;

export function findPageFile(path: string): (typeof PAGE_FILES)[keyof typeof PAGE_FILES] | null {
  return Object.hasOwn(PAGE_FILES, path) ? PAGE_FILES[path as keyof typeof PAGE_FILES] : null;
}
