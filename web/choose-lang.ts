import type { Lang } from '../src/texts/texts.ts';

interface Wishes {
  /** `?lang=` of the address. */
  readonly asked: string | null;
  /** What the user chose before. */
  readonly stored: string | null;
  /** The browser's languages, the dearest first. */
  readonly preferred: readonly string[];
}

/** Chinese, unless the address, the user or the browser wants English more. */
export function chooseLang({ asked, stored, preferred }: Wishes): Lang {
  if (asked === 'zh' || asked === 'en') return asked;
  if (stored === 'zh' || stored === 'en') return stored;
  const first = preferred.find((tag) => /^(zh|en)\b/i.test(tag));
  return first !== undefined && /^en/i.test(first) ? 'en' : 'zh';
}
