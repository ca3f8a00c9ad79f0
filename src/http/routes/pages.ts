import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { langOfHeader, texts } from '../../texts/texts.ts';
import { hashOf, type PageBodies, type PageFile, type PageFiles } from '../page-files.ts';
import { pickEncoding } from '../pick-encoding.ts';
import { PAGES_CSP } from '../security-headers.ts';

export interface PagesDeps {
  /** null: they have not been built. */
  readonly pages: PageFiles | null;
  /** Names of the headers that the API asks for; the page asks its user for their values. */
  readonly headerNames: readonly string[];
}

/** Every page is the same shell; what to show is in its address. */
const PAGE_PATHS = ['/log', '/send'] as const;

/** The pages, public and without data: all that they show comes through `/api/`. */
export function registerPages(app: FastifyInstance, { pages, headerNames }: PagesDeps): void {
  if (pages === null) {
    for (const path of PAGE_PATHS) app.get(path, sendNotBuilt);
    return;
  }
  const shell = shellFile(pages.shell, headerNames);
  for (const path of PAGE_PATHS) {
    app.get(path, (request, reply) => {
      reply.header('content-security-policy', PAGES_CSP).header('cross-origin-opener-policy', 'same-origin');
      return sendFile(request, reply.header('cache-control', 'no-cache'), shell);
    });
  }
  for (const file of pages.files) {
    // A built file's name changes with its content.
    const caching = file.name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    app.get(`/pages/${file.name}`, (request, reply) =>
      sendFile(request, reply.header('cache-control', caching), file),
    );
  }
}

function shellFile(shell: string, headerNames: readonly string[]): PageFile {
  // Header names are tokens (RFC 9110 section 5.1), which hold nothing that HTML would read.
  const html = shell.replace(
    '<meta name="postpoint-api-headers" content=""',
    `<meta name="postpoint-api-headers" content="${headerNames.join(',')}"`,
  );
  const bodies: PageBodies = { identity: Buffer.from(html) };
  return { name: '', type: 'text/html; charset=utf-8', bodies, hash: hashOf(html) };
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

function sendNotBuilt({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { api } = texts[langOfHeader(headers['accept-language'])];
  reply.code(503).header('cache-control', 'no-store').header('vary', 'accept-language');
  return reply.type('text/plain; charset=utf-8').send(`${api.pagesNotBuilt}\n`);
}
