/** What is being written, as it is kept in the browser. */
export interface Draft {
  readonly text: string;
  /** null: every enabled channel, also one that is added later. */
  readonly to: readonly string[] | null;
}

export const EMPTY_DRAFT: Draft = { text: '', to: null };

export function parseDraft(stored: string | null): Draft {
  try {
    const value: unknown = JSON.parse(stored ?? 'null');
    if (typeof value !== 'object' || value === null) return EMPTY_DRAFT;
    const { text, to } = value as { text?: unknown; to?: unknown };
    const names = Array.isArray(to) ? to.filter((name) => typeof name === 'string') : null;
    return { text: typeof text === 'string' ? text : '', to: names };
  } catch {
    return EMPTY_DRAFT;
  }
}

/** As the service reads it: a text of nothing but blanks and invisible characters is refused. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

/** Adds or takes away the channels of a tag; one that is missing makes it an addition. */
export function toggleAll(chosen: readonly string[], names: readonly string[]): readonly string[] {
  const allIn = names.every((name) => chosen.includes(name));
  return allIn ? chosen.filter((name) => !names.includes(name)) : [...new Set([...chosen, ...names])];
}
