/**
 * A secret as it is and in the forms in which a server, a proxy or a framework's error page may echo it. Matching
 * ignores case, so that `%2F` and `%2f` are one.
 */
export function encodedForms(secret: string): string[] {
  const utf8 = Buffer.from(secret.toWellFormed());
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = encodeURIComponent(secret.toWellFormed());
  const forms = [
    secret,
    json,
    json.replaceAll('/', '\\/'),
    asciiJson(json),
    // Go and Rails escape three characters for HTML, PHP and .NET more.
    json.replace(/[<>&]/g, unicodeEscape),
    asciiJson(json).replace(/[<>&]/g, unicodeEscape),
    asciiJson(json).replace(/[<>&'+=]/g, unicodeEscape),
    percent,
    // Strict form encoding: these five stay as they are in encodeURIComponent, and a space becomes `+`.
    percent.replace(/[!'()*]/g, percentEscape),
    percent.replaceAll('%20', '+'),
    encodeURIComponent(percent),
    htmlEscaped(secret),
    utf8.toString('hex'),
    ...(utf8.length >= 6 ? base64Forms(utf8) : []),
  ];
  return [...new Set(forms)].filter((form) => form !== '');
}

/** Base64 of the bytes wherever they begin in a group of three, without the characters that their neighbours change. */
function base64Forms(bytes: Buffer): string[] {
  const forms: string[] = [];
  for (const lead of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64url');
    const first = lead === 0 ? 0 : lead + 1;
    const last = (lead + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    const url = text.slice(first, last);
    forms.push(url, url.replaceAll('-', '+').replaceAll('_', '/'));
  }
  return forms.flatMap((form) => [form, form.replaceAll('/', '\\/')]);
}

function asciiJson(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, unicodeEscape);
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function percentEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}

function htmlEscaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
