import { type BlockDialect, renderBlocks } from './block-markdown.ts';
import { ASCII_PUNCTUATION } from './inline-markdown.ts';

const BASE: BlockDialect = {
  inline: {
    escapable: null,
    entities: false,
    emoji: false,
    images: false,
    delimiters: ['**'],
    angle: (inner) => (/^\/?font\b/.test(inner) ? '' : null),
  },
  headings: 6,
  subtext: false,
  quotes: 'gfm',
  bullets: '',
  orderedMarks: '',
  fences: false,
  gfm: false,
};

/** The markdown dialects of the Chinese platforms, near enough to read a message by. */
export const LIGHT_DIALECTS = {
  workweixin: BASE,
  workweixinV2: {
    ...BASE,
    inline: { ...BASE.inline, delimiters: ['**', '*'], images: true },
    bullets: '-',
    orderedMarks: '.',
    fences: true,
  },
  dingtalk: {
    ...BASE,
    inline: { ...BASE.inline, escapable: ASCII_PUNCTUATION, delimiters: ['**', '*'], images: true },
    bullets: '-*',
    orderedMarks: '.',
  },
  feishuCard: {
    ...BASE,
    inline: { ...BASE.inline, entities: true, delimiters: ['**', '__', '~~', '*'], images: true },
    bullets: '-',
    orderedMarks: '.',
    fences: true,
  },
} as const satisfies Record<string, BlockDialect>;

export function renderLightMarkdown(text: string, dialect: keyof typeof LIGHT_DIALECTS): string {
  return renderBlocks(text, LIGHT_DIALECTS[dialect]);
}
