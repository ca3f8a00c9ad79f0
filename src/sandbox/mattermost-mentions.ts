import { trimLink } from './bare-links.ts';
import { ASCII_PUNCTUATION, readEntity } from './inline-markdown.ts';

/*
 * Who a post pings, as the server decides it: https://github.com/mattermost/mattermost, server/channels/app/
 * mention_parser_standard.go and server/public/shared/markdown/{inlines,inspect,autolink}.go (read 2026-09).
 */
const SCHEMES = /^(?:https?|ftp|mailto|tel|gemini)$/i;

/** Names are ASCII, so `@all大家` calls nobody; what ends a sentence is no part of one. */
const USERNAME = /^[@＠]([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)[:.\-_]*$/i;

/**
 * The names behind an `@`, lower case. Code, links that the server knows, and addresses of `[label](address)` are not
 * searched; a backslash before `@` is no guard. Whether the name exists is not asked.
 *
 * @param raw the text after the server has rewritten Slack's forms.
 */
export function mattermostMentions(raw: string): readonly string[] {
  const prose = raw.replace(/^ {0,3}(```+|~~~+)[\s\S]*?(?:^ {0,3}\1|$(?![\s\S]))/gm, '\n');
  const mentions: string[] = [];
  // A word is letters, digits and `: . - _ @`; the full-width sign counts since 11.3.
  for (const [word] of searchedText(prose).matchAll(/[\p{L}\p{N}:.\-_@＠]+/gu)) {
    if (/^:.*:$/.test(word)) continue;
    const trimmed = word.replace(/^[:.\-_]+/, '');
    const whole = nameIn(trimmed);
    mentions.push(...(whole.length > 0 ? whole : trimmed.split(/[.\-:]/).flatMap(nameIn)));
  }
  return [...new Set(mentions)];
}

function nameIn(word: string): string[] {
  return (
    USERNAME.exec(word)
      ?.slice(1)
      .map((name) => name.toLowerCase()) ?? []
  );
}

/** The text nodes of a paragraph, with a space for everything that is no text. */
function searchedText(prose: string): string {
  let out = '';
  let openBrackets = 0;
  for (let at = 0; at < prose.length; ) {
    const char = prose[at] ?? '';
    // An open bracket may become a link's label, and within one the server looks for no bare links.
    const link = openBrackets === 0 && (char === ':' || /w/i.test(char)) ? bareLinkAt(prose, at) : null;
    if (link !== null) {
      out = `${out.slice(0, out.length - link.before)} `;
      at = link.end;
      continue;
    }
    if (char === '[') openBrackets++;
    const closes = char === ']' && openBrackets > 0;
    if (closes) openBrackets--;
    const step = closes ? readTarget(prose, at) : readStep(prose, at);
    out += step.text;
    at = step.end;
  }
  return out;
}

function readStep(prose: string, at: number): { readonly text: string; readonly end: number } {
  const rest = prose.slice(at, at + 2_100);
  const char = rest[0] ?? '';
  ASCII_PUNCTUATION.lastIndex = 1;
  if (char === '\\' && ASCII_PUNCTUATION.test(rest)) return { text: rest[1] ?? '', end: at + 2 };
  const entity = char === '&' ? readEntity(prose, at) : null;
  if (entity) return { text: entity.shown, end: entity.end };
  const code = char === '`' ? /^(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/.exec(prose.slice(at)) : null;
  if (code) return { text: ' ', end: at + code[0].length };
  const run = /^`+/.exec(rest);
  if (run) return { text: run[0], end: at + run[0].length };
  return { text: char, end: at + 1 };
}

/** What follows a label: its address is no text. */
function readTarget(prose: string, at: number): { readonly text: string; readonly end: number } {
  const target = /^\]\([^()\n]*\)/.exec(prose.slice(at, at + 2_100));
  return { text: '] ', end: at + (target?.[0].length ?? 1) };
}

/**
 * A bare link at its `:` or its `www.`. `before`: how much of it was passed already.
 *
 * The address must begin with a letter or digit and have no `_` in its host; else there is no link, and a mention in
 * the rest of it counts.
 */
function bareLinkAt(prose: string, at: number): { readonly before: number; readonly end: number } | null {
  const scheme = /[A-Za-z0-9]*$/.exec(prose.slice(Math.max(0, at - 40), at))?.[0] ?? '';
  const isUrl = prose.startsWith('://', at);
  if (isUrl && !SCHEMES.test(scheme)) return null;
  if (
    !isUrl &&
    (!/^www\d{0,3}\./.test(prose.slice(at, at + 8)) || !/^[\s*_~()<>]?$/.test(prose[at - 1] ?? ''))
  )
    return null;
  const host = prose.slice(isUrl ? at + 3 : at);
  const hostName = /^[^\s\p{P}][^\s\p{P}]*(?:[-.][^\s\p{P}]*)*/u.exec(host)?.[0];
  if (hostName === undefined || host[hostName.length] === '_') return null;
  const start = isUrl ? at - scheme.length : at;
  const whole = /^[^\s<>]*/.exec(prose.slice(start))?.[0] ?? '';
  const link = trimLink(whole);
  const end = start + link.length;
  return end > at ? { before: isUrl ? scheme.length : 0, end } : null;
}
