import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Lang, langOfHeader, texts } from '../../texts/texts.ts';
import { ApiError } from '../api-error.ts';
import { contentHash } from '../content-hash.ts';
import type { PageBodies, PageFile, PageFiles } from '../page-files.ts';
import { pickEncoding } from '../pick-encoding.ts';
import { PAGES_CSP } from '../security-headers.ts';

export interface PagesDeps {
  /** null: they have not been built. A page that is asked for earlier waits. */
  readonly pages: Promise<PageFiles | null>;
  /** Names of the headers that the API asks for; the page asks its user for their values. */
  readonly headerNames: readonly string[];
  /** For callers that ask for none. */
  readonly lang: Lang;
}

/** Every page is the same shell; what to show is in its address. */
const PAGE_PATHS = ['/log', '/send'] as const;

/** The pages, public and without data: all that they show comes through `/api/`. */
export function registerPages(app: FastifyInstance, { pages, headerNames, lang }: PagesDeps): void {
  const site = pages.then((read) => read && siteOf(read, headerNames));
  // Whoever asks for a page then gets an error.
  site.catch(() => undefined);
  for (const path of PAGE_PATHS) {
    app.get(path, async (request, reply) => {
      const shell = (await site)?.shell;
      if (shell === undefined) return sendNotBuilt(request, reply, lang);
      reply.header('content-security-policy', PAGES_CSP).header('cross-origin-opener-policy', 'same-origin');
      return sendFile(request, reply.header('cache-control', 'no-cache'), shell);
    });
  }
  app.get<{ Params: { '*': string } }>('/pages/*', async (request, reply) => {
    const file = (await site)?.files.get(request.params['*']);
    if (file === undefined) throw new ApiError('not_found', (t) => t.notFound);
    // A built file's name changes with its content.
    const caching = file.name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    return sendFile(request, reply.header('cache-control', caching), file);
  });
}

function siteOf({ shell, files }: PageFiles, headerNames: readonly string[]) {
  return { shell: shellFile(shell, headerNames), files: new Map(files.map((file) => [file.name, file])) };
}

function shellFile(shell: string, headerNames: readonly string[]): PageFile {
  // Header names are tokens (RFC 9110 section 5.1), which hold nothing that HTML would read.
  const html = shell.replace(
    '<meta name="postpoint-api-headers" content=""',
    `<meta name="postpoint-api-headers" content="${headerNames.join(',')}"`,
  );
  const bodies: PageBodies = { identity: Buffer.from(html) };
  return { name: '', type: 'text/html; charset=utf-8', bodies, hash: contentHash(html) };
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const { identity, ...compressed } = file.bodies;
  const has = Object.keys(compressed) as (keyof typeof compressed)[];
  const encoding = pickEncoding(request.headers['accept-encoding'], has);
  const etag = encoding === 'identity' ? `"${file.hash}"` : `"${file.hash}-${encoding}"`;
  reply.header('etag', etag).header('vary', 'accept-encoding').type(file.type);
  if (isKnownTo(request, etag)) return reply.code(304).send();
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.send(file.bodies[encoding] ?? identity);
}

/** RFC 9110 section 13.1.2; weak and strong validators compare alike here. */
function isKnownTo(request: FastifyRequest, etag: string): boolean {
  const known = request.headers['if-none-match'];
  if (known === undefined) return false;
  return known.split(',').some((item) => item.trim().replace(/^W\//, '') === etag || item.trim() === '*');
}

function sendNotBuilt({ headers }: FastifyRequest, reply: FastifyReply, lang: Lang): FastifyReply {
  const { api } = texts[langOfHeader(headers['accept-language'], lang)];
  reply.code(503).header('cache-control', 'no-store').header('vary', 'accept-language');
  return reply.type('text/plain; charset=utf-8').send(`${api.pagesNotBuilt}\n`);
}
