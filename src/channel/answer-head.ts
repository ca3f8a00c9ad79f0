/** The head of an answer: RFC 9112, sections 4 to 6 and 9. */
export interface AnswerHead {
  readonly status: number;
  /** Names in lower case; of a name that is repeated the first value. */
  readonly headers: Readonly<Record<string, string>>;
  /** How its end is known: so many bytes, chunks, or the end of the connection. */
  readonly framing: number | 'chunked' | 'until_close';
  /** How long the connection may then wait for another request, ms; 0: it must not be used again. */
  readonly keepMs: number;
}

/** What came is no answer of HTTP/1.1. `code` says what is wrong with it, and quotes nothing. */
export class MalformedAnswerError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`malformed answer: ${code}`);
    this.name = 'MalformedAnswerError';
    this.code = code;
  }
}

/** Idle connections are dropped before the servers that we know drop them (5 s is Node's default). */
const MAX_KEEP_MS = 4_000;
/** What a server says of its own patience counts for less than that: a request takes time to get there. */
const KEEP_MARGIN_MS = 1_000;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/;

/**
 * Strict wherever a guess would be needed, about an answer's end above all: what is wrong is `unknown` then, not the wrong
 * answer.
 *
 * @param text all lines of the head, as Latin-1, without the empty one.
 * @throws MalformedAnswerError
 */
export function parseHead(text: string): AnswerHead {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const start = STATUS_LINE.exec(statusLine);
  if (start === null) throw new MalformedAnswerError('STATUS_LINE');
  const status = Number(start[2]);
  const headers: Record<string, string> = Object.create(null);
  let length: string | null = null;
  let coding = '';
  let connection = '';
  for (const line of lines) {
    const field = FIELD.exec(line);
    if (field === null) throw new MalformedAnswerError('HEADER');
    const name = (field[1] ?? '').toLowerCase();
    const value = (field[2] ?? '').trim();
    if (name === 'content-length') {
      if (length !== null) throw new MalformedAnswerError('CONTENT_LENGTH');
      length = value;
    } else if (name === 'transfer-encoding') coding = `${coding},${value}`;
    else if (name === 'connection') connection = `${connection},${value}`;
    headers[name] ??= value;
  }
  const framing = framingOf(status, length, coding);
  const isKept = framing !== 'until_close' && keepsOpen(start[1] === '1', connection.toLowerCase());
  return { status, headers, framing, keepMs: isKept ? keepMsOf(headers['keep-alive']) : 0 };
}

/** A line of a head, or of a trailer. */
export function isField(line: string): boolean {
  return FIELD.test(line);
}

/** RFC 9112 section 6.3. */
function framingOf(status: number, length: string | null, coding: string): AnswerHead['framing'] {
  // Both could be told apart by a rule, but who sends both may mean either.
  if (length !== null && coding !== '') throw new MalformedAnswerError('CONTENT_LENGTH');
  if (length !== null && !/^0*\d{1,15}$/.test(length)) throw new MalformedAnswerError('CONTENT_LENGTH');
  if (status < 200 || status === 204 || status === 304) return 0;
  if (coding !== '') return /,[ \t]*chunked$/i.test(coding) ? 'chunked' : 'until_close';
  return length === null ? 'until_close' : Number(length);
}

/** RFC 9112 section 9.3. @param connection what the head says of it, in lower case, its words after commas. */
function keepsOpen(isHttp11: boolean, connection: string): boolean {
  const words = connection === '' ? [] : connection.split(',').map((word) => word.trim());
  return !words.includes('close') && (isHttp11 || words.includes('keep-alive'));
}

function keepMsOf(keepAlive: string | undefined): number {
  const seconds = keepAlive === undefined ? undefined : /(?:^|[,;\s])timeout=(\d{1,9})/i.exec(keepAlive)?.[1];
  if (seconds === undefined) return MAX_KEEP_MS;
  return Math.min(MAX_KEEP_MS, Math.max(0, Number(seconds) * 1_000 - KEEP_MARGIN_MS));
}
