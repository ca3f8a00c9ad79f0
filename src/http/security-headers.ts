/** On every answer. Nothing that is JSON or text may load, run or be framed. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/**
 * What the pages need: their own files and calls, and icons as `data:` images. No inline style: Ant Design's goes
 * through constructed style sheets (web/style-sheets.ts).
 */
export const PAGES_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** What Swagger UI needs: its own scripts, styles and calls; its icons are `data:` images inside its style sheet. */
export const SWAGGER_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
