/** The JSON object in a body, or null for anything else: gateways answer HTML, plain text or nothing at times. */
export function readJsonObject(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** A numeric code as text. DingTalk's own page shows it as a string, so both spellings count; anything else is no code. */
export function numericCode(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) return null;
  return String(Number(value));
}

/** A field that should hold text; empty where it holds something else. */
export function textField(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
