import { type ApiError, invalidArgument, type PickText } from './api-error.ts';
import { parseForm } from './form.ts';
import { decodeJsonObject } from './json-body.ts';
import type { BodyKind } from './media-type.ts';
import { nearestWord, shownWord } from './nearest-word.ts';

/** What `POST /api/text` asks for. */
export interface TextInput {
  readonly text: string;
  /** null: every enabled channel. */
  readonly to: readonly string[] | null;
}

export const TEXT_FIELDS = ['msg', 'to'] as const;

/** A visible character. Whitespace, control, format and filler characters show nothing, nor does the empty braille cell. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** An object, after the byte order mark and the space that JSON allows; the mark as bytes. */
const JSON_START = /^(?:\xef\xbb\xbf)?[ \t\r\n]*\{/;

/** @throws ApiError that says what is wrong. */
export function parseTextBody(kind: BodyKind, bytes: Buffer): TextInput {
  if (kind === 'json') return parseJson(bytes);
  // What curl says of a body when it is told nothing: no field of a form begins like this.
  if (JSON_START.test(bytes.toString('latin1', 0, 64))) throw invalidArgument((t) => t.jsonAsForm);
  const fields = parseForm(bytes);
  const msg = fields.get('msg');
  const to = fields.get('to');
  if (msg === undefined) throw msgMissing(fields.keys(), 'form');
  refuseUnknown(fields.keys(), 'form');
  return { text: checkText(msg), to: to === undefined ? null : splitWords(to) };
}

function parseJson(bytes: Buffer): TextInput {
  const body = decodeJsonObject(bytes);
  if (!Object.hasOwn(body, 'msg')) throw msgMissing(Object.keys(body), 'json');
  // JSON.parse makes `__proto__` a plain field, so that it is refused here like any other.
  refuseUnknown(Object.keys(body), 'json');
  return { text: checkText(body.msg), to: Object.hasOwn(body, 'to') ? checkTo(body.to) : null };
}

function refuseUnknown(fields: Iterable<string>, kind: BodyKind): void {
  const field = findUnknown(fields);
  if (field !== undefined) throw invalidArgument(unknownField(field, kind));
}

/** What was written in place of `msg` is named, for whoever reads only that `msg` is missing sees one. */
function msgMissing(fields: Iterable<string>, kind: BodyKind): ApiError {
  const field = findUnknown(fields);
  if (field === undefined) return invalidArgument((t) => t.msgRequired);
  const why = unknownField(field, kind, ['msg']);
  return invalidArgument((t) => t.msgRequiredBecause(why(t)));
}

function findUnknown(fields: Iterable<string>): string | undefined {
  return [...fields].find((field) => field !== 'msg' && field !== 'to');
}

function unknownField(
  field: string,
  kind: BodyKind,
  known: readonly [string, ...string[]] = TEXT_FIELDS,
): PickText {
  const shown = shownWord(field);
  const nearest = nearestWord(field, known);
  return (t) => (kind === 'json' ? t.unknownField(shown, nearest) : t.unknownFormField(shown, nearest));
}

function checkText(msg: unknown): string {
  if (typeof msg !== 'string') throw invalidArgument((t) => t.msgNotString);
  if (!VISIBLE.test(msg) && !msg.includes('\0')) throw invalidArgument((t) => t.msgBlank);
  return checkUnicode('msg', msg);
}

function checkUnicode(field: string, text: string): string {
  if (text.includes('\0')) throw invalidArgument((t) => t.hasNul(field));
  if (!text.isWellFormed()) throw invalidArgument((t) => t.loneSurrogate(field));
  return text;
}

function checkTo(to: unknown): readonly string[] {
  if (typeof to === 'string') return splitWords(to);
  if (!Array.isArray(to) || !to.every((word) => typeof word === 'string'))
    throw invalidArgument((t) => t.toWrongType);
  return checkWords(to);
}

function splitWords(to: string): readonly string[] {
  if (to.trim() === '') throw invalidArgument((t) => t.toEmpty);
  return checkWords(to.split(',').map((word) => word.trim()));
}

function checkWords(words: readonly string[]): readonly string[] {
  if (words.length === 0) throw invalidArgument((t) => t.toEmpty);
  for (const word of words) {
    if (word.trim() === '') throw invalidArgument((t) => t.toEmptyWord);
    checkUnicode('to', word);
  }
  return words;
}
