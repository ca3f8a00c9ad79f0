/** Longer messages of a platform are cut; the push log has the whole answer beside it. */
const MAX_CHARACTERS = 200;

/**
 * A platform's own words, fit to stand in our sentence: one line, and without what must not travel further. WeCom
 * ends its messages with our egress address and a help link, Mattermost names the hook's id.
 *
 * https://developer.work.weixin.qq.com/document/path/90455 (read 2026-09)
 */
export function cleanMessage(message: string): string {
  // Cut first: what follows is linear, yet no message needs it over 64 KiB.
  const cleaned = message
    .slice(0, 10 * MAX_CHARACTERS)
    .toWellFormed()
    .replace(/\bhttps?:\/\/\S+/gi, '…')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '…')
    .replace(/\b(?:[\da-f]{0,4}:){3,7}[\da-f]{1,4}\b/gi, '…')
    .replace(/[\w-]{20,}/g, '…')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const characters = [...cleaned];
  return characters.length <= MAX_CHARACTERS ? cleaned : `${characters.slice(0, MAX_CHARACTERS).join('')}…`;
}
