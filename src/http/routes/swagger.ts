import type { FastifyInstance } from 'fastify';
import { stringify } from 'yaml';
import { LANGS, type Lang, langOfHeader } from '../../texts/texts.ts';
import { buildOpenApi } from '../openapi.ts';
import { SWAGGER_CSP } from '../security-headers.ts';
import { swaggerAssets } from '../swagger-assets.ts';

export interface SwaggerDeps {
  readonly version: string;
  readonly headerNames: readonly string[];
}

/** `/swagger/` (Swagger UI) and `/swagger/openapi.yaml`, in the caller's language. */
export function registerSwagger(app: FastifyInstance, { version, headerNames }: SwaggerDeps): void {
  const documents = new Map<Lang, string>();
  const documentIn = (lang: Lang) => {
    const text = documents.get(lang) ?? stringify(buildOpenApi({ lang, version, headerNames }));
    documents.set(lang, text);
    return text;
  };

  app.get('/swagger', (_request, reply) => reply.redirect('/swagger/', 302));
  app.get('/swagger/openapi.yaml', (request, reply) =>
    reply
      .header('vary', 'accept-language')
      .type('application/yaml; charset=utf-8')
      .send(documentIn(langOfHeader(request.headers['accept-language']))),
  );
  for (const { name, type, read } of swaggerAssets()) {
    app.get(`/swagger/${name}`, async (_request, reply) =>
      reply
        .header('content-security-policy', SWAGGER_CSP)
        .type(type)
        .send(await read()),
    );
  }
  // Both are made once at the start, so that a fault in them shows then.
  for (const lang of LANGS) documentIn(lang);
}
