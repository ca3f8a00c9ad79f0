/** Version and key. A later version may page by something else; old cursors are then refused, not misread. */
const SHAPE = /^1:([0-7][0-9A-HJKMNP-TV-Z]{25})$/;

/** An opaque key of the page after the message with this id. */
export function encodeCursor(lastId: string): string {
  return Buffer.from(`1:${lastId}`, 'latin1').toString('base64url');
}

/** The id inside a cursor, or null for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string): string | null {
  const bytes = Buffer.from(cursor, 'base64url');
  // Node.js skips what is not base64url, so only the way back tells whether it was one.
  if (bytes.toString('base64url') !== cursor) return null;
  return SHAPE.exec(bytes.toString('latin1'))?.[1] ?? null;
}
