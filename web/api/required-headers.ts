import { readStored, writeStored } from '../storage.ts';
import { createStore } from '../store.ts';

/** Values by header name. */
type HeaderValues = Readonly<Record<string, string>>;

const KEY = 'api-headers';

/** Names of the headers that the service asks for; it writes them into the page's shell. Empty: none. */
export const requiredHeaderNames: readonly string[] = (
  document.querySelector<HTMLMetaElement>('meta[name="postpoint-api-headers"]')?.content ?? ''
)
  .split(',')
  .filter((name) => name !== '');

/** Kept for this tab and no longer. */
export const headerValues = createStore<HeaderValues>(readValues());

/** `asked`: there are no values yet; `wrong`: the service refused the ones that we have. No call is made in either. */
export const authState = createStore<'ok' | 'asked' | 'wrong'>(
  requiredHeaderNames.every((name) => name in headerValues.get()) ? 'ok' : 'asked',
);

export function keepHeaderValues(values: HeaderValues): void {
  writeStored('sessionStorage', KEY, JSON.stringify(values));
  headerValues.set(values);
  authState.set('ok');
}

/** Called when the service has said 401. */
export function askForHeaders(): void {
  authState.set(Object.keys(headerValues.get()).length === 0 ? 'asked' : 'wrong');
}

/** `fetch` throws for a character that is no byte; as UTF-8 the service can say that the value is wrong. */
export function asHeaderValue(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text.trim()));
}

function readValues(): HeaderValues {
  try {
    const values: unknown = JSON.parse(readStored('sessionStorage', KEY) ?? '{}');
    if (typeof values !== 'object' || values === null) return {};
    return Object.fromEntries(
      Object.entries(values).filter(
        (pair): pair is [string, string] =>
          requiredHeaderNames.includes(pair[0]) && typeof pair[1] === 'string',
      ),
    );
  } catch {
    return {};
  }
}
