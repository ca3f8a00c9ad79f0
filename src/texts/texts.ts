import type { LocalText } from '../core/local-text.ts';
import { en } from './en/index.ts';
import { zh } from './zh/index.ts';

/** Every sentence that a user can see, by room. Chinese is the original; the compiler holds English to the same keys. */
export type Texts = typeof zh;

export const LANGS = ['zh', 'en'] as const;
export type Lang = (typeof LANGS)[number];

export const texts: Readonly<Record<Lang, Texts>> = { zh, en };

/** The same sentence in every language, for what is stored and read later by who knows whom. */
export function localText(pick: (texts: Texts) => string): LocalText {
  return { zh: pick(zh), en: pick(en) };
}

/** The language of a terminal: English where its locale asks for it, else Chinese. */
export function langOfLocale(env: Readonly<Record<string, string | undefined>>): Lang {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^en/i.test(locale) ? 'en' : 'zh';
}

/** The language of an HTTP caller: whichever of ours `Accept-Language` wants most, else `otherwise`. */
export function langOfHeader(acceptLanguage: string | undefined, otherwise: Lang): Lang {
  if (acceptLanguage === undefined) return otherwise;
  const wanted = acceptLanguage
    .slice(0, 200)
    .split(',')
    .flatMap((range) => {
      const [, lang, weight = '1'] = /^\s*(zh|en)\b[^;]*(?:;\s*q=([\d.]+))?/i.exec(range) ?? [];
      return lang === undefined ? [] : [{ lang: lang.toLowerCase(), weight: Number(weight) }];
    })
    // RFC 9110 section 12.4.2: a weight of 0 means that it is not wanted.
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return (wanted[0]?.lang as Lang | undefined) ?? otherwise;
}
