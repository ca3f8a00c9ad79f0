import { type AnswerHead, isField, MalformedAnswerError, parseHead } from './answer-head.ts';

/** As much as Node.js itself reads of a head; trailers count as one of their own. */
const MAX_HEAD_BYTES = 16_384;

/** How much of an answer's body is read; what is longer is cut off together with its connection. */
const MAX_BODY_BYTES = 65_536;

/** A short body comes in a few chunks; one in thousands means no good. */
const MAX_CHUNKS = 1_024;

/** A server may announce progress before its answer; one that sends more than this means no good. */
const MAX_INTERIM_ANSWERS = 20;

/** A line between chunks: a size with what a server may say besides, or a trailer. */
const MAX_LINE_BYTES = 4_096;

/** What the first bytes of every answer are. */
const START = Buffer.from('HTTP/1.');

const EMPTY = Buffer.alloc(0);

/**
 * - `more`: the answer goes on.
 * - `whole`: it has ended, and nothing came behind it.
 * - `overfull`: it has ended, and what nobody asked for came behind it.
 * - `broken`: its head is good, and its body is longer than we read, or cannot be read on.
 */
export type ReadState = 'more' | 'whole' | 'overfull' | 'broken';

/** Reads one answer from the bytes of a connection, as they come. */
export interface AnswerReader {
  /** @throws MalformedAnswerError while there is no head. Not to be called once it has returned anything but `more`. */
  read(bytes: Buffer): ReadState;
  /** The server has ended the connection. @returns whether the answer was meant to end so. */
  endsHere(): boolean;
  /** null: it has not come yet. Interim answers are none. */
  head(): AnswerHead | null;
  /** What has come of the body, 64 KiB at most. */
  body(): Buffer;
}

export function createAnswerReader(): AnswerReader {
  let head: AnswerHead | null = null;
  let interimAnswers = 0;
  /** The start of a line, or of a head, whose rest is still to come. */
  let held: Buffer = EMPTY;
  /** So many bytes of `held` have been looked at. */
  let heldChecked = 0;
  let body: Buffer = EMPTY;
  let bodyBytes = 0;
  /** Of the body, or of the chunk, still to come. */
  let remaining = 0;
  let chunks = 0;
  let chunkPart: 'size' | 'data' | 'end' | 'trailer' = 'size';
  let trailerBytes = 0;

  function read(bytes: Buffer): ReadState {
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    held = EMPTY;
    return head === null ? readHead(all) : readBody(head, all);
  }

  function readHead(all: Buffer): ReadState {
    let at = 0;
    for (;;) {
      if (!startsLikeAnswer(all, at)) throw new MalformedAnswerError('STATUS_LINE');
      const end = all.indexOf('\r\n\r\n', at);
      if (end === -1) return holdHead(all, at);
      if (end - at > MAX_HEAD_BYTES) throw new MalformedAnswerError('HEAD_TOO_LONG');
      const next = parseHead(all.toString('latin1', at, end));
      at = end + 4;
      if (next.status === 101) throw new MalformedAnswerError('UPGRADE');
      if (next.status >= 200) {
        head = next;
        remaining = typeof next.framing === 'number' ? next.framing : 0;
        return readBody(next, all.subarray(at));
      }
      if (++interimAnswers > MAX_INTERIM_ANSWERS) throw new MalformedAnswerError('INTERIM_ANSWERS');
      heldChecked = 0;
      if (at === all.length) return 'more';
    }
  }

  /** What cannot become a head any more is refused now, not when the deadline strikes. */
  function holdHead(all: Buffer, at: number): 'more' {
    held = all.subarray(at);
    // The end may have come but for its last byte.
    if (held.length > MAX_HEAD_BYTES + 3) throw new MalformedAnswerError('HEAD_TOO_LONG');
    if (hasBareLineFeed(held, heldChecked)) throw new MalformedAnswerError('HEADER');
    heldChecked = held.length;
    return 'more';
  }

  function readBody({ framing }: AnswerHead, bytes: Buffer): ReadState {
    if (framing === 'chunked') return readChunks(bytes);
    if (framing === 'until_close') return keep(bytes) ? 'more' : 'broken';
    const own = bytes.length <= remaining ? bytes : bytes.subarray(0, remaining);
    if (!keep(own)) return 'broken';
    remaining -= own.length;
    if (remaining > 0) return 'more';
    return own.length === bytes.length ? 'whole' : 'overfull';
  }

  /** RFC 9112 section 7.1. */
  function readChunks(bytes: Buffer): ReadState {
    let at = 0;
    while (at < bytes.length) {
      if (chunkPart === 'data') {
        const own = bytes.subarray(at, at + remaining);
        if (!keep(own)) return 'broken';
        at += own.length;
        remaining -= own.length;
        if (remaining === 0) chunkPart = 'end';
        continue;
      }
      const end = bytes.indexOf('\r\n', at);
      if (end === -1) {
        held = bytes.subarray(at);
        // The end may have come but for its last byte.
        return held.length > MAX_LINE_BYTES + 1 ? 'broken' : 'more';
      }
      if (end - at > MAX_LINE_BYTES) return 'broken';
      const line = bytes.toString('latin1', at, end);
      at = end + 2;
      if (!readChunkLine(line)) return 'broken';
      if (chunkPart === 'trailer' && line === '') return at === bytes.length ? 'whole' : 'overfull';
    }
    return 'more';
  }

  /** @returns false: no body goes on like this. */
  function readChunkLine(line: string): boolean {
    switch (chunkPart) {
      case 'size': {
        const digits = /^0*([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(line)?.[1];
        if (digits === undefined || ++chunks > MAX_CHUNKS) return false;
        remaining = Number.parseInt(digits, 16);
        chunkPart = remaining === 0 ? 'trailer' : 'data';
        return true;
      }
      case 'end':
        chunkPart = 'size';
        return line === '';
      default:
        trailerBytes += line.length + 2;
        return trailerBytes <= MAX_HEAD_BYTES && (line === '' || isField(line));
    }
  }

  /** @returns false when there is more than we read; then its start is kept. */
  function keep(bytes: Buffer): boolean {
    const own = Math.min(bytes.length, MAX_BODY_BYTES - bodyBytes);
    if (bodyBytes + own > body.length) {
      const larger = Buffer.allocUnsafe(Math.min(MAX_BODY_BYTES, Math.max(bodyBytes + own, 2 * body.length)));
      body.copy(larger, 0, 0, bodyBytes);
      body = larger;
    }
    bytes.copy(body, bodyBytes, 0, own);
    bodyBytes += own;
    return own === bytes.length;
  }

  return {
    read,
    endsHere: () => head?.framing === 'until_close',
    head: () => head,
    body: () => body.subarray(0, bodyBytes),
  };
}

function startsLikeAnswer(bytes: Buffer, at: number): boolean {
  const length = Math.min(START.length, bytes.length - at);
  return bytes.compare(START, 0, length, at, at + length) === 0;
}

function hasBareLineFeed(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(0x0a, from); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (at === 0 || bytes[at - 1] !== 0x0d) return true;
  }
  return false;
}
