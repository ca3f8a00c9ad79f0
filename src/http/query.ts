import { invalidArgument } from './api-error.ts';
import { parseForm } from './form.ts';
import { nearestWord, shownWord } from './nearest-word.ts';

/**
 * The parameters of a request's target, decoded.
 *
 * @throws ApiError for one that is not known, and for what `parseForm` refuses.
 */
export function parseQuery<Name extends string>(
  target: string,
  known: readonly [Name, ...Name[]],
): Partial<Record<Name, string>> {
  const mark = target.indexOf('?');
  const parameters = parseForm(Buffer.from(mark < 0 ? '' : target.slice(mark + 1), 'latin1'));
  for (const name of parameters.keys()) {
    if (known.some((word) => word === name)) continue;
    const nearest = nearestWord(name, known);
    throw invalidArgument((t) => t.unknownParameter(shownWord(name), nearest));
  }
  return Object.fromEntries(parameters) as Partial<Record<Name, string>>;
}
