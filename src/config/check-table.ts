import { nearest } from '../core/nearest-word.ts';
import type { Provider } from '../providers/provider.ts';
import { localText } from '../texts/texts.ts';
import { checkHeaderValue } from './check-text.ts';
import { type Checked, checkHeaderName, checkValue, type Env } from './check-value.ts';
import type { KeySpec } from './keys.ts';
import type { Fault } from './problem.ts';
import { pathText, type TomlEntry } from './read-toml.ts';

export interface Header {
  readonly name: string;
  readonly value: string;
}

/** The keys of one table that passed their checks. */
export interface Values {
  readonly plain: ReadonlyMap<string, Checked>;
  readonly headers: ReadonlyMap<string, readonly Header[]>;
}

interface Place {
  readonly line: number | null;
  readonly key: string | null;
}

/** A fault and its place in the file. */
export interface PlacedFault extends Fault, Place {}

/** What all checks of one file share. */
export interface CheckDeps {
  readonly providers: readonly Provider[];
  readonly env: Env;
  report(place: Place, fault: Fault): void;
  /** For what is allowed and yet hardly meant. */
  warn(place: Place, doubt: Fault): void;
}

export const placeOf = (entry: TomlEntry, parent: readonly string[]) => ({
  line: entry.line,
  key: pathText([...parent, ...entry.path]),
});

/** Checks the entries of one table against its keys. */
export function checkTable(
  entries: readonly TomlEntry[],
  specs: readonly KeySpec[],
  parent: readonly string[],
  deps: CheckDeps,
  provider: Provider | null = null,
): Values {
  const plain = new Map<string, Checked>();
  const headers = new Map<string, Header[]>();
  const known = new Map<string, KeySpec>(specs.map((spec) => [spec.key, spec]));
  const prefixes = new Set(specs.flatMap((spec) => prefixesOf(spec.key)));
  // What a misspelt key may have meant: nothing that would be refused in its turn.
  const taken = specs.filter((spec) => isTaken(spec, provider));
  const refused = new Set<string>();
  const unknownTables: string[] = [];
  for (const entry of entries) {
    const header = headerSpec(entry, known);
    const key = pathText(entry.path);
    const spec = header ?? known.get(key);
    // What stands in a table that was refused as a whole needs no line of its own.
    if (unknownTables.some((table) => key.startsWith(table))) continue;
    if (spec === undefined) {
      reportUnknown(entry, taken, prefixes, parent, deps);
      if (isTableKind(entry) && !prefixes.has(key)) unknownTables.push(`${key}.`);
      continue;
    }
    if (!isTaken(spec, provider)) {
      // One line for the whole table `headers`, not one for each header in it.
      if (!refused.has(spec.key))
        deps.report(placeOf({ ...entry, path: spec.key.split('.') }, parent), notHere(spec, deps));
      refused.add(spec.key);
    } else if (header !== undefined) {
      addHeader(headers, entry, header, parent, deps);
    } else if (spec.type.kind === 'headers' && entry.value.kind === 'table') {
      headers.set(spec.key, headers.get(spec.key) ?? []);
    } else {
      const checked = checkValue(spec, entry.value, deps.env);
      if (checked.ok) plain.set(spec.key, checked.value);
      else for (const fault of checked.faults) deps.report(placeOf(entry, parent), fault);
    }
  }
  return { plain, headers };
}

const isTaken = (spec: KeySpec, provider: Provider | null): boolean =>
  provider === null || spec.field === undefined || provider.fields.includes(spec.field);

const isTableKind = (entry: TomlEntry): boolean =>
  entry.value.kind === 'table' || entry.value.kind === 'array_of_tables';

const prefixesOf = (key: string): string[] =>
  key
    .split('.')
    .slice(0, -1)
    .map((_, index, names) => names.slice(0, index + 1).join('.'));

/** The key whose table of headers the entry stands in: `api.headers.X-Token` -> `api.headers`. */
function headerSpec(entry: TomlEntry, known: ReadonlyMap<string, KeySpec>): KeySpec | undefined {
  const spec = known.get(pathText(entry.path.slice(0, -1)));
  return spec?.type.kind === 'headers' ? spec : undefined;
}

function addHeader(
  headers: Map<string, Header[]>,
  entry: TomlEntry,
  spec: KeySpec,
  parent: readonly string[],
  deps: CheckDeps,
): void {
  const name = entry.path.at(-1) ?? '';
  const list = headers.get(spec.key) ?? [];
  headers.set(spec.key, list);
  const nameFault = checkHeaderName(name, spec.type.kind === 'headers' ? spec.type.owned : []);
  if (nameFault !== null) {
    // `"Authorization: Bearer …" = ""` is a likely slip, so of a bad name only its sound beginning is shown.
    const sound = /^[\w-]{0,40}/.exec(name)?.[0] ?? '';
    const shown = nameFault.allowed === null ? name : `${sound}…`;
    deps.report(
      { line: entry.line, key: `${pathText([...parent, ...spec.key.split('.')])}.${shown}` },
      nameFault,
    );
    return;
  }
  const place = placeOf(entry, parent);
  const text = { key: spec.key, type: { kind: 'text', check: checkHeaderValue }, byDefault: null } as const;
  const checked = checkValue(text, entry.value, deps.env);
  if (!checked.ok) {
    for (const fault of checked.faults) deps.report(place, fault);
    return;
  }
  if (list.some((header) => header.name.toLowerCase() === name.toLowerCase()))
    deps.report(place, { what: localText((t) => t.config.duplicateHeader), allowed: null });
  list.push({ name, value: String(checked.value) });
}

function notHere(spec: KeySpec, deps: CheckDeps): Fault {
  const ids = deps.providers.filter((p) => spec.field && p.fields.includes(spec.field)).map((p) => p.id);
  return { what: localText((t) => t.config.onlyForProviders(ids)), allowed: null };
}

/** An entry that is no key: a table on the way to known keys, a value where such a table should be, or unknown. */
function reportUnknown(
  entry: TomlEntry,
  specs: readonly KeySpec[],
  prefixes: ReadonlySet<string>,
  parent: readonly string[],
  deps: CheckDeps,
): void {
  const key = pathText(entry.path);
  const isTable = isTableKind(entry);
  if (prefixes.has(key)) {
    if (entry.value.kind === 'table') return;
    const inside = specs.map((spec) => spec.key).filter((known) => known.startsWith(`${key}.`));
    deps.report(placeOf(entry, parent), {
      what: localText((t) => t.config.isA(t.config.kinds[entry.value.kind])),
      allowed: localText((t) => t.config.tableOf(inside)),
    });
    return;
  }
  const meant = nearestKey(key, isTable ? [...prefixes] : specs.map((spec) => spec.key));
  const names = neighbours(entry.path, specs, parent);
  deps.report(placeOf(entry, parent), {
    what: localText((t) => (isTable ? t.config.unknownTable : t.config.unknownKey)),
    allowed: localText((t) => t.config.listed(names)),
    nearest: meant === null ? null : pathText([...parent, ...meant.split('.')]),
  });
}

/** What could stand where the unknown name stands: the keys of the innermost known table around it. */
function neighbours(path: readonly string[], specs: readonly KeySpec[], parent: readonly string[]): string[] {
  for (let depth = path.length - 1; depth > 0; depth--) {
    const table = `${pathText(path.slice(0, depth))}.`;
    const inside = specs.map((spec) => spec.key).filter((known) => known.startsWith(table));
    if (inside.length > 0) return inside.map((known) => known.slice(table.length));
  }
  if (parent.length > 0) return specs.map((spec) => spec.key);
  return ['provider', 'channel', ...new Set(specs.map((spec) => spec.key.split('.')[0] ?? spec.key))];
}

/** By spelling; else a key of the same last name elsewhere (`timeout` -> `delivery.timeout`). */
function nearestKey(key: string, known: readonly string[]): string | null {
  const last = key.split('.').at(-1) ?? key;
  return nearest(key, known) ?? known.find((candidate) => candidate.split('.').at(-1) === last) ?? null;
}
