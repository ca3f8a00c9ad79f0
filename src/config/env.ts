import { localText } from '../texts/texts.ts';
import type { Fault } from './problem.ts';

export type Substituted =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Replaces each `${NAME}` by the environment variable NAME. What a variable holds is not looked at again, so
 * that a value with `${` in it stays as it is.
 */
export function substituteEnv(text: string, env: Readonly<Record<string, string | undefined>>): Substituted {
  const faults: Fault[] = [];
  const filled = text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      faults.push({
        what: localText((t) => t.config.badEnvName),
        allowed: localText((t) => t.config.allowedEnvName),
      });
      return '';
    }
    // A plain object inherits `constructor` and its like, which are no variables.
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (typeof value !== 'string')
      faults.push({ what: localText((t) => t.config.unsetEnv(name)), allowed: null });
    return value ?? '';
  });
  return faults.length === 0 ? { ok: true, text: filled } : { ok: false, faults };
}
