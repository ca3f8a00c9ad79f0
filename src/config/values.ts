import assert from 'node:assert/strict';
import type { Header, Values } from './check-table.ts';
import type { Checked } from './check-value.ts';
import type { KeySpec } from './keys.ts';

/** Reads the checked values of one table; where a key is not set, the default of the key table. */
export interface Reader {
  /** Whether the file sets the key. */
  has(key: string): boolean;
  text(key: string): string;
  number(key: string): number;
  flag(key: string): boolean;
  choice<T extends string>(key: string, choices: readonly T[]): T;
  words(key: string): readonly string[];
  headers(key: string): readonly Header[];
}

/** A key or type that the table does not hold is a bug of ours, not a fault of the file: it throws. */
export function readerOf(values: Values, specs: readonly KeySpec[]): Reader {
  const defaults = new Map<string, Checked | null>(specs.map((spec) => [spec.key, spec.byDefault]));
  const lookUp = (key: string): Checked | null => {
    const byDefault = defaults.get(key);
    assert(byDefault !== undefined, `no such key: ${key}`);
    return values.plain.get(key) ?? byDefault;
  };
  const reader: Reader = {
    has: (key) => values.plain.has(key),
    text(key) {
      const value = lookUp(key);
      assert(typeof value === 'string', `${key} is no text`);
      return value;
    },
    number(key) {
      const value = lookUp(key);
      assert(typeof value === 'number', `${key} is no number`);
      return value;
    },
    flag(key) {
      const value = lookUp(key);
      assert(typeof value === 'boolean', `${key} is no boolean`);
      return value;
    },
    choice(key, choices) {
      const found = choices.find((choice) => choice === lookUp(key));
      assert(found !== undefined, `${key} is none of ${choices.join(' ')}`);
      return found;
    },
    words(key) {
      const value = lookUp(key) ?? [];
      assert(Array.isArray(value), `${key} is no list`);
      return value;
    },
    headers: (key) => values.headers.get(key) ?? [],
  };
  return reader;
}
