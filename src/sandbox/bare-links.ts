/**
 * Where clients make a link of a bare address. Inside one nothing is markup, and a backslash is part of the address,
 * so that an escape in it shows.
 */

/** The end of the link that starts at `at`; null: none does. */
export type FindLinkEnd = (text: string, at: number) => number | null;

/**
 * Discord's client is built on https://github.com/ariabuckles/simple-markdown (rule `url`, read 2026-09): lower case
 * only, up to white space or `<`, without the punctuation that ends a sentence.
 */
export const discordLinkEnd: FindLinkEnd = (text, at) => {
  const match = sticky(/https?:\/\/[^\s<]+[^<.,:;"'\]\s]/y, text, at);
  if (match === null) return null;
  // A bracket at the end belongs to the link only with its partner.
  let end = match.length;
  while (match[end - 1] === ')' && count(match, ')', end) > count(match, '(', end)) end--;
  return at + end;
};

const MATTERMOST_START =
  /(?:[A-Za-z][A-Za-z\d.+-]*:(?:\/{1,3}|[\p{L}\d%])|www\d{0,3}\.|[\p{L}\d.-]+\.\p{L}{2,4}\/)/uy;
/** White space and full-width punctuation end a link; `<` is read as an end too, as the server does. */
const MATTERMOST_REST =
  /[^\s<«»“”‘’\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e\u3001\u3002\u300c-\u3011]*/y;
const MATTERMOST_SCHEMES = ['http', 'https', 'ftp', 'mailto', 'tel', 'mattermost'];

/**
 * Mattermost's web client: any of its schemes, `www.` and `example.com/`.
 * https://github.com/mattermost/mattermost/blob/master/webapp/channels/src/utils/markdown/autolink.ts and, before it,
 * rule `url` of https://github.com/mattermost/marked/blob/master/lib/marked.js (read 2026-09).
 */
export const mattermostLinkEnd: FindLinkEnd = (text, at) => {
  const start = sticky(MATTERMOST_START, text, at);
  if (start === null) return null;
  const scheme = /^([A-Za-z\d.+-]+):/.exec(start)?.[1]?.toLowerCase();
  if (scheme !== undefined && !MATTERMOST_SCHEMES.includes(scheme)) return null;
  const whole = start + (sticky(MATTERMOST_REST, text, at + start.length) ?? '');
  const link = trimLink(toLooseBracket(whole));
  return link === '' ? null : at + link.length;
};

/** Up to a closing bracket without a partner: there the client of 2025 ends a link, and that of 2026 does not. */
function toLooseBracket(whole: string): string {
  let open = 0;
  for (let at = 0; at < whole.length; at++) {
    if (whole[at] === '(') open++;
    if (whole[at] === ')' && --open < 0) return whole.slice(0, at);
  }
  return whole;
}

/** Cuts what GFM leaves out of a link's end: punctuation, an entity, brackets without a partner. */
export function trimLink(whole: string): string {
  let end = whole.length;
  for (; end > 0; end--) {
    const last = whole[end - 1] ?? '';
    const loose = last === ')' && count(whole, ')', end) > count(whole, '(', end);
    if (last === ';') end -= (/&[A-Za-z]+;$/.exec(whole.slice(0, end))?.[0].length ?? 1) - 1;
    else if (!loose && !`?!.,:*_~'">`.includes(last)) break;
  }
  return whole.slice(0, Math.max(0, end));
}

function sticky(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function count(text: string, char: string, end: number): number {
  return text.slice(0, end).split(char).length - 1;
}
