import type { FastifyInstance } from 'fastify';
import { type Lang, langOfHeader } from '../../texts/texts.ts';
import type { OpenApiOptions } from '../openapi.ts';
import { SWAGGER_CSP } from '../security-headers.ts';
import { swaggerAssets } from '../swagger-assets.ts';

export interface SwaggerDeps {
  readonly version: string;
  readonly headerNames: readonly string[];
  /** For callers that ask for none. */
  readonly lang: Lang;
}

/** `/swagger/` (Swagger UI) and `/swagger/openapi.yaml`, in the caller's language. */
export function registerSwagger(app: FastifyInstance, { version, headerNames, lang }: SwaggerDeps): void {
  const documents = new Map<Lang, string>();
  async function documentIn(callerLang: Lang): Promise<string> {
    const text =
      documents.get(callerLang) ?? (await writeDocument({ lang: callerLang, version, headerNames }));
    documents.set(callerLang, text);
    return text;
  }

  app.get('/swagger', (_request, reply) => reply.redirect('/swagger/', 302));
  app.get('/swagger/openapi.yaml', async (request, reply) =>
    reply
      .header('vary', 'accept-language')
      .type('application/yaml; charset=utf-8')
      .send(await documentIn(langOfHeader(request.headers['accept-language'], lang))),
  );
  for (const { name, type, read } of swaggerAssets()) {
    app.get(`/swagger/${name}`, async (_request, reply) =>
      reply
        .header('content-security-policy', SWAGGER_CSP)
        .type(type)
        .send(await read()),
    );
  }
}

/** What it takes to write a document is loaded with the first one: 450 modules, a fifth of a start. */
async function writeDocument(options: OpenApiOptions): Promise<string> {
  const [{ stringify }, { buildOpenApi }] = await Promise.all([import('yaml'), import('../openapi.ts')]);
  return stringify(buildOpenApi(options));
}
