/** A call of `POST /api/text`, to be written down for a shell or a language. */
export interface Call {
  /** `http://localhost:39270/api/text`. */
  readonly url: string;
  readonly msg: string;
  /** null: every enabled channel. */
  readonly to: readonly string[] | null;
  /** Names of the headers of `api.headers`. Their values are never written: each gets a placeholder. */
  readonly headerNames: readonly string[];
}

export const CODE_KINDS = ['sh', 'cmd', 'python', 'javascript', 'php'] as const;
export type CodeKind = (typeof CODE_KINDS)[number];

export const writeCode: Readonly<Record<CodeKind, (call: Call) => string>> = {
  sh: shCode,
  cmd: cmdCode,
  python: pythonCode,
  javascript: javascriptCode,
  php: phpCode,
};

/** What stands in for a header's value: `YOUR_X_TOKEN`. */
export function placeholderOf(headerName: string): string {
  return `YOUR_${headerName.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
}

function headersOf({ headerNames }: Call): readonly (readonly [name: string, value: string])[] {
  return [
    ['Content-Type', 'application/json'],
    ...headerNames.map((name) => [name, placeholderOf(name)] as const),
  ];
}

function payloadOf({ msg, to }: Call): { msg: string; to?: readonly string[] } {
  return to === null ? { msg } : { msg, to };
}

function shCode(call: Call): string {
  const lines = [
    `curl -X POST ${shWord(call.url)}`,
    ...headersOf(call).map(([name, value]) => `-H ${shWord(`${name}: ${value}`)}`),
    `-d ${shWord(JSON.stringify(payloadOf(call)))}`,
  ];
  return lines.join(' \\\n  ');
}

/** Inside single quotes nothing is special but the single quote. */
function shWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function cmdCode(call: Call): string {
  const lines = [
    `curl -X POST ${cmdWord(call.url)}`,
    ...headersOf(call).map(([name, value]) => `-H ${cmdWord(`${name}: ${value}`)}`),
    `-d ${cmdWord(asciiJson(payloadOf(call)))}`,
  ];
  return lines.join(' ^\n  ');
}

/**
 * JSON of which cmd.exe sees nothing but letters, digits and harmless signs. cmd takes every `"` for the end or start of
 * quoting, also `\"`, and would read `%`, `&`, `|`, `<`, `>`, `^` and `!` as its own; and curl would get other bytes than
 * UTF-8, in the console's code page. JSON lets all of them be written as \uXXXX.
 */
function asciiJson(value: unknown): string {
  const escaped = (text: string) =>
    text.replace(/[^ -~]|["%&|<>^!\\]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (typeof value === 'string') return `"${escaped(value)}"`;
  if (Array.isArray(value)) return `[${value.map(asciiJson).join(', ')}]`;
  const fields = Object.entries(value as object).map(([name, field]) => `"${name}": ${asciiJson(field)}`);
  return `{${fields.join(', ')}}`;
}

/** As the C runtime reads an argument: quoted, `"` as `\"`; a backslash is itself unless a quote follows. */
function cmdWord(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}

function pythonCode(call: Call): string {
  return `import json
import urllib.request

payload = ${literal(payloadOf(call))}
headers = ${literal(Object.fromEntries(headersOf(call)))}

request = urllib.request.Request(
    ${literal(call.url)},
    data=json.dumps(payload).encode("utf-8"),
    headers=headers,
    method="POST",
)
with urllib.request.urlopen(request, timeout=10) as response:
    print(response.read().decode("utf-8"))
`;
}

function javascriptCode(call: Call): string {
  return `const response = await fetch(${literal(call.url)}, {
  method: 'POST',
  headers: ${literal(Object.fromEntries(headersOf(call)))},
  body: JSON.stringify(${literal(payloadOf(call))}),
});
console.log(await response.json());
`;
}

/** JSON is a literal of Python and JavaScript alike: strings, arrays and objects of strings only, and the same escapes. */
function literal(value: unknown): string {
  // What would break or turn a line on its way through an editor is written as an escape, which both languages read.
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function phpCode(call: Call): string {
  const { msg, to } = payloadOf(call);
  const fields = [`'msg' => ${phpString(msg)}`];
  if (to !== undefined) fields.push(`'to' => [${to.map(phpString).join(', ')}]`);
  const headers = headersOf(call).map(([name, value]) => phpString(`${name}: ${value}`));
  return `<?php
$payload = [${fields.join(', ')}];
$context = stream_context_create(['http' => [
    'method' => 'POST',
    'header' => [${headers.join(', ')}],
    'content' => json_encode($payload, JSON_THROW_ON_ERROR),
    'timeout' => 10,
    'ignore_errors' => true,
]]);
echo file_get_contents(${phpString(call.url)}, false, $context), "\\n";
`;
}

/** Inside single quotes PHP reads \\\\ and \\' and nothing else. A carriage return could be lost when the code is pasted. */
function phpString(text: string): string {
  const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return quoted.replaceAll('\r', `' . "\\r" . '`);
}
