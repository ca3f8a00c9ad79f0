import type { LocalText } from '../core/local-text.ts';
import { printable } from '../core/printable.ts';
import { type Lang, texts } from '../texts/texts.ts';

/** What is wrong with a value, and what would be right. Never quotes a secret. */
export interface Fault {
  readonly what: LocalText;
  readonly allowed: LocalText | null;
  /** The known key or value that was probably meant. */
  readonly nearest?: string | null;
}

/** One reason why the configuration cannot be used. */
export interface ConfigProblem extends Fault {
  /** As shown to the user; null in demo mode. */
  readonly file: string | null;
  /** From 1; null when the problem has no place in the file. */
  readonly line: number | null;
  /** Dotted; null when the problem is no key's. */
  readonly key: string | null;
}

const placeOf = (problem: ConfigProblem): string => {
  const file = problem.file ?? 'config.toml';
  return problem.line === null ? file : `${file}:${problem.line}`;
};

/** One printable line per problem, in columns: place, key, what is wrong. */
export function formatProblems(problems: readonly ConfigProblem[], lang: Lang): string[] {
  const t = texts[lang].config;
  const placeWidth = Math.max(0, ...problems.map((problem) => placeOf(problem).length));
  const keyWidth = Math.max(0, ...problems.map((problem) => problem.key?.length ?? 0));
  return problems.map((problem) => {
    const columns = [placeOf(problem).padEnd(placeWidth)];
    if (keyWidth > 0) columns.push((problem.key ?? '').padEnd(Math.min(keyWidth, 48)));
    const parts = [problem.what[lang]];
    if (problem.allowed !== null) parts.push(t.allowed(problem.allowed[lang]));
    if (problem.nearest) parts.push(t.nearest(problem.nearest));
    columns.push(parts.join(t.partSeparator));
    return printable(columns.join('  '));
  });
}
