import { type BlockDialect, renderBlocks } from './block-markdown.ts';

const BASE: BlockDialect = {
  inline: {
    escapes: false,
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
  orderedLists: false,
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
    orderedLists: true,
    fences: true,
  },
  dingtalk: {
    ...BASE,
    inline: { ...BASE.inline, escapes: true, delimiters: ['**', '*'], images: true },
    bullets: '-*',
    orderedLists: true,
  },
  feishuCard: {
    ...BASE,
    inline: { ...BASE.inline, entities: true, delimiters: ['**', '__', '~~', '*'], images: true },
    bullets: '-',
    orderedLists: true,
    fences: true,
  },
} as const satisfies Record<string, BlockDialect>;

export function renderLightMarkdown(text: string, dialect: keyof typeof LIGHT_DIALECTS): string {
  return renderBlocks(text, LIGHT_DIALECTS[dialect]);
}
