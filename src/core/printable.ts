/**
 * What must not reach a terminal or break a line: C0 and C1 controls with DEL, line and paragraph separators,
 * marks that turn the reading direction (they can make a line read as another), interlinear marks, the BOM,
 * and surrogates without their partner.
 */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|\p{Surrogate}/u;
const EACH_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text on one line, safe for a terminal: unprintable characters become JSON's escapes. */
export function printable(text: string): string {
  // Most texts have none, and to look for one costs half of replacing none.
  if (!UNPRINTABLE.test(text)) return text;
  return text.replace(
    EACH_UNPRINTABLE,
    (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
