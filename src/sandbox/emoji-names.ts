/** A few of the names that clients turn into a picture. Enough to see that `:fire:` does not arrive as written. */
const EMOJI: Readonly<Record<string, string>> = {
  smile: '😄',
  joy: '😂',
  heart: '❤️',
  '+1': '👍',
  thumbsup: '👍',
  '-1': '👎',
  fire: '🔥',
  tada: '🎉',
  warning: '⚠️',
  rocket: '🚀',
  x: '❌',
  white_check_mark: '✅',
  rotating_light: '🚨',
  bell: '🔔',
  eyes: '👀',
  100: '💯',
};

/** The picture for `:name:` at the start of `text`, and how many characters it took; null when there is none. */
export function emojiAt(text: string): { readonly glyph: string; readonly length: number } | null {
  const match = /^:([a-z0-9_+-]{1,40}):/.exec(text);
  const glyph = match ? EMOJI[match[1] ?? ''] : undefined;
  return match && glyph ? { glyph, length: match[0].length } : null;
}
