import { nearest } from '../core/nearest-word.ts';
import { localText } from '../texts/texts.ts';
import { HEADER_NAME } from './check-text.ts';
import { substituteEnv } from './env.ts';
import type { KeySpec } from './keys.ts';
import type { Fault } from './problem.ts';
import type { TomlValue } from './read-toml.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** A value after its checks. */
export type Checked = string | number | boolean | readonly string[];

export type CheckedValue =
  | { readonly ok: true; readonly value: Checked }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const bad = (...faults: Fault[]): CheckedValue => ({ ok: false, faults });

/** Checks one value against its key's type. `headers` is a table and is checked header by header. */
export function checkValue(spec: KeySpec, value: TomlValue, env: Env): CheckedValue {
  const { type } = spec;
  switch (type.kind) {
    case 'text':
    case 'choice':
      return checkString(spec, value, env);
    case 'integer':
    case 'number':
      return checkNumber(type, value);
    case 'boolean':
      return value.kind === 'boolean' ? { ok: true, value: value.value } : bad(wrongType(spec, value));
    case 'words':
      return checkWords(spec, value, env);
    case 'headers':
      return bad(wrongType(spec, value));
    default:
      return type satisfies never;
  }
}

function checkString(spec: KeySpec, value: TomlValue, env: Env): CheckedValue {
  if (value.kind !== 'string') return bad(wrongType(spec, value));
  const filled = substituteEnv(value.value, env);
  if (!filled.ok) return bad(...filled.faults);
  if (spec.type.kind === 'text') {
    const fault = spec.type.check(filled.text);
    return fault === null ? { ok: true, value: filled.text } : bad(fault);
  }
  const choices = spec.type.kind === 'choice' ? spec.type.of : [];
  if (choices.includes(filled.text)) return { ok: true, value: filled.text };
  const shown = showable(value.value) ? value.value : null;
  return bad({
    what: localText((t) => (shown === null ? t.config.notAChoice : t.config.noSuchChoice(shown))),
    allowed: localText((t) => t.config.oneOf(choices)),
    nearest: nearest(filled.text, choices),
  });
}

/** Whether a wrong value may be quoted: not if it came from the environment or looks like a pasted webhook URL. */
function showable(written: string): boolean {
  return written.length <= 40 && !written.includes('${') && !written.includes('/');
}

function checkNumber(
  type: { readonly kind: 'integer' | 'number'; readonly min: number; readonly max: number },
  value: TomlValue,
): CheckedValue {
  const isInteger = type.kind === 'integer';
  const allowed = localText((t) => t.config.numberBetween(type.min, type.max, isInteger));
  if (value.kind !== 'integer' && value.kind !== 'float')
    return bad({ what: localText((t) => t.config.isA(t.config.kinds[value.kind])), allowed });
  const shown = String(value.value);
  if (!Number.isFinite(value.value)) return bad({ what: localText((t) => t.config.notFinite), allowed });
  if (isInteger && value.kind === 'float')
    return bad({ what: localText((t) => t.config.notAnInteger(shown)), allowed });
  if (value.value < type.min || value.value > type.max)
    return bad({ what: localText((t) => t.config.outOfRange(shown)), allowed });
  return { ok: true, value: value.value };
}

function checkWords(spec: KeySpec, value: TomlValue, env: Env): CheckedValue {
  if (value.kind !== 'array' || spec.type.kind !== 'words') return bad(wrongType(spec, value));
  const words = new Set<string>();
  const faults: Fault[] = [];
  for (const item of value.items) {
    if (item.kind !== 'string') {
      faults.push(wrongType(spec, item, true));
      continue;
    }
    const filled = substituteEnv(item.value, env);
    if (!filled.ok) {
      faults.push(...filled.faults);
      continue;
    }
    const fault = spec.type.check(filled.text);
    if (fault === null) words.add(filled.text);
    else faults.push(fault);
  }
  return faults.length === 0 ? { ok: true, value: [...words] } : bad(...faults);
}

/** Says what kind of value it is and which kind it should be; quotes nothing. */
export function wrongType(spec: KeySpec, value: TomlValue, inArray = false): Fault {
  return {
    what: localText((t) => {
      const kind = t.config.kinds[value.kind];
      return inArray ? t.config.holdsA(kind) : t.config.isA(kind);
    }),
    allowed: localText((t) => {
      if (spec.type.kind === 'choice') return t.config.oneOf(spec.type.of);
      return t.config.types[spec.type.kind];
    }),
  };
}

/** The fault of a header's name: HTTP forbids it, or HTTP and we write it ourselves. */
export function checkHeaderName(name: string, owned: readonly string[]): Fault | null {
  if (!HEADER_NAME.test(name))
    return {
      what: localText((t) => t.config.badHeaderName),
      allowed: localText((t) => t.config.allowedHeaderName),
    };
  if (owned.includes(name.toLowerCase()))
    return { what: localText((t) => t.config.ownedHeader), allowed: null };
  return null;
}
