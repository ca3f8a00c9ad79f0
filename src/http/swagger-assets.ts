import { createRequire } from 'node:module';

/** Swagger UI's own files, as its package ships them. Nothing is loaded from elsewhere. */
const PACKAGE_FILES = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
} as const;

/** A page without inline code or style, as its Content-Security-Policy asks. */
const PAGE = `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>PostPoint API</title>
<link rel="icon" href="favicon-32x32.png">
<link rel="stylesheet" href="swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="start.js"></script>
</body>
</html>
`;

/** `validatorUrl: null` keeps Swagger UI from asking validator.swagger.io about the document. */
const START = `SwaggerUIBundle({ url: 'openapi.yaml', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

export interface Asset {
  /** Below `/swagger/`; `""` is the page itself. */
  readonly name: string;
  readonly type: string;
  readonly read: () => Promise<Buffer>;
}

/** Everything below `/swagger/` but the document. A file is read at its first use and kept. */
export function swaggerAssets(): Asset[] {
  const require = createRequire(import.meta.url);
  const files = Object.entries(PACKAGE_FILES).map(([name, type]) => {
    let content: Promise<Buffer> | undefined;
    const read = () => {
      content ??= import('node:fs/promises').then(({ readFile }) =>
        readFile(require.resolve(`swagger-ui-dist/${name}`)),
      );
      return content;
    };
    return { name, type, read };
  });
  return [
    { name: '', type: 'text/html; charset=utf-8', read: async () => Buffer.from(PAGE) },
    { name: 'start.js', type: 'text/javascript; charset=utf-8', read: async () => Buffer.from(START) },
    ...files,
  ];
}
