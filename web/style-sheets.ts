/**
 * Takes the place of `@rc-component/util/es/Dom/dynamicCSS`, through which Ant Design writes its styles. That module
 * adds <style> elements, which a Content-Security-Policy without 'unsafe-inline' forbids; constructed style sheets
 * are allowed everywhere and need neither a nonce nor a parser. Same functions, same order of styles.
 */

interface Options {
  readonly mark?: string;
  readonly prepend?: boolean | 'queue';
  readonly priority?: number;
}

interface Entry {
  readonly id: string;
  readonly rank: number;
  readonly sheet: CSSStyleSheet;
  /** Never in the document: callers hang their own marks on it. */
  readonly node: HTMLStyleElement;
  css: string;
}

/** In the order of `document.adoptedStyleSheets`. */
const entries: Entry[] = [];

/** Adds or replaces the styles of `key`. */
export function updateCSS(css: string, key: string, options: Options = {}): HTMLStyleElement {
  const id = idOf(key, options);
  const known = entries.find((entry) => entry.id === id);
  if (known === undefined) return add(css, id, rankOf(options));
  if (known.css !== css) {
    known.css = css;
    known.sheet.replaceSync(css);
  }
  return known.node;
}

export function injectCSS(css: string, options: Options = {}): HTMLStyleElement {
  return add(css, '', rankOf(options));
}

export function removeCSS(key: string, options: Options = {}): void {
  const index = entries.findIndex((entry) => entry.id === idOf(key, options));
  if (index < 0) return;
  entries.splice(index, 1);
  document.adoptedStyleSheets.splice(index, 1);
}

function add(css: string, id: string, rank: number): HTMLStyleElement {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const node = document.createElement('style');
  const after = entries.findLastIndex((entry) => entry.rank <= rank) + 1;
  entries.splice(after, 0, { id, rank, sheet, node, css });
  document.adoptedStyleSheets.splice(after, 0, sheet);
  return node;
}

function idOf(key: string, { mark = '' }: Options): string {
  return `${mark}\n${key}`;
}

/** What is queued in front is ordered by its priority; the rest follows. */
function rankOf({ prepend, priority = 0 }: Options): number {
  if (prepend === 'queue') return priority;
  return prepend ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
