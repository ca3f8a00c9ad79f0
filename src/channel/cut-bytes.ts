/** The start of a text in at most `maxBytes` of UTF-8, never ending inside a code point. */
export function cutBytes(text: string, maxBytes: number): string {
  // One UTF-16 unit is at most three bytes …
  if (text.length * 3 <= maxBytes) return text;
  // … and at least one, so the rest of a long text need not be encoded.
  const bytes = new Uint8Array(maxBytes);
  const { read } = new TextEncoder().encodeInto(text.slice(0, maxBytes), bytes);
  return text.slice(0, read);
}
