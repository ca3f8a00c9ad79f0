import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';

export type TomlValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'date' }
  | { readonly kind: 'array'; readonly items: readonly TomlValue[] }
  /** A table: named by its header or written `{…}`; what is in it are entries of their own. */
  | { readonly kind: 'table' }
  /** `[[…]]`; what is in it is left out, since no key of ours is one. */
  | { readonly kind: 'array_of_tables' };

/** A key or a table as written, in the order of the file. A flat list: no name in it can reach a prototype. */
export interface TomlEntry {
  readonly path: readonly string[];
  readonly value: TomlValue;
  /** From 1. */
  readonly line: number;
}

export type ReadToml =
  | { readonly ok: true; readonly entries: readonly TomlEntry[] }
  | { readonly ok: false; readonly line: number | null; readonly what: LocalText };

/** Reads TOML 1.0 with the lines of its keys. The first syntax error is the only one: what follows it is guesswork. */
export function readToml(text: string): ReadToml {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text, { tomlVersion: '1.0' });
  } catch (error) {
    if (error instanceof ParseError) return { ok: false, line: error.lineNumber, what: syntaxFault(error) };
    // Nesting deep enough to exhaust the parser's stack.
    return { ok: false, line: null, what: localText((t) => t.config.tooDeep) };
  }
  const entries: TomlEntry[] = [];
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') addKeyValue(entries, [], node);
    else addTable(entries, node);
  }
  return { ok: true, entries };
}

/** The parser's own words name the fault; those that people meet most are said in every language of ours. */
function syntaxFault(error: ParseError): LocalText {
  return localText((t) => {
    const known: Readonly<Record<string, string>> = t.config.syntax;
    const words = Object.hasOwn(known, error.message) ? known[error.message] : undefined;
    return t.config.notToml(words ?? error.message);
  });
}

function addTable(entries: TomlEntry[], node: AST.TOMLTable): void {
  const path = namesOf(node.key);
  const isArray = node.kind === 'array' || node.resolvedKey.some((part) => typeof part === 'number');
  entries.push({ path, value: { kind: isArray ? 'array_of_tables' : 'table' }, line: node.loc.start.line });
  if (isArray) return;
  for (const child of node.body) addKeyValue(entries, path, child);
}

function addKeyValue(entries: TomlEntry[], parent: readonly string[], node: AST.TOMLKeyValue): void {
  const path = [...parent, ...namesOf(node.key)];
  entries.push({ path, value: tomlValue(node.value), line: node.loc.start.line });
  if (node.value.type !== 'TOMLInlineTable') return;
  for (const child of node.value.body) addKeyValue(entries, path, child);
}

function namesOf(key: AST.TOMLKey): string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
}

function tomlValue(node: AST.TOMLContentNode): TomlValue {
  if (node.type === 'TOMLInlineTable') return { kind: 'table' };
  if (node.type === 'TOMLArray') return { kind: 'array', items: node.elements.map(tomlValue) };
  switch (node.kind) {
    case 'string':
      return { kind: 'string', value: node.value };
    case 'boolean':
      return { kind: 'boolean', value: node.value };
    case 'integer':
    case 'float':
      return { kind: node.kind, value: node.value };
    default:
      return { kind: 'date' };
  }
}

/** A path as TOML writes it: `endpoint.url`, and `"endpoint.url"` for one quoted name with a dot in it. */
export function pathText(path: readonly string[]): string {
  return path.map((name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name))).join('.');
}
