/**
 * Finds where HTTP/1.1 messages with a Content-Length end. Load and sink use it instead of a library: what they cost
 * is taken from the same two cores as what is measured.
 */
export interface MessageReader {
  /** Calls `found` with the head and the body of every message that is complete now. */
  read(chunk: Buffer, found: (head: string, body: string) => void): void;
}

const HEAD_END = '\r\n\r\n';
const LENGTH = /content-length: *(\d+)/i;

export function createMessageReader(): MessageReader {
  let pending = '';
  return {
    read(chunk, found) {
      // Latin-1: one character per byte. The texts of a benchmark need no more.
      const text = chunk.toString('latin1');
      pending = pending === '' ? text : pending + text;
      for (;;) {
        const headEnd = pending.indexOf(HEAD_END);
        if (headEnd === -1) return;
        const head = pending.slice(0, headEnd);
        const bodyStart = headEnd + HEAD_END.length;
        const bodyEnd = bodyStart + Number(LENGTH.exec(head)?.[1] ?? 0);
        if (pending.length < bodyEnd) return;
        const body = pending.slice(bodyStart, bodyEnd);
        pending = pending.slice(bodyEnd);
        found(head, body);
      }
    },
  };
}
